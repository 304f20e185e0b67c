"""What the proof log refuses.

RefusedError
├── PayoutsWaitError  no quorum of witnesses has answered in time (in payouts)
├── MalformedError    a note, checkpoint, tile, receipt or leaf is not written as its format says
└── NotProvenError    it is well written, but its hashes or signatures do not show what it claims
    └── DoubtError    a receipt given to a page shows nothing here; says which step failed
                      (in receipt_check)
"""

from __future__ import annotations

from lmb.values.errors import RefusedError


class MalformedError(RefusedError):
    """Something is not written as its format says. The message names the rule."""


class NotProvenError(RefusedError):
    """A proof or a signature does not show what it is said to show."""
