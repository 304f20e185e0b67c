"""Auctions: from an announcement to what every bidder is awarded, and the proof of it.

Nouns: an *announcement* says what is offered, until when, under which limits. A *sealed bid* is a
commitment that only its bidder can open. *Screened* bids passed the entry checks. The *allocation*
makes *awards* at one *price*. The *results notice* tells what came out, and the *book* holds all
an outsider needs to compute it again.

    announcement ──▶ bids, open or sealed ──close──▶ screened ──allocation──▶ result ──▶ notice
                                                                                └──▶ book

Pure: the clock, the files and the database stay outside.
"""

from lmb.bonds.auction.allocation import AuctionResult, Award, run_auction

__all__ = ["AuctionResult", "Award", "run_auction"]
