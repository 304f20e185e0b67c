"""A determination as a folder that anyone can check: terms, records, the salts' secret, statement.

terms.json       canonical JSON of the terms
records.csv      the frozen table
secret.txt       from which the salts of the rows follow; whoever publishes the statement alone
                 keeps this and the records back
statement.json   canonical JSON and a newline
superseded/      the determination before, whole, where there is one
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from lmb.outcomes.determination.records import Frozen, read_records, read_secret
from lmb.outcomes.determination.statement import Statement, determine
from lmb.outcomes.determination.terms import read_terms
from lmb.values.canonical import canonical_bytes
from lmb.values.errors import ConflictError, InputError, Problem

TERMS, RECORDS, SECRET, STATEMENT = "terms.json", "records.csv", "secret.txt", "statement.json"
SUPERSEDED = "superseded"
CHAIN_MAX = 100


def read_inputs(folder: Path) -> Frozen:
    """Records and secret of a folder, frozen. Raises InputError for what is missing or wrong."""
    return Frozen(
        read_records(RECORDS, _read(folder, RECORDS)), read_secret(SECRET, _read(folder, SECRET))
    )


def write(statement: Statement, before: Path | None, folder: Path) -> None:
    """Write a determination. Raises ConflictError where another stands already: a statement is
    superseded, never overwritten."""
    content = {
        TERMS: canonical_bytes(statement.terms.document),
        RECORDS: statement.frozen.content,
        SECRET: statement.frozen.secret.encode() + b"\n",
        STATEMENT: statement.content,
    }
    existing = folder / STATEMENT
    if existing.exists():
        if existing.read_bytes() == statement.content:
            return
        raise ConflictError(
            f"{existing} holds another statement: write a correction to a new folder with --out "
            "and name this one with --corrects"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if before is not None:
        _copy(before, folder / SUPERSEDED)
    for name, body in content.items():
        (folder / name).write_bytes(body)


def read(folder: Path, depth: int = 0) -> Statement:
    """A determination as it was written, made again from its parts. Raises InputError where the
    statement is not the one its parts lead to."""
    if depth > CHAIN_MAX:
        raise InputError([Problem(str(folder), None, None, "a longer chain", "100 corrections")])
    terms = read_terms(TERMS, _read(folder, TERMS))
    written = _read(folder, STATEMENT)
    older = folder / SUPERSEDED
    before = read(older, depth + 1) if older.is_dir() else None
    try:
        stated = json.loads(written)
        published_on, answers = date.fromisoformat(stated["published_on"]), list(stated["answers"])
    except (ValueError, KeyError, TypeError) as error:
        expected = "a statement as lmb outcomes determine writes it"
        raise InputError([Problem(STATEMENT, None, None, "other text", expected)]) from error
    statement = determine(terms, read_inputs(folder), published_on, before, answers)
    if {**stated, **_code_of(statement)} != statement.document:
        expected = "the statement that terms and records lead to"
        raise InputError([Problem(STATEMENT, None, None, "another statement", expected)])
    return Statement(terms, statement.frozen, stated, statement.counted)


def _code_of(statement: Statement) -> dict[str, object]:
    """What may differ when another version of the code computes the same statement."""
    return {name: statement.document[name] for name in ("code", "run_id")}


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    for name in (TERMS, RECORDS, SECRET, STATEMENT):
        (target / name).write_bytes(_read(source, name))
    if (source / SUPERSEDED).is_dir():
        _copy(source / SUPERSEDED, target / SUPERSEDED)


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        expected = {
            SECRET: "64 hexadecimal digits: openssl rand -hex 32 > secret.txt",
            RECORDS: "the records of all participants",
        }.get(name, "a file of a determination")
        raise InputError([Problem(str(folder / name), None, None, "no file", expected)]) from error
