"""Check a published auction of Labor Market Bonds, offline and alone.

    python lmb_verify_auction.py BOOK.json

BOOK.json is an opened book of format lmb-auction-book/1. From its bids and rules this computes the
stop, the proration, every award, the coupon and the price again (31 CFR 356.20 to 356.22 and its
Appendix B), opens every sealed bid, and compares. It shares no code with the system it checks and
needs the standard library alone. Exit code: 0 proven, 1 not proven, 2 not readable.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import sys
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

FORMAT = "lmb-auction-book/1"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        book = json.loads(Path(arguments[0]).read_bytes())
        if book["format"] != FORMAT:
            raise ValueError(f"its format is {book['format']!r}")
        faults = [*seal_faults(book), *result_faults(book)]
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        print(f"not readable: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"not proven: {fault}")
    if not faults:
        print(f"proven: the result follows from the {len(book['bids'])} bids of the book")
    return 1 if faults else 0


# ── sealed bids ───────────────────────────────────────────────────────────────────────────────


def seal_faults(book: dict[str, Any]) -> list[str]:
    faults = []
    commitments = sorted(sealed["commitment"] for sealed in book["sealed"])
    listed = json.dumps(commitments, separators=(",", ":")).encode()
    if hashlib.sha256(listed).hexdigest() != book["sealed_sha256"]:
        faults.append("sealed_sha256 is not the hash of the commitments listed")
    made = {(one["bidder"], one["kind"], one["commitment"]) for one in book["sealed"]}
    for bid in book["bids"]:
        if bid["commitment"] is None:
            continue
        lines = (
            "lmb-sealed-bid/1",
            book["cusip"],
            book["auction"],
            bid["bidder"],
            bid["kind"],
            bid["par_cents"],
            plain(bid["yield_percent"]),
            bid["net_long_cents"],
            bid["salt"],
        )
        text = "".join(f"{line}\n" for line in lines)
        if hashlib.sha256(text.encode()).hexdigest() != bid["commitment"]:
            faults.append(f"the bid of {bid['bidder']} is not what it committed to")
        if (bid["bidder"], bid["kind"], bid["commitment"]) not in made:
            faults.append(f"{bid['bidder']} opens a commitment that is not listed")
    return faults


def plain(number: str | None) -> str:
    """A decimal without trailing zeros."""
    if number is None:
        return ""
    return number.rstrip("0").rstrip(".") if "." in number else number


# ── the auction ───────────────────────────────────────────────────────────────────────────────


def result_faults(book: dict[str, Any]) -> list[str]:
    offered, rules, claimed = book["offering"], book["rules"]["values"], book["result"]
    stop, proration, awards = allocate(book["bids"], offered, rules)
    if offered["coupon_percent"] is None:
        step = Fraction(rules["coupon_step_percent"])
        coupon = max(stop // step * step, Fraction(rules["coupon_minimum_percent"]))
    else:
        coupon = Fraction(offered["coupon_percent"])
    price, accrued = price_and_accrued(offered, coupon, stop)
    awarded = sum(awards.values())
    tendered = sum(bid["par_cents"] for bid in book["bids"])
    computed = {
        "high_yield_percent": stop,
        "proration_percent": proration,
        "coupon_percent": coupon,
        "price_per_100": price,
        "accrued_per_1000": accrued,
        "tendered_cents": Fraction(tendered),
        "awarded_cents": Fraction(awarded),
        "bid_to_cover": half_up(Fraction(tendered, awarded), rules["bid_to_cover_places"]),
    }
    faults = entry_faults(book["bids"], offered, rules)
    faults += [
        f"{name} is claimed to be {claimed[name]}; the bids give {float(value)!r}"
        for name, value in computed.items()
        if Fraction(claimed[name]) != value
    ]
    told = {
        (one["bidder"], plain(one["yield_percent"])): one["par_cents"] for one in claimed["awards"]
    }
    if told != awards:
        wrong = sorted(place for place in {*told, *awards} if told.get(place) != awards.get(place))
        faults.append(f"{len(wrong)} awards do not follow, the first that of {wrong[0][0]}")
    return faults


def entry_faults(
    bids: list[dict[str, Any]], offered: dict[str, Any], rules: dict[str, Any]
) -> list[str]:
    """Bids that should have had no part: too large, too small, or no multiple."""
    share = Fraction(rules["single_bid_limit_percent"]) / 100
    limits = {
        "competitive": int(offered["offering_cents"] * share),
        "noncompetitive": rules["noncompetitive_limit_cents"],
    }
    return [
        f"the bid of {bid['bidder']} for {bid['par_cents']} cents was not to be accepted"
        for bid in bids
        if not offered["minimum_cents"] <= bid["par_cents"] <= limits[bid["kind"]]
        or bid["par_cents"] % offered["multiple_cents"]
    ]


def allocate(
    bids: list[dict[str, Any]], offered: dict[str, Any], rules: dict[str, Any]
) -> tuple[Fraction, Fraction, dict[tuple[str, str], int]]:
    """The high yield, the percentage awarded at it, and each award above nothing."""
    multiple, minimum = offered["multiple_cents"], offered["minimum_cents"]
    limit = int(offered["offering_cents"] * Fraction(rules["award_limit_percent"]) / 100)
    awards = {
        (bid["bidder"], ""): bid["par_cents"] for bid in bids if bid["kind"] == "noncompetitive"
    }
    wanted = offered["offering_cents"] - sum(awards.values())
    levels: dict[Fraction, list[dict[str, Any]]] = {}
    for bid in bids:
        if bid["kind"] == "competitive":
            levels.setdefault(Fraction(bid["yield_percent"]), []).append(bid)
    stop, percentage = None, Fraction(100)
    received: dict[str, int] = {}
    for level in sorted(levels):
        recognized = {}
        for bid in levels[level]:
            bidder = bid["bidder"]
            room = max(0, limit - bid["net_long_cents"] - received.get(bidder, 0))
            cents = min(bid["par_cents"], room) // multiple * multiple
            recognized[bidder] = cents if cents >= minimum else 0
            received[bidder] = received.get(bidder, 0) + recognized[bidder]
        total = sum(recognized.values())
        if not total:
            continue
        stop = level
        if total >= wanted:
            share = Fraction(100 * wanted, total)
            percentage = rounded_up(share, Fraction(1, 10 ** rules["proration_places"]))
        for bidder, cents in recognized.items():
            share = rounded_up(cents * percentage / 100, Fraction(multiple))
            award = min(cents, max(int(share), -(-minimum // multiple) * multiple))
            if award:
                awards[bidder, decimal_text(level)] = award
        wanted -= total
        if wanted <= 0:
            break
    if stop is None:
        raise ValueError("no competitive bid can be awarded")
    return stop, percentage, awards


# ── the price (31 CFR 356 Appendix B, II) ─────────────────────────────────────────────────────


def price_and_accrued(
    offered: dict[str, Any], coupon: Fraction, percent: Fraction
) -> tuple[Fraction, Fraction]:
    """The price per 100 to six decimals and accrued interest per 1,000 to five.

    Interest of each half-year is paid at its end, for the part of it since the dated date; what
    falls into a long first period is paid with it. All is discounted by half-years, simple
    interest within the half-year of the settlement.
    """
    names = ("issue_on", "dated_on", "first_interest_on", "matures_on")
    settles, dated, first, matures = (date.fromisoformat(offered[name]) for name in names)
    dates = [matures]
    while dates[0] > min(dated, settles):
        dates.insert(0, half_years_before(matures, len(dates)))
    half_coupon, flows = coupon / 2, []
    owed = accrued = to_next = Fraction(0)
    for start, end in pairwise(dates):
        if end <= dated:
            continue
        length = (end - start).days
        owed += half_coupon * Fraction((end - max(start, dated)).days, length)
        if settles > max(start, dated):
            accrued += half_coupon * Fraction((min(settles, end) - max(start, dated)).days, length)
        if end <= settles:
            if end >= first:
                owed, accrued = Fraction(0), Fraction(0)
            continue
        if end < first:
            flows.append(Fraction(0))
        else:
            flows.append(owed)
            owed = Fraction(0)
        if len(flows) == 1:
            to_next = Fraction((end - settles).days, length)
    flows[-1] += 100
    discount = 1 / (1 + percent / 200)
    dirty = sum((flow * discount**number for number, flow in enumerate(flows)), Fraction(0))
    dirty /= 1 + to_next * percent / 200
    return half_up(dirty, 6) - half_up(accrued, 6), half_up(accrued * 10, 5)


def half_years_before(day: date, count: int) -> date:
    """The coupon date so many half-years before maturity; a month's last day stays one."""
    months = day.year * 12 + day.month - 1 - 6 * count
    last = calendar.monthrange(months // 12, months % 12 + 1)[1]
    at_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(months // 12, months % 12 + 1, last if at_end else min(day.day, last))


def half_up(value: Fraction, places: int) -> Fraction:
    """Half away from zero, as Treasury rounds."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**places)


def rounded_up(value: Fraction, step: Fraction) -> Fraction:
    return -(-value // step) * step


def decimal_text(value: Fraction) -> str:
    """A yield as the book writes it: at most three decimals, no trailing zeros."""
    return plain(f"{int(value * 1000) // 1000}.{int(value * 1000) % 1000:03}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
