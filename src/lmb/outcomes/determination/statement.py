"""The statement: what was counted, what follows from it, and what it replaces.

    no statement before            determination: all of the money is due
    one before, not yet final      correction: supersedes it, due as if it had never been
    one before, final              true-up: what was settled stays; the difference is due, where
                                   it is material and the longstop has not passed

A statement is canonical JSON; nothing in it depends on anything but terms, records, the code, the
day it is published and the statement before.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

from lmb.outcomes.determination import sql_engine
from lmb.outcomes.determination.measures import decided, measured
from lmb.outcomes.determination.records import Frozen, changed_people
from lmb.outcomes.determination.tally import Tallies, Tally, tallies_sha256, tally
from lmb.outcomes.determination.terms import Terms, Tranche
from lmb.values.canonical import Document, canonical_bytes, fingerprint, sha256_hex
from lmb.values.errors import RefusedError

FORMAT = "lmb-outcome-statement/1"
ENGINES = ("python", "sql")
DETERMINATION, CORRECTION, TRUE_UP = "determination", "correction", "true-up"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with what it was made from. `document` is the whole of it; `counted` has the
    hash of what each engine counted."""

    terms: Terms
    frozen: Frozen
    document: Mapping[str, Any]
    counted: Mapping[str, str]

    @property
    def content(self) -> bytes:
        return canonical_bytes(self.document) + b"\n"

    @property
    def sha256(self) -> str:
        return sha256_hex(self.content)

    @property
    def published_on(self) -> date:
        return date.fromisoformat(self.document["published_on"])

    @property
    def challenge_until(self) -> date:
        return date.fromisoformat(self.document["challenge_until"])

    @property
    def longstop_on(self) -> date:
        return self.terms.longstop_on

    @property
    def people(self) -> frozenset[str]:
        """The keys of all who have a record here."""
        return frozenset(record.person for record in self.frozen.records)

    @property
    def supersedes(self) -> str | None:
        before: str | None = self.document["supersedes"]
        return before

    @property
    def answers(self) -> Sequence[str]:
        numbers: Sequence[str] = self.document["answers"]
        return numbers

    def tranche(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = next(t for t in self.document["tranches"] if t["id"] == name)
        return found


def determine(
    terms: Terms,
    frozen: Frozen,
    published_on: date,
    before: Statement | None = None,
    answers: Sequence[str] = (),
) -> Statement:
    """Make a statement. `answers` are the numbers of challenges to the one before, filed in time,
    that this one answers: while they were open it was not final.

    Raises RefusedError where the engines disagree, the terms changed, or a correction comes too
    early or too late.
    """
    is_final = before is not None and published_on > before.challenge_until and not answers
    kind = _kind(terms, published_on, before, is_final=is_final)
    by_engine = counted(terms, frozen)
    tallies = by_engine["python"]
    code = {"sha256": code_sha256(), "duckdb": importlib.metadata.version("duckdb")}
    records: dict[str, Document] = {
        "rows": len(frozen.records),
        "sha256": frozen.sha256,
        "merkle_root": frozen.root,
    }
    cause: dict[str, Document] = {
        "terms_sha256": terms.sha256,
        "records": records,
        "code": code,
        "published_on": published_on.isoformat(),
        "supersedes": None if before is None else before.sha256,
        "answers": sorted(answers),
        "seed": None,
    }
    document: dict[str, Document] = {
        "format": FORMAT,
        "title": terms.title,
        **cause,
        "run_id": fingerprint(cause),
        "engines": list(ENGINES),
        "kind": kind,
        "freeze_on": terms.freeze_on.isoformat(),
        "challenge_until": (published_on + timedelta(terms.challenge_days)).isoformat(),
        "longstop_on": terms.longstop_on.isoformat(),
        "people_with_changed_records": (
            None if before is None else len(changed_people(before.frozen.records, frozen.records))
        ),
        "tranches": [
            _tranche(terms, tranche, tallies[tranche.id], before, kind, is_final=is_final)
            for tranche in terms.tranches
        ],
    }
    hashes = {engine: tallies_sha256(found) for engine, found in by_engine.items()}
    return Statement(terms, frozen, document, hashes)


def counted(terms: Terms, frozen: Frozen) -> dict[str, Tallies]:
    """The tallies of each engine, equal. Raises RefusedError, naming what differs."""
    ours = tally(terms, frozen.records)
    theirs = sql_engine.tally(terms, frozen.content)
    for name, found in ours.items():
        if theirs[name] != found:
            raise RefusedError(
                f"the engines differ on tranche {name}: Python {found}, SQL {theirs[name]}. "
                "Nothing is stated; report this with the frozen table"
            )
    return dict(zip(ENGINES, (ours, theirs), strict=True))


def code_sha256() -> str:
    """One hash over the source of everything a statement is computed by."""
    digest = hashlib.sha256()
    for package in ("lmb.outcomes.determination", "lmb.outcomes.estimators"):
        for file in sorted(resources.files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(f"{package}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _kind(terms: Terms, published_on: date, before: Statement | None, *, is_final: bool) -> str:
    if published_on < terms.freeze_on:
        raise RefusedError(
            f"a statement of {published_on} would come before its data are frozen on "
            f"{terms.freeze_on}: publish on that day or later"
        )
    if before is None:
        return DETERMINATION
    stated = before.published_on
    if before.terms.title != terms.title or not _same_but_freeze(before.terms, terms):
        raise RefusedError(
            "terms are fixed at issue: a correction may move freeze_on and nothing else"
        )
    if published_on < stated or published_on > terms.longstop_on:
        raise RefusedError(
            f"a correction lies between {stated}, when the statement before it was published, and "
            f"the longstop on {terms.longstop_on}; after that the last statement stands"
        )
    if is_final or before.document["kind"] == TRUE_UP:
        return TRUE_UP
    return CORRECTION


def _same_but_freeze(before: Terms, after: Terms) -> bool:
    return {**before.document, "freeze_on": ""} == {**after.document, "freeze_on": ""}


def _tranche(
    terms: Terms,
    tranche: Tranche,
    tally: Tally,
    before: Statement | None,
    kind: str,
    *,
    is_final: bool,
) -> dict[str, Document]:
    prior = None if before is None else before.tranche(tranche.id)
    found = measured(terms, tally)
    outcome = decided(terms, tranche, found, prior)
    settled = 0
    if prior is not None:
        # A statement superseded before it was final has settled nothing of its own.
        settled = prior["settled_cents" if is_final else "settled_before_cents"]
    return {
        "id": tranche.id,
        "arms": [
            # Sums of squares outgrow what every JSON reader keeps exact.
            {
                "block": block,
                "arm": arm,
                "people": sums.people,
                "total": str(sums.total),
                "squares": str(sums.squares),
            }
            for (block, arm), sums in tally.arms
        ],
        "excluded": dict(tally.excluded),
        "not_yet": tally.not_yet,
        "thin": found.thin,
        "figures": found.figures,
        **outcome,
        **_due(outcome["cents"], settled, terms.materiality_cents if kind == TRUE_UP else 0),
    }


def _due(cents: Document, settled: int, material_cents: int) -> dict[str, Document]:
    """What is due beside what is settled for good, where the difference is material."""
    due = cents - settled if isinstance(cents, int) else 0
    if abs(due) < material_cents:
        due = 0
    return {"settled_before_cents": settled, "due_cents": due, "settled_cents": settled + due}
