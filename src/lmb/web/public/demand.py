"""Who wanted the bond at what yield: by kind of bid and by yield, never by bidder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from lmb.bonds import queries as bonds
from lmb.settlement.report import BondFigures, Report
from lmb.values.money import format_cents
from lmb.web import charts
from lmb.web.charts import Bar, Part
from lmb.web.formats import percent_text
from lmb.web.public.outcome import Chart, both

LEVELS_SHOWN = 24
"""Yields a page lists one by one; those above share a last row. The CSV file has them all."""


@dataclass(frozen=True, slots=True)
class Level:
    """All bids at one yield; a yield of None stands for noncompetitive bids."""

    yield_percent: Decimal | None
    bids: int
    bid_cents: int
    awarded_cents: int
    and_above: bool = False

    @property
    def name(self) -> str:
        if self.yield_percent is None:
            return _("Noncompetitive, no yield named")
        if self.and_above:
            return _("%(percent)s and above") % {"percent": percent_text(self.yield_percent)}
        return percent_text(self.yield_percent)


@dataclass(frozen=True, slots=True)
class Demand:
    """An auction's demand; `levels` are those shown, the totals are of all."""

    levels: tuple[Level, ...]
    bids: int
    bid_cents: int
    awarded_cents: int
    chart: Chart


def levels(report: Report) -> list[Level]:
    """Bids and awards by yield, noncompetitive bids first."""
    awarded = {award.bid: award.par_cents for award in bonds.awards(report.bond)}
    count: Counter[Decimal | None] = Counter()
    bid_cents: Counter[Decimal | None] = Counter()
    awarded_cents: Counter[Decimal | None] = Counter()
    for bid in bonds.bids(report.bond):
        count[bid.yield_percent] += 1
        bid_cents[bid.yield_percent] += bid.par_cents
        awarded_cents[bid.yield_percent] += awarded.get(bid.id, 0)
    ordered = sorted(count, key=lambda level: (level is not None, level or Decimal(0)))
    return [Level(key, count[key], bid_cents[key], awarded_cents[key]) for key in ordered]


def demand(report: Report) -> Demand | None:
    """The demand of a bond's auction, None before it was held."""
    if report.auction is None:
        return None
    found = levels(report)
    shown = _folded(found)
    return Demand(
        levels=tuple(shown),
        bids=sum(level.bids for level in found),
        bid_cents=sum(level.bid_cents for level in found),
        awarded_cents=sum(level.awarded_cents for level in found),
        chart=_chart(shown, report.auction, report.bond.terms.offering_cents),
    )


def _folded(found: list[Level]) -> list[Level]:
    if len(found) <= LEVELS_SHOWN:
        return found
    kept, rest = found[: LEVELS_SHOWN - 1], found[LEVELS_SHOWN - 1 :]
    last = Level(
        rest[0].yield_percent,
        sum(level.bids for level in rest),
        sum(level.bid_cents for level in rest),
        sum(level.awarded_cents for level in rest),
        and_above=True,
    )
    return [*kept, last]


def _chart(shown: list[Level], auction: BondFigures, offering_cents: int) -> Chart:
    title = _("Investors asked for %(cover)s times the bonds that were sold") % {
        "cover": auction.bid_to_cover
    }
    rows = [
        Bar(
            level.name,
            _("%(awarded)s of %(bid)s")
            % {
                "awarded": format_cents(level.awarded_cents),
                "bid": format_cents(level.bid_cents),
            },
            (
                Part(Decimal(level.awarded_cents), "main"),
                Part(Decimal(level.bid_cents - level.awarded_cents), "rest"),
            ),
        )
        for level in shown
    ]
    description = _("%(offered)s was offered. Awarded of bid, by yield: %(levels)s") % {
        "offered": format_cents(offering_cents),
        "levels": "; ".join(f"{row.label}: {row.text}" for row in rows),
    }
    return both(
        lambda name, width: charts.bars(name, title, description, rows, width), "demand", title
    )
