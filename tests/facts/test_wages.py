"""Wages on file: found by keyed hash, in two times, never half a file, nothing of strangers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from lmb.facts import models, queries_wages
from lmb.facts import service_wage_decisions as decisions
from lmb.facts import service_wages as service
from lmb.facts.importers.wage_files.delimited import load_csv_wages, load_keyed_wages
from lmb.facts.service_wage_decisions import Decision, read_decisions
from lmb.facts.service_wages import Cause, Received, WageReceipt
from lmb.outcomes.indicators.duckdb_engine import engine, measure
from lmb.outcomes.indicators.on_file import read_wages, write_wages
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.standing import StandingMeasurement
from lmb.people import vault
from lmb.people.identifiers import IndexKind
from lmb.people.keys import LocalIndexKeys, VaultKeys
from lmb.people.roles import Role
from lmb.people.sessions import acting, house
from lmb.values.canonical import sha256_hex
from lmb.values.errors import ConflictError, InputError, NotFoundError, RefusedError
from tests.facts.wage_files.files import Report, csv_file
from tests.people.support import (
    ANA,
    BEN,
    CELL,
    CLEO,
    NOW,
    as_self,
    enrolled,
    member,
    vault_keys,
)

pytestmark = pytest.mark.django_db

ANAS, BENS, CLEOS, NOBODYS = "219099999", "457555462", "078051121", "123121234"
Q3, Q1 = 4 * 2026 + 2, 4 * 2027
SUMMER = (
    Report("111111111", 2026, "09", [(ANAS, 900_000), (BENS, 800_000), (NOBODYS, 5)]),
    Report("222222222", 2026, "09", [(ANAS, 50_000)]),
)
WHY = Cause("the state", "report of 2026Q3")


class Here:
    """A cell with Ana, Ben and Cleo, who is there twice under one number."""

    def __init__(self) -> None:
        self.keys = vault_keys()
        self.ana = enrolled(self.keys, "ana", ANA).person
        self.ben = enrolled(self.keys, "ben", BEN).person
        self.cleo = enrolled(self.keys, "cleo", CLEO).person
        self.twin = enrolled(self.keys, "twin of cleo", CLEO).person

    def load(
        self,
        *reports: Report,
        at: datetime = NOW,
        source: str = "ui",
        amends: bool = False,
        content: bytes | None = None,
    ) -> WageReceipt:
        hashing = vault.SsnHashing(self.keys)
        lines = (content or csv_file(reports)).splitlines(keepends=True)
        wages = load_csv_wages("wages.csv", lines, hashing)
        roster = vault.find_many(self.keys, CELL, IndexKind.SSN, set(wages.persons))
        put = service.amend_wages if amends else service.load_wages
        received = Received("wages.csv", sha256_hex(b"".join(lines)), "csv", source)
        return put(CELL, wages, roster, received, WHY, at)

    def decide(self, load: UUID, *decided: Decision, at: datetime = NOW) -> WageReceipt:
        hashing = vault.SsnHashing(self.keys)
        hashed = {one.number: hashing.hashed(one.number) for one in decided if one.number}
        known = vault.find_many(self.keys, CELL, IndexKind.SSN, set(hashed.values()))
        by_number = {number: known[digest] for number, digest in hashed.items() if digest in known}
        return decisions.decide(CELL, load, decided, by_number, {"ana": self.ana}, WHY, at)


@pytest.fixture
def here() -> Iterator[Here]:
    with house():
        yield Here()


def pay(at: datetime) -> set[tuple[str, str, int, int, str]]:
    return {row for batch in queries_wages.wages_known_at(CELL, at) for row in batch}


def test_pay_is_found_by_number_and_of_strangers_nothing_is_kept(here: Here) -> None:
    receipt = here.load(*SUMMER)
    assert (receipt.records, receipt.matched, receipt.unmatched, receipt.told_anew) == (4, 3, 1, 3)
    assert receipt.total_cents == 1_750_005
    assert pay(NOW) == {
        (str(here.ana), "111111111", Q3, 900_000, "ui"),
        (str(here.ana), "222222222", Q3, 50_000, "ui"),
        (str(here.ben), "111111111", Q3, 800_000, "ui"),
    }
    assert set(models.Wage.objects.values_list("match_type", flat=True)) == {1}
    (load,) = queries_wages.loads(CELL)
    assert (load.file, load.actor, load.because, load.key) == (
        *("wages.csv", "the state", "report of 2026Q3"),
        "blind-index/1",
    )


def test_no_number_and_no_hash_of_one_is_at_rest(
    here: Here, owner_connection: psycopg.Connection
) -> None:
    here.load(*SUMMER, Report("333333333", 2026, "09", [("000000000", 7)]))
    told = ""
    with connection.cursor() as cursor:
        for model in (models.Wage, models.WageLoad, models.WageSetAside, models.WageDecision):
            cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t")
            told += str(cursor.fetchall())
    hashing = vault.SsnHashing(here.keys)
    for number in (ANAS, BENS, NOBODYS, "000000000"):
        assert number not in told
        assert hashing.hashed(number.encode()).hex() not in told


def test_the_same_file_again_changes_nothing_and_lines_of_one_job_add_up(here: Here) -> None:
    here.load(*SUMMER)
    again = here.load(*SUMMER, at=NOW + timedelta(days=1))
    assert (again.matched, again.told_anew, again.amended, again.quarantined) == (3, 0, 0, 0)
    twice = Report("444444444", 2026, "09", [(ANAS, 1_000), (ANAS, 234)])
    assert here.load(twice).matched == 2
    assert (str(here.ana), "444444444", Q3, 1_234, "ui") in pay(NOW)


def test_an_amendment_supersedes_and_what_was_known_before_stays(here: Here) -> None:
    here.load(*SUMMER)
    later = NOW + timedelta(days=30)
    amended = Report("111111111", 2026, "09", [(ANAS, 910_000), (BENS, 0)])
    receipt = here.load(amended, at=later, amends=True)
    assert (receipt.amended, receipt.told_anew, receipt.quarantined) == (2, 0, 0)
    assert (str(here.ana), "111111111", Q3, 900_000, "ui") in pay(NOW)
    assert (str(here.ana), "111111111", Q3, 910_000, "ui") in pay(later)
    assert len(pay(NOW)) == len(pay(later)) == 3
    changed = [
        row for batch in queries_wages.wages_amended_between(CELL, NOW, later) for row in batch
    ]
    assert {(row[0], row[3]) for row in changed} == {(str(here.ana), 910_000), (str(here.ben), 0)}
    again = Report("111111111", 2026, "09", [(ANAS, 920_000)])
    assert here.load(again, at=later + timedelta(days=1), amends=True).amended == 1


def test_another_amount_without_an_amendment_waits_and_can_be_taken(here: Here) -> None:
    here.load(*SUMMER)
    other = Report("111111111", 2026, "09", [(ANAS, 910_000), (BENS, 800_000)])
    receipt = here.load(other, at=NOW + timedelta(days=1))
    assert (receipt.matched, receipt.quarantined, receipt.amended) == (1, 1, 0)
    (waits,) = queries_wages.open_set_aside(CELL, receipt.load)
    assert (waits.reason, waits.person, waits.row) == ("told-otherwise", here.ana, 2)
    later = NOW + timedelta(days=2)
    decided = here.decide(receipt.load, Decision(2, "taken"), at=later)
    assert (decided.matched, decided.amended) == (1, 1)
    assert (str(here.ana), "111111111", Q3, 910_000, "ui") in pay(later)
    assert queries_wages.open_set_aside(CELL, receipt.load) == []
    with pytest.raises(ConflictError):
        here.decide(receipt.load, Decision(2, "dropped"))


def test_a_wrong_number_waits_until_it_is_corrected_and_is_replayed(here: Here) -> None:
    wrong = Report("111111111", 2026, "09", [("000000001", 900_000), (ANAS, 100), ("666000001", 7)])
    receipt = here.load(wrong)
    assert (receipt.records, receipt.matched, receipt.quarantined) == (3, 1, 2)
    assert [each.row for each in queries_wages.open_set_aside(CELL, receipt.load)] == [2, 4]
    with pytest.raises(RefusedError, match="waits for whose pay"):
        here.decide(receipt.load, Decision(2, "taken"))
    with pytest.raises(NotFoundError, match="was not set aside"):
        here.decide(receipt.load, Decision(3, "dropped"))
    decided = here.decide(
        receipt.load,
        Decision(2, "taken", number=ANAS.encode()),
        Decision(4, "taken", number=NOBODYS.encode()),
    )
    assert (decided.matched, decided.unmatched) == (1, 1)
    # A second line of the same job, as it would have been with the right number.
    assert pay(NOW) == {(str(here.ana), "111111111", Q3, 900_100, "ui")}


def test_a_number_under_which_two_persons_stand_waits_for_those_who_decide(here: Here) -> None:
    receipt = here.load(Report("111111111", 2026, "09", [(CLEOS, 100)]))
    (waits,) = queries_wages.open_set_aside(CELL, receipt.load)
    assert (waits.reason, waits.person) == ("two-persons", None)
    with pytest.raises(RefusedError, match="whether they are one"):
        here.decide(receipt.load, Decision(2, "taken", number=CLEOS.encode()))
    with pytest.raises(NotFoundError, match="key of nobody"):
        here.decide(receipt.load, Decision(2, "taken", person="nobody"))
    assert here.decide(receipt.load, Decision(2, "taken", person="ana")).matched == 1


def test_sources_stand_beside_each_other_and_unknown_ones_are_refused(here: Here) -> None:
    here.load(*SUMMER)
    here.load(Report("111111111", 2026, "09", [(ANAS, 900_001)]), source="federal")
    amounts = {(row[4], row[3]) for row in pay(NOW) if row[0] == str(here.ana)}
    assert amounts == {("ui", 900_000), ("ui", 50_000), ("federal", 900_001)}
    assert models.Wage.objects.get(source="federal").match_type == 2
    with pytest.raises(RefusedError, match="'irs' is no source"), transaction.atomic():
        here.load(Report("9", 2026, "09", [(ANAS, 1)]), source="irs")


def test_supplemental_information_names_people_by_their_keys(here: Here) -> None:
    content = csv_file([Report("111111111", 2026, "09", [(ANAS, 70_000)])])
    content = content.replace(b"ssn", b"person").replace(ANAS.encode(), str(here.ana).encode())
    wages = load_keyed_wages("stubs.csv", content.splitlines(keepends=True))
    received = Received("stubs.csv", "ab" * 32, "keys", "supplemental")
    roster = {str(here.ana).encode(): {here.ana}}
    assert service.load_wages(CELL, wages, roster, received, WHY, NOW).matched == 1
    assert pay(NOW) == {(str(here.ana), "111111111", Q3, 70_000, "supplemental")}
    numbered = content.replace(str(here.ana).encode(), b"219-09-9999")
    found = load_keyed_wages("stubs.csv", numbered.splitlines(keepends=True))
    assert (len(found), len(found.set_aside)) == (0, 1)


def test_while_the_index_is_renewed_nobody_is_looked_for(here: Here) -> None:
    digests = here.keys.index.keys  # type: ignore[attr-defined]
    renewed = LocalIndexKeys(2, {**digests, 2: b"n" * 32})
    here.keys = VaultKeys(here.keys.master, renewed, here.keys.randomness)
    with pytest.raises(RefusedError, match="being renewed"), transaction.atomic():
        here.load(*SUMMER)


def test_nothing_on_file_is_changed_and_an_amendment_is_of_the_same_pay(here: Here) -> None:
    here.load(*SUMMER)
    for attempt in (
        "UPDATE facts_wage SET cents = 1",
        "DELETE FROM facts_wage",
        "INSERT INTO facts_wage SELECT cell, gen_random_uuid(), person, employer, quarter + 1, 5,"
        " source, match_type, load, id, recorded_at FROM facts_wage",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)


OFFICES = {"auditor", "agency", "state-board"}
MATRIX: dict[str, dict[str, int]] = {
    "facts_wage": {"citizen": 2, "auditor": 3},
    "facts_wage_load": dict.fromkeys(OFFICES, 1),
    "facts_wage_set_aside": dict.fromkeys(OFFICES, 1),
    "facts_wage_decision": dict.fromkeys(OFFICES, 1),
    "facts_succession": dict.fromkeys(OFFICES, 1),
}
"""How many rows each role sees: Ana is the citizen, Cleo everyone else."""


def test_pay_is_seen_by_whom_it_is_of_and_by_auditors(here: Here) -> None:
    receipt = here.load(*SUMMER, Report("333333333", 2026, "09", [("000000000", 7)]))
    (waits,) = queries_wages.open_set_aside(CELL, receipt.load)
    here.decide(receipt.load, Decision(waits.row, "dropped"))
    service.tell_successions(CELL, {"1": "2"}, source="x", recorded_at=NOW)
    actors = {"citizen": as_self(here.ana)}
    for role in set(Role) - {Role.CITIZEN, Role.REPRESENTATIVE}:
        kind = role if role in ("state-board", "provider", "employer", "investor") else "agency"
        actors[role] = member(here.keys, here.cleo, kind, role, state="MD")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lmb.house', '', true)")
    for table, sees in MATRIX.items():
        assert rows(table) == 0
        found = {}
        for name, by in actors.items():
            with acting(by, NOW):
                found[name] = rows(table)
        assert {role: seen for role, seen in found.items() if seen} == sees, table


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        (count,) = cursor.fetchone()
    return int(count)


def test_successors_are_told_in_two_times(here: Here) -> None:
    later = NOW + timedelta(days=1)
    assert service.tell_successions(CELL, {"1": "2", "3": "4"}, source="x", recorded_at=NOW) == 2
    assert service.tell_successions(CELL, {"1": "2", "3": "5"}, source="x", recorded_at=later) == 1
    found = {
        at: {
            first: each.successor
            for first, each in queries_wages.successions_on_file(CELL, at).items()
        }
        for at in (NOW, later)
    }
    assert found == {NOW: {"1": "2", "3": "4"}, later: {"1": "2", "3": "5"}}


def test_decisions_that_cannot_be_are_told_without_the_number() -> None:
    header = b"row,decision,number,person\n"
    read_in = read_decisions("d.csv", header + b"2,taken,219099999,\n3,dropped,,\n4,taken,,p1\n")
    assert read_in[0] == Decision(2, "taken", b"219099999", None)
    for rows, told in {
        b"2,taken,000099999,\n": "row 2, number: found no valid number",
        b"2,dropped,219099999,\n": "row 2, person: found 1 of them",
        b"2,taken,219099999,p1\n": "row 2, person: found 2 of them",
        b"2,keep,,\n": "row 2, decision",
        b"2,dropped,,\n2,dropped,,\n": "row 3, row",
    }.items():
        with pytest.raises(InputError) as caught:
            read_decisions("d.csv", header + rows)
        assert told in str(caught.value)
        assert "99999" not in str(caught.value)


PERIODS = """
CREATE TABLE periods AS SELECT 'x' AS period_id, ? AS person_id, 'adult' AS program,
    DATE '2025-07-01' AS entry_date, DATE '2026-02-01' AS exit_date, 0 AS exit_reason,
    0 AS training_type, FALSE AS secondary, NULL::DATE AS diploma_date, 0 AS credential_type,
    NULL::DATE AS credential_date, NULL::DATE AS msg_enrolled_date,
    NULL::DATE AS msg_completed_date, []::DATE[] AS gain_dates, FALSE AS not_yet_q2,
    FALSE AS not_yet_q4, FALSE AS education_q2, FALSE AS education_q4
