"""The labor agency's workspace: does the programme work, is it honest, and by which rules."""
