"""Our own issuer: accounts whose only name is a number we draw, and what their owners show.

    passkeys first      a key on a device, which asks for a finger, a face or a PIN
    password            with a code from an app, or long and alone
    recovery codes      ten on paper, each once; payouts wait afterwards
    counter             a code taken to a person who looks at documents

No address and no name signs anybody in: a list of either, stolen elsewhere, is of no use here.
"""
