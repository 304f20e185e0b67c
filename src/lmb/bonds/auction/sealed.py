"""Sealed bids: a commitment before the close, opened by its bidder after it.

The commitment is the SHA-256 of nine lines of UTF-8 text, each ended by a line feed:

    lmb-sealed-bid/1
    the CUSIP
    the number of the auction (1 is the first issue)
    the bidder
    competitive or noncompetitive
    the amount in cents
    the yield in per cent without trailing zeros; empty for a noncompetitive bid
    the net long position in cents
    the salt: 32 bytes drawn by chance, as 64 hexadecimal digits

Without the salt the few likely bids could be tried one after another; with it, nobody learns
anything before the bidder opens, and the bidder can open to one bid only.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NamedTuple

from lmb.bonds.bids import Bid
from lmb.values.rates import decimal_text

FORMAT = "lmb-sealed-bid/1"
SALT_BYTES = 32

_COMMITMENT = re.compile("[0-9a-f]{64}")


class OpenedBid(NamedTuple):
    """A sealed bid with the salt that opens it."""

    bid: Bid
    salt: bytes


def sealed_text(cusip: str, number: int, opened: OpenedBid) -> str:
    """The nine lines a commitment is the hash of. Raises ValueError for a salt of another length
    and for a name that is more than one line."""
    bid = opened.bid
    if len(opened.salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(opened.salt)}")
    if not bid.bidder.isprintable():
        raise ValueError(f"{bid.bidder!r} is not a name on one line")
    yield_text = "" if bid.yield_percent is None else decimal_text(bid.yield_percent)
    lines = (
        FORMAT,
        cusip,
        str(number),
        bid.bidder,
        str(bid.kind),
        str(bid.par_cents),
        yield_text,
        str(bid.net_long_cents),
        opened.salt.hex(),
    )
    return "".join(f"{line}\n" for line in lines)


def commitment(cusip: str, number: int, opened: OpenedBid) -> str:
    """The commitment to a bid: 64 hexadecimal digits that tell nothing of it."""
    return hashlib.sha256(sealed_text(cusip, number, opened).encode()).hexdigest()


def is_commitment(text: str) -> bool:
    """Whether a text has the form of a commitment."""
    return bool(_COMMITMENT.fullmatch(text))


def opens(committed: str, cusip: str, number: int, opened: OpenedBid) -> bool:
    """Whether a bid and its salt are what was committed to."""
    return hmac.compare_digest(committed, commitment(cusip, number, opened))
