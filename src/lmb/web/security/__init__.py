"""The security officer's workspace: who is signed in, how, who looked at whom, and stopping it."""
