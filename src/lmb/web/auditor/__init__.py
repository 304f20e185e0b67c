"""The auditor's workspace: are the books proven, what does a sample say, who looked at whom."""
