"""A table protected for release, and a released table checked as an outsider would attack it. Pure.

protect_table   true counts (and what was released before) ──▶ the table to release
check_table     a released table, nothing else ──▶ findings
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.publish.attack import Attack, ContradictionError, infer
from lmb.publish.cells import Cell, Cells, cells_of
from lmb.publish.policy import DisclosurePolicy
from lmb.publish.suppression import Protected, exposures, protect
from lmb.publish.tables import (
    COUNT,
    DENOMINATOR,
    HIDDEN,
    MEDIAN,
    NUMERATOR,
    RATE,
    CountRow,
    CountTable,
    table_csv,
)
from lmb.values.errors import InputError, Problem
from lmb.values.rounding import PRECISION_DIGITS, half_even

RATE_PLACES = 1
"""Rates are published to a tenth of a per cent (RSA-TAC-20-02, Attachment I)."""


@dataclass(frozen=True, slots=True)
class Release:
    """A table fit to be released, as CSV, and how it became so."""

    content: bytes
    counts: int
    protected: Protected


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a released table tells that it must not. `line` is None for a count the table
    does not list."""

    line: int | None
    what: str
    told: str


def protect_table(
    table: CountTable, policy: DisclosurePolicy, released: CountTable | None = None
) -> Release:
    """A table with every small count hidden, and what would tell one.

    Raises InputError where counts do not add up or are not those released before, RefusedError
    where what was released before can no longer be protected.
    """
    if RATE in table.header:
        expected = f"no column {RATE}: it is computed of what may be shown"
        raise InputError([Problem(table.file, 1, RATE, "the column", expected)])
    cells = cells_of(table, policy)
    counts = _inferred(table, cells)
    out, held = _before(table, cells, counts, released)
    protected = protect(cells, counts, policy, out, held)
    places = {name: place for place, name in enumerate(cells.names)}

    def shown(row: CountRow, measure: str) -> int | None:
        place = places[Cell(row.group, row.period, measure)]
        return row.counts[measure] if place in protected.shown else None

    rows = []
    for row in table.rows:
        counted = {measure: shown(row, measure) for measure in table.measures}
        figures = {m: HIDDEN if count is None else str(count) for m, count in counted.items()}
        if NUMERATOR in counted:
            figures[RATE] = _rate(counted[NUMERATOR], counted[DENOMINATOR])
        if MEDIAN in table.header:
            people = counted.get(COUNT, counted.get(NUMERATOR))
            figures[MEDIAN] = _median(row.told[MEDIAN], people, policy)
        rows.append(figures)
    header = list(table.header)
    if NUMERATOR in header:
        last = max(header.index(NUMERATOR), header.index(DENOMINATOR))
        header.insert(last + 1, RATE)
    return Release(table_csv(table, header, rows), len(cells.listed), protected)


def check_table(table: CountTable, policy: DisclosurePolicy) -> tuple[Finding, ...]:
    """Everything a released table tells that it must not, in the order of the file.

    Raises InputError where its counts do not add up.
    """
    cells = cells_of(table, policy)
    shown = _listed(table, cells)
    _inferred(table, cells)
    try:
        attack = Attack(cells, shown, policy.people_min)
    except ContradictionError as error:
        raise InputError([_contradiction(table, cells, error)]) from error
    found = [
        Finding(cells.listed[place], told(cells, table, place), f"{shown[place]}, which is small")
        for place in shown
        if shown[place] < cells.least[place]
    ]
    found += [_figure for row in table.rows for _figure in _figures(row, policy)]
    for each in exposures(attack):
        low, high = each.range
        text = f"{low}" if low == high else f"from {low} to {high}"
        line = cells.listed.get(each.place)
        found.append(Finding(line, told(cells, table, each.place), f"{text}, by all that is shown"))
    return tuple(sorted(found, key=lambda each: (each.line or 0, each.what)))


