"""A state board's workspace: what waits for a decision, where the state's money is, and how many
people it serves."""
