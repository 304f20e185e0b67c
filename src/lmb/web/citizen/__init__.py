"""The workspace of a person: what they can spend, where each cent is, who looked at them."""
