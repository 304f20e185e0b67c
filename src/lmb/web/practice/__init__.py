"""An identity provider to practise with: it vouches for people who do not exist, in development
and in tests. `config` leaves it out where DEBUG is off.

It speaks as Login.gov does: discovery, code flow with PKCE and private_key_jwt, acr, ial and aal.
"""
