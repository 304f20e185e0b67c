"""Signing in at an identity provider: OpenID Connect as Login.gov speaks it. Pure but for the HTTP,
time and randomness handed in.

    issuers    who may vouch for somebody here: installation data
    levels     what an answer's words stand for: dated data, nothing inferred
    asking     the request a browser carries there (code flow, PKCE S256, state, nonce)
    answers    what comes back: code for tokens by private_key_jwt, tokens checked, claims read

An answer that is not exactly what was asked for raises SignInRefusedError, whose message is the
same for every fault; the fault itself is for the log.
"""

from lmb.people.oidc.answers import Http, Redeemer
from lmb.people.oidc.asking import Asked, Pending, Request, ask
from lmb.people.oidc.faults import Fault, LowerThanAskedError, SignInRefusedError
from lmb.people.oidc.issuers import ClientKey, Issuer, read_issuers
from lmb.people.oidc.levels import Levels

__all__ = [
    "Asked",
    "ClientKey",
    "Fault",
    "Http",
    "Issuer",
    "Levels",
    "LowerThanAskedError",
    "Pending",
    "Redeemer",
    "Request",
    "SignInRefusedError",
    "ask",
    "read_issuers",
]
