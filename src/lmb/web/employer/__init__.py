"""An employer's workspace: whose work it may confirm, what it confirmed, and one form."""
