"""`lmb outcomes file` … `counted`: a determination on file from terminal to proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from pytest_django.plugin import DjangoDbBlocker

from lmb.cli.outcomes import outcomes
from lmb.config.paths import CLONE
from lmb.ledger.entries import NewAccount
from lmb.ledger.service import define_unit, open_accounts
from lmb.people.sessions import house
from lmb.proofs import queries as proofs
from lmb.proofs import service as log
from lmb.values.errors import LmbError, NotFoundError, RefusedError
from tests.conftest import Database
from tests.outcomes.determination.cohorts import SECRET, TERMS
from tests.outcomes.statements import World, world
from tests.people.support import CELL

REFERENCE = (CLONE / "docs" / "reference" / "determinations.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def here(fresh_database: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock():
        with house():
            built = world()
        # The clock of simulated books stands at what was recorded last.
        define_unit("USD", "US dollars")
        open_accounts(built.books, [NewAccount("world", "world", "nobody")])
        yield built


def lmb(*words: object) -> str:
    result = CliRunner().invoke(outcomes, list(map(str, words)))
    if isinstance(result.exception, LmbError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def filed(here: World, folder: Path) -> dict[str, Any]:
    (folder / "terms.json").write_text(json.dumps(TERMS))
    (folder / "records.csv").write_bytes(here.records().content)
    (folder / "secret.txt").write_text(SECRET)
    words = ["--inputs", folder, "--because", "wages are in"]
    found: dict[str, Any] = json.loads(lmb("file", "--terms", folder / "terms.json", *words))
    return found


def test_a_statement_is_filed_signed_challenged_upheld_and_proven(
    here: World, tmp_path: Path
) -> None:
    statement = filed(here, tmp_path)
    sha256 = statement["sha256"]
    assert (statement["standing"], statement["signed"]) == ("not signed", None)
    with pytest.raises(RefusedError, match="in no log"):
        lmb("entry", sha256)
    with house():
        proposal = here.approved(sha256)
    by = ["--person", here.first.person, "--membership", here.first.membership]
    transfer = lmb("sign", sha256, "--proposal", proposal, *by).strip()
    assert json.loads(lmb("statements"))[0]["signed"]["transfer"] == transfer

    log.integrate(CELL)
    (signed,) = json.loads(lmb("statements"))
    _, leaf = proofs.opened(CELL, UUID(signed["signed"]["transfer"]))
    entry = lmb("entry", sha256)
    assert hashlib.sha256(entry.encode()).digest() == leaf.movement.cause_sha256

    stubs = tmp_path / "stubs.pdf"
    stubs.write_bytes(b"two stubs")
    number = lmb(
        *("challenge", sha256, "--record", here.ana.person, "--reason", "stubs are missing"),
        *("--evidence", stubs, "--person", here.ana.person),
    ).strip()
    two = ["--person", here.second.person, "--membership", here.second.membership]
    lmb("uphold", number, "--because", "they are of another quarter", *two)
    (answered,) = json.loads(lmb("statements"))[0]["challenges"]
    assert answered["evidence_sha256"] == hashlib.sha256(b"two stubs").hexdigest()
    assert answered["answer"]["upheld_because"] == "they are of another quarter"

    (counted,) = json.loads(lmb("counted", here.ana.person))
    assert [row["counts"] for row in counted["rows"]] == [False, True]
    proof = json.loads(lmb("counted", here.ana.person, "--proof", sha256))
    assert proof["merkle_root"] == statement["root"]
    with pytest.raises(NotFoundError):
        lmb("counted", here.first.person, "--proof", sha256)


def test_the_reference_names_every_command_and_option() -> None:
    for name in ("file", "statements", "sign", "challenge", "uphold", "entry", "counted"):
        assert f"lmb outcomes {name}" in REFERENCE, name
        for parameter in outcomes.commands[name].params:
            for option in parameter.opts:
                if option.startswith("--") and option not in ("--terms", "--inputs"):
                    assert option in REFERENCE, (name, option)
