"""From files other people write to facts, one module per outside format. Nothing here stores."""
