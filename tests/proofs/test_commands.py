"""The commands print what the standards say, and fail with a reason and an exit code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lmb.cli.proofs import proofs
from lmb.cli.trusting import NO_WITNESS, NOT_HELD_BACK, witness_note
from lmb.ledger.service import Books
from lmb.proofs.books import posted_after
from lmb.proofs.keys import parse_verifier_key
from lmb.proofs.leaves import parse_opened_leaf
from lmb.proofs.notes import parse_note
from lmb.proofs.receipts import parse_receipt, verify_receipt
from lmb.proofs.tree import leaf_hash, node_hash
from lmb.values.errors import InputError, NotFoundError, RefusedError
from tests.proofs.posting import hold_and_capture, open_books, pay
from tests.proofs.support import LOG, ORIGIN, WITNESS, checkpoint, signed
from tests.proofs.test_notes import PUBLISHED_KEY, PUBLISHED_NOTE
from tests.proofs.test_tree import KNOWN_LEAVES, KNOWN_ROOT
from tests.proofs.witness_process import NAME, process


def run(*words: str | Path) -> Result:
    """A command as the main door runs it: errors of ours come through."""
    result = CliRunner().invoke(proofs, list(map(str, words)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    path = tmp_path / "leaves.hex"
    path.write_text("".join(f"{leaf.hex()}\n" for leaf in KNOWN_LEAVES))
    return path


def test_every_command_has_help_with_an_example() -> None:
    context = click.Context(proofs)
    names = proofs.list_commands(context)
    assert len(names) == 12
    for name in names:
        assert f"Example: lmb proofs {name}" in run(name, "--help").output


def test_roots_are_printed_in_hex(leaves: Path) -> None:
    assert run("root", "--leaves", leaves).output == f"{KNOWN_ROOT}\n"
    assert run("root", "--leaves", leaves, "--size", "1").output == f"{leaf_hash(b'').hex()}\n"
    leaves.write_text("")
    assert run("root", "--leaves", leaves).output.startswith("e3b0c442")
    leaves.write_text("\n")
    assert run("root", "--leaves", leaves).output == f"{leaf_hash(b'').hex()}\n"


def test_proofs_are_printed_one_hash_a_line(leaves: Path) -> None:
    hashes = list(map(leaf_hash, KNOWN_LEAVES))
    pair = node_hash(hashes[0], hashes[1])
    found = run("inclusion", "--leaves", leaves, "--index", "2", "--size", "3").output
    assert found == f"{pair.hex()}\n"
    found = run("consistency", "--leaves", leaves, "--from", "2", "--to", "3").output
    assert found == f"{hashes[2].hex()}\n"
    assert run("inclusion", "--leaves", leaves, "--index", "0", "--size", "1").output == ""
    assert len(run("inclusion", "--leaves", leaves, "--index", "0").output.split()) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["inclusion", "--index", "3", "--size", "3"],
        ["inclusion", "--index", "0", "--size", "9"],
        ["consistency", "--from", "0", "--to", "3"],
        ["consistency", "--from", "4", "--to", "3"],
    ],
)
def test_a_proof_that_does_not_exist_is_refused(leaves: Path, words: list[str]) -> None:
    with pytest.raises(RefusedError):
        run(*words, "--leaves", leaves)


@pytest.mark.parametrize("line", ["0", "0g", "0x00", "00 11", "é0", "00\r"])
def test_a_line_that_is_no_hex_is_named(leaves: Path, line: str) -> None:
    leaves.write_text(f"00\n{line}\n11\n{line}")
    with pytest.raises(InputError) as raised:
        run("root", "--leaves", leaves)
    assert [problem.row for problem in raised.value.problems] == [2, 4]


def test_vectors_pass_and_a_different_verdict_fails(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "merkle-rfc6962-vectors" / "vectors.jsonl"
    result = run("check-vectors", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "255 cases, 0 differ\n"
    turned = tmp_path / "turned.jsonl"
    turned.write_text(file.read_text().replace('"wantErr":false', '"wantErr":true', 2))
    result = run("check-vectors", turned)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert "turned.jsonl, row 1, inclusion/0/happy-path: accepted" in result.stdout


def test_a_note_is_verified_with_its_key(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_bytes(PUBLISHED_NOTE)
    assert run("note-verify", "--vkey", PUBLISHED_KEY, note).output == "example.com/foo 530d903a\n"
    with pytest.raises(RefusedError, match="not signed by any"):
        run("note-verify", "--vkey", LOG.verifier.text, note)
    result = run("note-verify", "--vkey", PUBLISHED_KEY[:-1], note)
    assert (result.exit_code, "--vkey" in result.output) == (2, True)
    note.write_bytes(PUBLISHED_NOTE.replace(b"This", b"That"))
    with pytest.raises(RefusedError, match="not over this text"):
        run("note-verify", "--vkey", PUBLISHED_KEY, note)
    note.write_bytes(PUBLISHED_NOTE + b"\n")
    with pytest.raises(InputError, match="a signed note"):
        run("note-verify", "--vkey", PUBLISHED_KEY, note)


def test_a_checkpoint_is_shown_only_when_it_is_one(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    stated = checkpoint(7)
    file.write_bytes(signed(stated, LOG, WITNESS).content)
    assert run("checkpoint-parse", file).output == (
        f"origin {ORIGIN}\nsize 7\nroot {stated.root.hex()}\n"
        f"signature {ORIGIN} {LOG.verifier.key_id.hex()}\n"
        f"signature {WITNESS.name} {WITNESS.verifier.key_id.hex()}\n"
    )
    good = file.read_bytes()
    for wrong in (
        good.replace(b"\n7\n", b"\n07\n"),
        good.replace(b"\n7\n", b"\n0\n"),
        good + b"x",
        stated.text.encode(),
        b"",
    ):
        file.write_bytes(wrong)
        with pytest.raises(InputError, match="a checkpoint"):
            run("checkpoint-parse", file)


def test_tile_paths_are_printed() -> None:
    assert run("tile-path", "1234067").output == "x001/x234/067\n"
    assert run("tile-path", "0").output == "000\n"
    assert run("tile-path", "273", "--level", "0", "--width", "112").output == (
        "tile/0/273.p/112\n"
    )
    assert run("tile-path", "5", "--level", "64").exit_code == 2
    assert run("tile-path", "--", "-1").exit_code == 2
    assert run("tile-path", "one").exit_code == 2


@pytest.fixture
def books(fresh_database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    monkeypatch.setenv("LMB_HOME", str(tmp_path / "home"))
    opened = open_books()
    hold_and_capture(opened)
    return opened


def test_a_receipt_is_written_with_a_checkpoint_where_none_covers_it(books: Books) -> None:
    transfer = posted_after(books.cell, 1, 1)[0].movement.transfer
    result = run("receipt", str(transfer))
    kept = parse_receipt(result.stdout_bytes)
    leaf = parse_opened_leaf(kept.extra or b"")
    assert leaf.movement.transfer == transfer
    assert "log labor-market-bonds.example/books/" in result.stderr
    assert "4 leaves, cosigned by 0 witnesses" in result.stderr
    # Covered now: the same receipt comes without another checkpoint.
    again = run("receipt", str(transfer))
    assert (again.stdout_bytes, again.stderr) == (result.stdout_bytes, "")


def test_a_cosigned_checkpoint_and_receipt_come_from_the_commands_alone(
    books: Books, tmp_path: Path
) -> None:
    told = run("checkpoint").stderr.splitlines()
    log_lines = [line for line in told if line.startswith("log ")]
    (key_file,) = (tmp_path / "home" / "proofs").iterdir()
    assert key_file.stat().st_mode & 0o777 == 0o600
    log_key = log_lines[0].split()[1]
    with process(tmp_path / "witness", log=log_key) as (_, port, keys):
        policy = tmp_path / "policy"
        lines = [f"witness {at} {key.text} http://127.0.0.1:{port}" for at, key in enumerate(keys)]
        policy.write_text("\n".join([*lines, "quorum none"]))
        pay(books, "more")
        note = parse_note(run("checkpoint", "--policy", policy).stdout_bytes)
    assert [signature.name for signature in note.verified(keys)] == [NAME, NAME]
    output = tmp_path / "paid.tlog-proof"
    transfer = posted_after(books.cell, 0, 1)[0].movement.transfer
    run("receipt", str(transfer), "--output", output)
    kept = parse_receipt(output.read_bytes())
    logs = [parse_verifier_key(line.split()[1]) for line in log_lines]
    leaf = parse_opened_leaf(kept.extra or b"").leaf.content
    assert verify_receipt(kept, leaf, logs, keys, 1)


def test_what_is_not_there_is_named(books: Books, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no transfer 00000000"):
        run("receipt", "00000000-0000-0000-0000-000000000000")
    with pytest.raises(NotFoundError, match="no books named 'Iowa'; there are: Ohio"):
        run("checkpoint", "--books", "Iowa")
    with pytest.raises(RefusedError, match="no checkpoint yet"):
        run("export", tmp_path / "audit")
    open_books("Iowa")
    with pytest.raises(NotFoundError, match="choose one with --books: Iowa, Ohio"):
        run("checkpoint")
    policy = tmp_path / "policy"
    policy.write_text("quorum nobody")
    with pytest.raises(InputError, match="a trust policy"):
        run("checkpoint", "--books", "Ohio", "--policy", policy)


def test_whom_the_books_trust_is_shown_and_put_in_force(books: Books, tmp_path: Path) -> None:
    shown = run("trust")
    assert shown.exit_code == 0
    assert shown.output == f"books Ohio: {NO_WITNESS}\npayouts go on\n"
    assert witness_note(books.cell) == NO_WITNESS
    log = run("checkpoint").stderr.splitlines()[0]
    policy = tmp_path / "policy"
    policy.write_text(f"{log}\nwitness one {WITNESS.verifier.text}\nquorum one\n")
    assert run("trust", policy).exit_code == 2
    assert run("trust", "--payouts-wait", "1h").exit_code == 2
    assert run("trust", policy, "--payouts-wait", "soon").exit_code == 2
    never = run("trust", policy, "--payouts-wait", "never").output
    assert NOT_HELD_BACK in never
    assert witness_note(books.cell) == NOT_HELD_BACK
    put = run("trust", policy, "--payouts-wait", "2h")
    assert put.exit_code == 0
    for said in (
        "books Ohio: policy 2, in force since ",
        "witness witness.example/w1: has never answered",
        "fewer than two witnesses",
        "payouts wait when that is 2 h ago",
        "no checkpoint has been cosigned",
    ):
        assert said in put.output
    assert run("trust").exit_code == 1
    assert witness_note(books.cell) is None
    policy.write_text("quorum none")
    with pytest.raises(RefusedError, match="names no key that signed this log"):
        run("trust", policy, "--payouts-wait", "2h")
    assert run("trust").output == put.output


def test_a_log_is_exported_up_to_its_checkpoint(books: Books, tmp_path: Path) -> None:
    run("checkpoint", "--books", "Ohio")
    assert run("export", tmp_path / "public").stderr == (
        f"wrote a log of 4 leaves to {tmp_path / 'public'}\n"
    )
    assert not (tmp_path / "public" / "openings.jsonl").exists()
    run("export", tmp_path / "audit", "--openings")
    assert len((tmp_path / "audit" / "openings.jsonl").read_text().splitlines()) == 4


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "leaves.hex"
    file.write_bytes(b"00\xff")
    with pytest.raises(InputError, match="UTF-8 text"):
        run("root", "--leaves", file)


def test_the_extension_lines_of_a_checkpoint_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    file.write_bytes(signed(replace(checkpoint(7), extensions=("opaque",))).content)
    assert "\nextension opaque\n" in run("checkpoint-parse", file).output