def told(cells: Cells, table: CountTable, place: int) -> str:
    """A cell in words."""
    return cells.told(place, table.categories)


def _listed(table: CountTable, cells: Cells) -> dict[int, int]:
    """The counts a table tells, by place."""
    rows = {(row.group, row.period): row.counts for row in table.rows}
    found = {}
    for place in cells.listed:
        group, period, measure = cells.names[place]
        count = rows[group, period][measure]
        if count is not None:
            found[place] = count
    return found


def _inferred(table: CountTable, cells: Cells) -> dict[int, int]:
    """The counts a table tells and all that follows by adding up. Raises InputError."""
    try:
        return infer(cells.relations, _listed(table, cells))
    except ContradictionError as error:
        raise InputError([_contradiction(table, cells, error)]) from error


def _contradiction(table: CountTable, cells: Cells, error: ContradictionError) -> Problem:
    whole, parts = error.relation
    lines = [cells.listed[place] for place in (whole, *parts) if place in cells.listed]
    named = ", ".join(told(cells, table, part) for part in parts[:6])
    more = f" and {len(parts) - 6} more" if len(parts) > 6 else ""
    return Problem(
        table.file,
        min(lines, default=None),
        cells.names[whole].measure,
        f"{told(cells, table, whole)} is not the sum of its parts",
        f"the sum of {named}{more}",
    )


def _before(
    table: CountTable, cells: Cells, counts: dict[int, int], released: CountTable | None
) -> tuple[frozenset[int], frozenset[int]]:
    """The places that a release before shows, and those it hides."""
    if released is None:
        return frozenset(), frozenset()
    problems = []
    places = {name: place for place, name in enumerate(cells.names)}
    if released.categories != table.categories or released.measures != table.measures:
        expected = f"the columns of {table.file}, in their order"
        raise InputError([Problem(released.file, 1, None, ",".join(released.header), expected)])
    out, held = set(), set()
    for row in released.rows:
        for measure, count in row.counts.items():
            place = places.get(Cell(row.group, row.period, measure))
            if place is None or place not in cells.listed:
                found, expected = "a row", f"a row that {table.file} has too"
                problems.append(Problem(released.file, row.line, measure, found, expected))
            elif count is None:
                held.add(place)
            elif count == counts[place]:
                out.add(place)
            else:
                expected = f"{counts[place]} as in {table.file}: what is released stays as it is"
                problems.append(Problem(released.file, row.line, measure, str(count), expected))
    if problems:
        raise InputError(problems)
    return frozenset(out), frozenset(held)


def _figures(row: CountRow, policy: DisclosurePolicy) -> Iterator[Finding]:
    """What the figures beside the counts of a row tell."""
    counts = row.counts
    rate = row.told.get(RATE, "")
    if rate not in ("", HIDDEN) and rate != _rate(counts[NUMERATOR], counts[DENOMINATOR]):
        yield Finding(row.line, RATE, f"{rate}, which does not follow from what is shown")
    median = row.told.get(MEDIAN, "")
    people = counts.get(COUNT, counts.get(NUMERATOR))
    if median not in ("", HIDDEN) and median != _median(median, people, policy):
        least, multiple = policy.median_people_min, policy.median_multiple_cents
        expected = f"only of {least} people shown or more, in multiples of {multiple} cents"
        yield Finding(row.line, MEDIAN, f"{median}, {expected}")


def _rate(numerator: int | None, denominator: int | None) -> str:
    if numerator is None or denominator is None:
        return HIDDEN
    if denominator == 0:
        return ""
    with localcontext(prec=PRECISION_DIGITS):
        return str(half_even(Decimal(100 * numerator) / denominator, RATE_PLACES))


def _median(cents: str, people: int | None, policy: DisclosurePolicy) -> str:
    if people is None or people < policy.median_people_min:
        return HIDDEN
    if cents in ("", HIDDEN):
        return cents
    return str(round(Fraction(cents) / policy.median_multiple_cents) * policy.median_multiple_cents)
