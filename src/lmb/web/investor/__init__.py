"""An investor's workspace: what they hold, what it pays and why, and what they bid."""
