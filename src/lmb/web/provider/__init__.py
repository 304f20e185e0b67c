"""A training provider's workspace: who needs them next, what was paid for whom, and why."""
