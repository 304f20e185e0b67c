"""The Treasury's workspace: what is owed and when, and every bond from auction to holders."""
