"""Why a sign-in at an identity provider does not count."""

from __future__ import annotations

from enum import StrEnum

from lmb.values.errors import RefusedError


class Fault(StrEnum):
    """What was wrong, for the log. Nobody who signs in is told which."""

    DOCUMENTS = "the provider's own documents cannot be used"
    STATE = "the answer belongs to no request of this browser"
    EXPIRED_REQUEST = "the request was made too long ago"
    DECLINED = "the provider or the person ended it"
    EXCHANGE = "the code was not taken"
    TOKEN = "the token cannot be read"
    SIGNATURE = "the signature is not the provider's"
    ISSUER = "another issuer"
    AUDIENCE = "meant for somebody else"
    NONCE = "made for another request"
    EXPIRED = "the token has expired"
    NOT_YET_VALID = "the token lies in the future"
    ACCESS_TOKEN = "the access token is another one"
    SUBJECT = "the claims are somebody else's"
    STALE = "the person was not asked to sign in again"
    ACR = "levels that nobody defined, or that contradict each other"


class SignInRefusedError(RefusedError):
    """The sign-in does not count. One message for all faults: it helps nobody who forges."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(
            "you are not signed in: the answer of the sign-in service could not be used; start "
            "again from the sign-in page"
        )


class LowerThanAskedError(RefusedError):
    """The provider vouches for less than was asked for. The person may know, and what to do."""

    def __init__(self, asked_ial: int, asked_aal: int, ial: int, aal: int) -> None:
        self.identity_short = ial < asked_ial
        self.asked = (asked_ial, asked_aal)
        super().__init__(
            "the sign-in service did not prove who you are; take a code to a counter instead"
            if self.identity_short
            else "the sign-in service did not ask you for a factor strong enough; add one to your "
            "account there and sign in again"
        )
