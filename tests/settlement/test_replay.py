"""Every determination can be computed again from its stored inputs, to the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from lmb.bonds import queries as bonds
from lmb.bonds.linked.measured import measured_on, measured_windows
from lmb.facts import queries as facts
from lmb.facts.service import correct_work
from lmb.rules import queries as rules
from lmb.rules.models import Determination
from lmb.rules.queries import DeterminationOnFile
from lmb.settlement.report import report
from lmb.settlement.rulebook import RULES, replay
from lmb.settlement.service import run
from lmb.values.canonical import Document
from lmb.values.clock import moment
from lmb.values.errors import RefusedError
from tests.settlement.small import CUSIP, small_programme

pytestmark = pytest.mark.django_db


# A simulated run has no real people; tests/people replays what is determined about them.
RULES_ABOUT_PEOPLE = {"account-eligibility", "payout-hold"}


def determinations(cell: int) -> list[DeterminationOnFile]:
    identifiers = Determination.objects.filter(cell=cell).values_list("id", flat=True)
    return [found for found in map(rules.find, identifiers) if found is not None]


def test_every_determination_replays_to_the_same_bytes() -> None:
    books = run(small_programme(), lambda step: None)
    on_file = determinations(books.cell)
    assert {found.rule for found in on_file} == set(RULES) - RULES_ABOUT_PEOPLE
    for found in on_file:
        assert replay(found).content.decode() == found.content


def test_corrected_fact_points_to_every_determination_that_read_it() -> None:
    books = run(small_programme(), lambda step: None)
    bond = bonds.bond(books.cell, CUSIP)
    first, last = measured_windows(bond.terms).observed
    known_at = moment(measured_on(bond.terms), 23)
    records = facts.work_records(books.cell, first, last, known_at=known_at)
    correct_work(
        books.cell,
        records[0].id,
        earnings_cents=1,
        hours=None,
        source="amended return",
        recorded_at=moment(bond.terms.matures_on),
    )
    read_by = {
        found.rule
        for identifier in rules.readers_of(books.cell, records[0].id)
        if (found := rules.find(identifier)) is not None
    }
    assert "earnings-gain" in read_by
    # What was determined stays as it was determined: the correction came later.
    measured = report(bond).outcome
    assert measured is not None
    on_file = rules.find(measured.determination)
    assert on_file is not None
    assert replay(on_file).content.decode() == on_file.content


def test_replay_refuses_a_fact_that_was_changed_behind_the_books() -> None:
    books = run(small_programme(), lambda step: None)
    measured = report(bonds.bond(books.cell, CUSIP)).outcome
    assert measured is not None
    on_file = rules.find(measured.determination)
    assert on_file is not None

    def changed(kind: str, ids: Sequence[UUID]) -> Sequence[Document]:
        return [{"changed": True} for _ in ids]

    with pytest.raises(RefusedError, match="is not what determination"):
        rules.replay(on_file, RULES, changed)
