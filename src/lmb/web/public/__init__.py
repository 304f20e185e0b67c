"""Pages for everyone: nothing here names a person, an investor or a wallet."""
