"""Determinations on file: counted by two engines, signed by two persons, open to challenge, never
overwritten; for raw SQL as for the services."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from lmb.config.paths import CLONE
from lmb.ledger.queries import instruction
from lmb.outcomes import models, queries
from lmb.outcomes import service_statements as service
from lmb.outcomes.determination.dispute import Standing
from lmb.outcomes.queries_own_record import counted_about, row_proof
from lmb.people.sessions import house
from lmb.proofs import queries as proofs
from lmb.proofs import service as log
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from tests.outcomes.statements import EVIDENCE, TODAY, World, world
from tests.people.support import CELL

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Iterator[World]:
    with house():
        yield world()


def standing(here: World, statement: str) -> Standing:
    return queries.standing(CELL, statement, here.clock.now().date())


def test_a_statement_is_filed_with_what_both_engines_counted_and_filing_again_changes_nothing(
    here: World,
) -> None:
    statement = here.file(here.records())
    assert here.file(here.records()).sha256 == statement.sha256
    on_file = queries.statement_on_file(CELL, statement.sha256)
    assert set(on_file.engines) == {"python", "sql"}
    assert len(set(on_file.engines.values())) == 1
    assert (on_file.actor, on_file.because) == (
        "the evaluator",
        "the wages of the second quarter are in",
    )
    assert queries.statement(CELL, statement.sha256).content == statement.content
    assert standing(here, statement.sha256) is Standing.UNSIGNED
    assert models.Statement.objects.count() == 1


def test_two_persons_sign_and_the_statement_is_a_leaf_of_the_proof_log(here: World) -> None:
    statement = here.file(here.records())
    transfer = here.sign(statement)
    log.integrate(CELL)
    _, leaf = proofs.opened(CELL, transfer)
    assert (leaf.movement.unit, leaf.movement.amount_cents) == ("outcome-statement", 100)
    entry = instruction(leaf.movement.cause)
    assert entry is not None
    assert entry.document["statement_sha256"] == statement.sha256
    assert entry.document["merkle_root"] == statement.document["records"]["merkle_root"]
    assert standing(here, statement.sha256) is Standing.OPEN


def test_one_person_alone_or_an_approval_of_another_statement_signs_nothing(here: World) -> None:
    statement = here.file(here.records())
    other = here.file(here.records("p9,A,treated,site-0,ui,2026-05-01,counted,5"))
    alone = here.propose(here.content(statement))
    here.passkey(here.first, alone)
    with pytest.raises(RefusedError, match="a second person"), transaction.atomic():
        service.sign_statement(here.books, here.first, alone.id, statement.sha256)
    both = here.approved(other.sha256)
    with pytest.raises(RefusedError, match="not what was approved"), transaction.atomic():
        service.sign_statement(here.books, here.first, both, statement.sha256)
    with pytest.raises(RefusedError, match="cannot approve"):
        service.propose_signing(
            here.keys.randomness, here.provider, statement.sha256, here.clock.now()
        )
    assert models.Signature.objects.count() == 0


def test_a_statement_is_signed_by_the_day_it_is_published_so_that_its_window_is_whole(
    here: World,
) -> None:
    with pytest.raises(RefusedError, match="less time"):
        here.file(here.records(), TODAY - timedelta(days=1))
    statement = here.file(here.records(), TODAY + timedelta(days=1))
    here.later(2)
    with pytest.raises(RefusedError, match="cut short"):
        here.approved(statement.sha256)


def test_terms_are_determined_once(here: World) -> None:
    here.sign(here.file(here.records()))
    again = here.file(here.records("p9,A,treated,site-0,ui,2026-05-01,counted,5"))
    with pytest.raises(DatabaseError, match="determined_once"), transaction.atomic():
        here.sign(again)


def test_a_challenge_is_answered_by_a_correction_that_supersedes_it(here: World) -> None:
    first = here.file(here.records())
    here.sign(first)
    here.later(10)
    filed = here.challenge(first, here.ana, str(here.ana.person))
    assert standing(here, first.sha256) is Standing.CHALLENGED
    here.later(30)
    assert standing(here, first.sha256) is Standing.CHALLENGED
    row = f"{here.ana.person},A,treated,site-0,ui,2027-03-20,counted,880000"
    with pytest.raises(RefusedError, match="answers the challenges that are open"):
        here.file(here.records(row), supersedes=first.sha256, freeze_on="2027-04-01")
    corrected = here.file(
        here.records(row), supersedes=first.sha256, answers=[filed], freeze_on="2027-04-01"
    )
    assert corrected.document["kind"] == "correction"
    here.sign(corrected)
    assert standing(here, first.sha256) is Standing.SUPERSEDED
    assert standing(here, corrected.sha256) is Standing.OPEN
    (answered,) = queries.challenges(CELL, first.sha256)
    assert answered.answer is not None
    assert answered.answer.correction == corrected.sha256
    assert answered.evidence_sha256 == EVIDENCE
    with pytest.raises(RefusedError, match="challenge that one"):
        here.challenge(first, here.ana, str(here.ana.person))
    with pytest.raises(RefusedError, match="already follows it"):
        here.file(here.records(), supersedes=first.sha256, freeze_on="2027-04-02")


def test_an_upheld_statement_becomes_final_and_a_later_change_is_a_true_up(here: World) -> None:
    first = here.file(here.records())
    here.sign(first)
    filed = here.challenge(first, here.provider, "p00001", "p00002")
    with pytest.raises(RefusedError, match="never their own"):
        service.uphold(here.provider, filed, "no", here.clock.now())
    service.uphold(here.second, filed, "the stubs are of another quarter", here.clock.now())
    with pytest.raises(ConflictError):
        service.uphold(here.second, filed, "again", here.clock.now())
    here.later(31)
    assert standing(here, first.sha256) is Standing.FINAL
    row = f"{here.ana.person},A,treated,site-0,ui,2027-03-20,counted,880000"
    true_up = here.file(here.records(row), supersedes=first.sha256, freeze_on="2027-04-01")
    assert true_up.document["kind"] == "true-up"
    for name in "AB":
        before, after = first.tranche(name), true_up.tranche(name)
        assert after["settled_before_cents"] == before["settled_cents"] == before["cents"]
        assert after["due_cents"] == after["cents"] - before["cents"] != 0
    here.sign(true_up)
    assert standing(here, first.sha256) is Standing.FINAL


def test_after_the_longstop_the_last_statement_stands(here: World) -> None:
    first = here.file(here.records())
    here.sign(first)
    here.later(800)
    with pytest.raises(RefusedError, match="longstop"):
        here.file(here.records(), supersedes=first.sha256, freeze_on="2027-04-01")


def test_challenges_come_in_time_about_people_with_a_record_and_from_a_person_about_themselves(
    here: World,
) -> None:
    statement = here.file(here.records())
    with pytest.raises(RefusedError, match="not signed"):
        here.challenge(statement, here.ana, str(here.ana.person))
    here.sign(statement)
    with pytest.raises(RefusedError, match="somebody else"):
        here.challenge(statement, here.ana, "p00001")
    with pytest.raises(RefusedError, match="unknown: nobody"):
        here.challenge(statement, here.provider, "nobody")
    here.later(31)
    with pytest.raises(RefusedError, match="the window was"):
        here.challenge(statement, here.ana, str(here.ana.person))


# ── what the database holds by itself ─────────────────────────────────────────────────────────


def refused(statement: str, *parameters: Any) -> str:
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    return str(told.value)


def test_nothing_on_file_is_changed_or_deleted(here: World) -> None:
    statement = here.file(here.records())
    here.sign(statement)
    here.challenge(statement, here.ana, str(here.ana.person))
    for model in (
        *(models.Terms, models.Frozen, models.FrozenRow, models.FrozenTile, models.FrozenSecret),
        *(models.Statement, models.EngineRun, models.Signature, models.Challenge),
    ):
        table = model._meta.db_table
        assert model.objects.exists(), table
        for attempt in (f"UPDATE {table} SET cell = 2", f"DELETE FROM {table}"):
            assert "permission denied" in refused(attempt) or "insert-only" in refused(attempt)


def test_frozen_records_take_no_further_row_and_a_statement_counts_the_whole_table(
    here: World,
) -> None:
    statement = here.file(here.records())
    root = statement.frozen.root
    told = refused(
        "INSERT INTO outcomes_frozen_row (cell, root, index, key, row) VALUES (%s, %s, 999, 'x',"
        " 'x,A,treated,s,ui,2026-05-01,counted,1')",
        *(CELL, root),
    )
    assert "frozen" in told
    models.Frozen.objects.create(
        cell=CELL,
        root="ab" * 32,
        sha256=statement.frozen.sha256,
        records=1,
        actor="x",
        recorded_at=here.clock.now(),
    )
    content = statement.content.decode().replace(root, "ab" * 32)
    told = refused(
        "INSERT INTO outcomes_statement SELECT cell, encode(sha256(convert_to(%s, 'UTF8')), 'hex'),"
        " %s, terms, %s, run_id, kind, published_on, challenge_until, supersedes, actor, because,"
        " recorded_at FROM outcomes_statement",
        *(content, content, "ab" * 32),
    )
    assert "does not count the table" in told


def test_raw_sql_cannot_sign_without_two_persons_or_where_the_engines_differ(here: World) -> None:
    statement = here.file(here.records())
    here.sign(statement)
    sign = (
        "INSERT INTO outcomes_signature SELECT cell, %s, %s, NULL, proposal, signed_by,"
        " approved_by, instruction, transfer, recorded_at FROM outcomes_signature"
    )
    other = here.file(here.records("p9,A,treated,site-0,ui,2026-05-01,counted,5"))
    issue = models.Terms.objects.get().issue
    assert "not approved by these two" in refused(sign, other.sha256, issue)
    assert "repeats what its statement" in refused(sign, other.sha256, "ab" * 32)
    models.EngineRun.objects.create(
        cell=CELL, statement=other.sha256, engine="third", tallies_sha256="ab" * 32
    )
    assert "not counted alike" in refused(sign, other.sha256, issue)


def test_raw_sql_cannot_challenge_out_of_time(here: World) -> None:
    statement = here.file(here.records())
    here.sign(statement)
    at = here.later(40)
    told = refused(
        "INSERT INTO outcomes_challenge (cell, id, statement, claimant, keys, reason,"
        " evidence_sha256, filed_on, recorded_at) VALUES (%s, gen_random_uuid(), %s, %s,"
        " ARRAY['p00001'], 'late', %s, %s, %s)",
        *(CELL, statement.sha256, here.ana.person, EVIDENCE, date(2027, 3, 2), at),
    )
    assert "open to challenge from 2027-03-01 to 2027-03-31" in told


# ── what was counted about me ─────────────────────────────────────────────────────────────────


def test_a_person_is_told_which_statements_counted_their_record_and_how(here: World) -> None:
    statement = here.file(here.records())
    assert counted_about(CELL, here.ana.person, TODAY) == []
    transfer = here.sign(statement)
    (found,) = counted_about(CELL, here.ana.person, TODAY)
    assert (found.statement, found.tranche, found.arm) == (statement.sha256, "A", "treated")
    assert [(row.outcome, row.counts) for row in found.rows] == [(100000, False), (120000, True)]
    assert found.people == sum(arm["people"] for arm in statement.tranche("A")["arms"])
    assert found.figures == statement.tranche("A")["figures"]
    assert (found.transfer, found.standing) == (transfer, Standing.OPEN)
    (left_out,) = counted_about(CELL, here.cleo.person, TODAY)
    assert [row.status for row in left_out.rows] == ["deceased"]
    assert counted_about(CELL, here.first.person, TODAY) == []


def test_a_small_group_is_not_told_to_somebody_in_it(here: World) -> None:
    here.sign(here.file(here.records(people=12)))
    (found,) = counted_about(CELL, here.ana.person, TODAY)
    assert (found.people, found.figures, found.excluded) == (None, None, None)
    assert [row.counts for row in found.rows] == [False, True]


@pytest.mark.parametrize("people", [1, 130, 300])
def test_the_proof_that_a_record_was_counted_holds_for_a_stranger(
    here: World, tmp_path: Path, people: int
) -> None:
    statement = here.file(here.records(people=people))
    with pytest.raises(NotFoundError):
        row_proof(CELL, statement.sha256, here.ana.person)
    here.sign(statement)
    proof = row_proof(CELL, statement.sha256, here.ana.person)
    assert proof["merkle_root"] == statement.document["records"]["merkle_root"]
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    told = subprocess.run(
        [sys.executable, CLONE / "verifier" / "lmb_verify_determination.py", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    file.write_text(json.dumps(proof).replace("120000", "120001"))
    again = subprocess.run(
        [sys.executable, CLONE / "verifier" / "lmb_verify_determination.py", str(file)],
        capture_output=True,
        check=False,
    )
    assert again.returncode == 1
    with pytest.raises(NotFoundError):
        row_proof(CELL, statement.sha256, UUID(int=7))