"""


def test_indicators_read_pay_as_it_was_known_and_amendments_recompute(
    here: Here, tmp_path: Path
) -> None:
    here.load(*SUMMER)
    later = NOW + timedelta(days=30)
    amended = Report("111111111", 2026, "09", [(ANAS, 910_000)])
    here.load(amended, at=later, amends=True)
    exits = Window(date(2026, 1, 1), date(2026, 3, 31))
    rules = IndicatorRules.in_force_on(exits.last)
    measured: dict[datetime, Any] = {}
    again = None
    for at in (NOW, later):
        with engine() as duckdb:
            duckdb.execute(PERIODS, [str(here.ana)])
            read_wages(duckdb, queries_wages.wages_known_at(CELL, at), tmp_path)
            measured[at] = measure(duckdb, rules, exits, exits).total
            if at == NOW:
                standing = StandingMeasurement(duckdb, rules, exits, exits)
                standing.build()
                changed = queries_wages.wages_amended_between(CELL, NOW, later)
                write_wages(changed, tmp_path / "changed.parquet")
                again = standing.amend(f"read_parquet('{tmp_path}/changed.parquet')").total
    # Quarter 2 after an exit in 2026Q1 is 2026Q3.
    assert measured[NOW].median_earnings_q2_cents == 950_000
    assert measured[later].median_earnings_q2_cents == 960_000
    assert again == measured[later]
