"""`lmb audit` as an auditor meets it: the sentence, the table, the document, the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from lmb.cli.commands import lmb
from lmb.ledger.service import Books
from lmb.proofs.audit_runs import last_audit
from lmb.proofs.checkpoints import Checkpoint
from lmb.proofs.key_files import write_signing_keys
from lmb.proofs.service import integrate, issue_checkpoint, trust
from lmb.values.errors import InputError
from tests.proofs.audited import EARLIER, POLICY, SIZE, audited_books, newest, stored_note, tamper
from tests.proofs.posting import START, pay
from tests.proofs.support import LOG, ORIGIN, SECOND, THIRD, WITNESS, signed

pytestmark = pytest.mark.usefixtures("fresh_database")

ONE_CENT = "UPDATE ledger_transfer SET amount_cents = amount_cents + 1 WHERE seq = 71"


def run(*words: str | Path) -> Result:
    """The command as the main door runs it: errors of ours come through."""
    result = CliRunner().invoke(lmb, ["audit", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LMB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def books(fresh_database: object, home: Path) -> Books:
    return audited_books()


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "trusted.policy"
    path.write_text(POLICY)
    return path


def test_clean_books_are_proven_in_one_sentence(books: Books, policy: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(newest(books))
    result = run("--policy", policy, "--checkpoint", kept)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        f"PROVEN: {SIZE} movements are those of the checkpoint of {SIZE} leaves (root "
    )
    assert f"{WITNESS.name} at 2030-03-17T17:46:40+00:00 (" in result.stdout
    assert "kept.txt (kept, 301 leaves)" in result.stdout
    assert result.stdout.count("\n") == 1


def test_what_is_not_covered_yet_and_cannot_be_opened_is_said(
    books: Books, policy: Path, owner_connection: psycopg.Connection
) -> None:
    pay(books, "later")
    owner_connection.execute("DELETE FROM proofs_salt WHERE index = 40")
    result = run("--policy", policy)
    assert result.exit_code == 0, result.output
    assert "1 later movements are beyond it." in result.stdout
    assert "1 leaves have no salt any more" in result.stdout


def test_a_kept_checkpoint_alone_vouches_for_what_it_covers(books: Books, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(stored_note(books, EARLIER))
    told = run("--log", LOG.verifier.text, "--checkpoint", kept).stdout
    assert told.startswith(f"PROVEN: {EARLIER} movements")
    assert f"{SIZE - EARLIER} later movements are beyond it." in told


def test_a_cosigned_checkpoint_says_more_than_a_later_one_nobody_saw(
    books: Books, policy: Path
) -> None:
    pay(books, "later")
    integrate(books.cell)
    issue_checkpoint(books.cell, [LOG], START)
    policy.write_text(POLICY.replace("quorum both", "quorum none"))
    assert run("--policy", policy).stdout.startswith(f"PROVEN: {SIZE} movements")


def test_without_anyone_outside_nothing_is_called_proven(books: Books, home: Path) -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Nothing contradicts {SIZE} movements")
    assert "No key of the log was given" in result.stdout
    # The log's own keys in this clone's data are used where there are any.
    (home / "proofs").mkdir(parents=True)
    write_signing_keys(home / "proofs" / f"{books.cell}.key", [LOG])
    assert "No key of the log was given" not in run().stdout


def test_keys_of_witnesses_may_be_given_one_by_one(books: Books, policy: Path) -> None:
    keys = ["--log", LOG.verifier.text, "--witness", WITNESS.verifier.text]
    assert run(*keys, "--witness", SECOND.verifier.text).stdout.startswith("PROVEN")
    assert run("--policy", policy, *keys[2:]).exit_code == 2
    missing = run(*keys, "--witness", THIRD.verifier.text, "--json")
    assert missing.exit_code == 1
    (found,) = json.loads(missing.stdout)["findings"]
    assert found["kind"] == "too-few-witnesses"
    assert run("--witness", "nobody").exit_code == 2


def test_a_changed_row_is_told_to_people_and_to_programs(
    books: Books, policy: Path, owner_connection: psycopg.Connection
) -> None:
    tamper(owner_connection, [ONE_CENT])
    told = run("--policy", policy)
    assert told.exit_code == 1
    for words in ("transfer-changed", "consequence", "the log says", "restore the row"):
        assert words in told.stdout
    assert "NOT PROVEN" in told.stdout.splitlines()[-1]
    document = json.loads(run("--policy", policy, "--json").stdout)
    assert (document["proven"], document["movements"]) == (False, SIZE)
    assert document["checkpoint"]["size"] == SIZE
    assert [each["name"] for each in document["checkpoint"]["witnesses"]] == [
        SECOND.name,
        WITNESS.name,
    ]
    first = document["findings"][0]
    assert first["kind"] == "transfer-changed"
    assert first["row"].startswith("transfer 71 (")
    assert (first["found"], first["log_says"]) == ("amount 68 cents", "amount 67 cents")
    assert first["next_step"]
    assert document["findings_total"] == len(document["findings"])


def test_a_result_is_kept_only_when_asked_for(
    books: Books, policy: Path, owner_connection: psycopg.Connection
) -> None:
    run("--policy", policy)
    assert last_audit(books.cell) is None
    run("--policy", policy, "--keep")
    clean = last_audit(books.cell)
    assert clean is not None
    assert (clean.movements, clean.leaves, clean.size, clean.is_clean) == (SIZE, SIZE, SIZE, True)
    assert [each.name for each in clean.witnesses] == [SECOND.name, WITNESS.name]
    tamper(owner_connection, [ONE_CENT])
    document = json.loads(run("--policy", policy, "--keep", "--json").stdout)
    found = last_audit(books.cell)
    assert found is not None
    assert found.finished_at > clean.finished_at
    assert found.findings_total == document["findings_total"]
    assert [(each.kind, each.row, each.found, each.told) for each in found.findings] == [
        (each["kind"], each["row"], each["found"], each["log_says"])
        for each in document["findings"]
    ]


def test_without_keys_the_policy_in_force_is_used(books: Books, home: Path) -> None:
    trust(books.cell, POLICY.encode(), None, "auditor", START)
    assert run().stdout.startswith(f"PROVEN: {SIZE} movements")
    assert f"seen by {SECOND.name}" in run().stdout


def test_kept_files_name_forks_and_a_file_that_is_no_evidence_is_refused(
    books: Books, policy: Path, tmp_path: Path
) -> None:
    true, other, forged = (tmp_path / name for name in ("true", "other", "forged"))
    true.write_bytes(newest(books))
    stated = Checkpoint(ORIGIN, SIZE, bytes(32))
    other.write_bytes(signed(stated).content)
    forged.write_bytes(signed(stated, THIRD).content)

    def kinds(*files: Path) -> list[str]:
        words = [word for file in files for word in ("--checkpoint", file)]
        document = json.loads(run("--policy", policy, "--json", *words).stdout)
        return [finding["kind"] for finding in document["findings"]]

    assert kinds(true) == []
    assert kinds(other) == ["fork"]
    assert kinds(true, other) == ["two-checkpoints"]
    with pytest.raises(InputError, match="forged: found no known key"):
        kinds(forged)
