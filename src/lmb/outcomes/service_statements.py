"""The only functions that put determinations on file, have them signed, challenged and answered.

    file ─▶ propose ─▶ two persons sign by passkey ─▶ sign ─▶ challenge ─▶ uphold, or a correction

Filing counts with both engines. Signing posts one unit in the books, whose cause names the
statement: so a statement is a leaf of the proof log as every movement is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from lmb.ledger.entries import NOT_OVERDRAWN, Cause, Journal, NewAccount, Post
from lmb.ledger.service import Books, define_unit, instruct, open_accounts, post_or_refuse
from lmb.outcomes import models, queries
from lmb.outcomes.determination.dispute import Challenge, Standing, file
from lmb.outcomes.determination.records import Frozen
from lmb.outcomes.determination.statement import Statement, determine
from lmb.outcomes.determination.terms import Terms
from lmb.people.acting import Acting
from lmb.people.approvals import Proposed, propose, spend
from lmb.people.assurance import Action
from lmb.people.queries import persons_known_as
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.proofs.tiles import TILE_HEIGHT, TILE_WIDTH, tiles_of
from lmb.values.canonical import Document, canonical_bytes, fingerprint
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

UNIT = "outcome-statement"
ONE_CENTS = 100
"""One statement, in the smallest part of its unit."""

REGISTER, SIGNED = "outcomes/register", "outcomes/signed"
ENTRY = "lmb-statement-entry/1"
ANSWERERS = frozenset({Role.AGENCY, Role.TREASURY})
ROWS_AT_ONCE = 10_000


@house()
def file_statement(
    books: Books,
    terms: Terms,
    frozen: Frozen,
    *,
    actor: str,
    because: str,
    published_on: date,
    supersedes: str | None = None,
    answers: Sequence[UUID] = (),
) -> Statement:
    """Count frozen records with both engines and put the statement on file, to be signed; the same
    again changes nothing.

    Raises RefusedError where the engines differ, it could not be published on its day any more, or
    the statement before it does not allow a correction.
    """
    now = books.now()
    if published_on < fiscal_date(now):
        raise RefusedError(
            f"a statement cannot be published on {published_on}, which is over: whoever may "
            "challenge it would have less time. Choose today or a later day"
        )
    before = None
    if supersedes is not None:
        _check_correction(books.cell, supersedes, answers, published_on)
        before = queries.statement(books.cell, supersedes)
    statement = determine(terms, frozen, published_on, before, [str(each) for each in answers])
    if not models.Statement.objects.filter(cell=books.cell, sha256=statement.sha256).exists():
        _store_terms(books.cell, terms, actor, now)
        _store_frozen(books.cell, frozen, actor, now)
        _store_statement(books.cell, statement, actor, because, now)
    return statement


def signing(statement: queries.StatementOnFile) -> dict[str, Document]:
    """What two persons approve, and sign with their passkeys, to make a statement count."""
    return {
        "statement_sha256": statement.sha256,
        "run_id": statement.run_id,
        "kind": statement.kind,
        "published_on": statement.published_on.isoformat(),
        "due_cents": statement.due_cents,
    }


@house()
def propose_signing(randomness: Randomness, by: Acting, statement: str, at: datetime) -> Proposed:
    """Ask for two signatures on a statement (`lmb.people.approvals.sign` gives each).

    Raises RefusedError for a role that may not sign and for a statement signed before or too late.
    """
    on_file = queries.statement_on_file(by.cell, statement)
    _refuse_late(on_file, at)
    return propose(randomness, by, Action.SIGN_DETERMINATION, signing(on_file), at)


@house()
def sign_statement(books: Books, by: Acting, proposal: UUID, statement: str) -> UUID:
    """Carry out what two persons signed (`signing`); return the transfer that stands for the
    statement in the proof log. Challenges that it names are answered by it.

    Raises RefusedError without both signatures or after the day of publication, and ConflictError
    for one signed before.
    """
    at = books.now()
    on_file = queries.statement_on_file(books.cell, statement)
    _refuse_late(on_file, at)
    if on_file.signed is not None:
        raise ConflictError(f"statement {statement} was signed before")
    second = spend(
        by, proposal, Action.SIGN_DETERMINATION, signing(on_file), at, on=f"statement {statement}"
    )
    instruction, transfer = _enter(books, on_file, proposal, by.person, second)
    models.Signature.objects.create(
        cell=books.cell,
        statement=statement,
        issue=on_file.issue,
        supersedes=on_file.supersedes,
        proposal=proposal,
        signed_by=by.person,
        approved_by=second,
        instruction=instruction,
        transfer=transfer,
        recorded_at=at,
    )
    models.Answer.objects.bulk_create(
        models.Answer(
            cell=books.cell,
            challenge=UUID(number),
            correction=statement,
            answered_by=by.person,
            recorded_at=at,
        )
        for number in on_file.answers
    )
    return transfer


@house()
def challenge(
    randomness: Randomness,
    by: Acting,
    statement: str,
    keys: Sequence[str],
    *,
    reason: str,
    evidence_sha256: str,
    at: datetime,
) -> UUID:
    """File a challenge: whose records of a statement are wrong (their keys), why, and the SHA-256
    of the evidence. Whoever acts as themselves may challenge their own record alone.

    Raises RefusedError for a statement not open to it, and for people without a record.
    """
    on_file = queries.statement_on_file(by.cell, statement)
    if on_file.signed is None:
        raise RefusedError("this statement is not signed; there is nothing to challenge yet")
    if queries.standing(by.cell, statement, fiscal_date(at)) is Standing.SUPERSEDED:
        raise RefusedError("another statement has taken its place; challenge that one")
    if by.role is Role.REPRESENTATIVE:
        raise RefusedError("a challenge is filed by the person, or by an organisation it concerns")
    if by.role is Role.CITIZEN:
        own = set(queries.keys_of(by.cell, on_file.root, by.person))
        if not own.issuperset(keys):
            raise RefusedError("one challenges one's own record; these are of somebody else")
    identifier = drawn_uuid7(at, randomness)
    known = queries.known_keys(by.cell, on_file.root, keys)
    filed = Challenge(
        str(identifier), statement, str(by.person), tuple(keys), reason, fiscal_date(at)
    )
    file(on_file, known, filed)
    models.Challenge.objects.create(
        cell=by.cell,
        id=identifier,
        statement=statement,
        claimant=by.person,
        organisation=by.organisation,
        keys=list(keys),
        reason=reason,
        evidence_sha256=evidence_sha256,
        filed_on=filed.filed_on,
        recorded_at=at,
    )
    return identifier


@house()
def uphold(by: Acting, identifier: UUID, because: str, at: datetime) -> None:
    """Answer a challenge: the statement stays, for a reason its claimant reads.

    Raises RefusedError for a role that may not, for one's own challenge, and ConflictError for one
    answered before.
    """
    row = models.Challenge.objects.filter(cell=by.cell, id=identifier).first()
    if row is None:
        raise NotFoundError(f"there is no challenge {identifier} in cell {by.cell}")
    if by.role not in ANSWERERS or by.person == row.claimant:
        raise RefusedError("the administrator answers a challenge, and never their own")
    if not because.strip():
        raise RefusedError("say why the statement stays as it is; the claimant will read it")
    if models.Answer.objects.filter(cell=by.cell, challenge=identifier).exists():
        raise ConflictError(f"challenge {identifier} was answered before")
    models.Answer.objects.create(
        cell=by.cell,
        challenge=identifier,
        upheld_because=because,
        answered_by=by.person,
        recorded_at=at,
    )


def _check_correction(
    cell: int, supersedes: str, answers: Sequence[UUID], published_on: date
) -> None:
    """A correction follows a signed statement that nothing else has followed, and answers every
    challenge that is open; else it would take an open question for a settled one."""
    before = queries.statement_on_file(cell, supersedes)
    if before.signed is None:
        raise RefusedError("the statement before is not signed; file another in its place")
    if before.superseded_by is not None:
        raise RefusedError(f"{before.superseded_by} already follows it; correct that one")
    open_ones = {each.id for each in queries.challenges(cell, supersedes) if each.answer is None}
    if open_ones != set(answers):
        named = ", ".join(map(str, sorted(open_ones))) or "none"
        raise RefusedError(
            f"a correction answers the challenges that are open, which are: {named}. Name them, or "
            "uphold the statement against them first"
        )


def _refuse_late(on_file: queries.StatementOnFile, at: datetime) -> None:
    if fiscal_date(at) > on_file.published_on:
        raise RefusedError(
            f"this statement was to be published on {on_file.published_on} and its window would be "
            "cut short; file it again for a day to come"
        )


def _enter(
    books: Books, on_file: queries.StatementOnFile, proposal: UUID, first: UUID, second: UUID
) -> tuple[UUID, UUID]:
    """Enter a statement in the books; its instruction and the transfer that follows from it."""
    define_unit(UNIT, "statements of outcomes, each signed by two persons")
    open_accounts(
        books,
        [
            NewAccount(REGISTER, "register", "statements", unit=UNIT),
            NewAccount(SIGNED, "signed", "statements", unit=UNIT, limit_side=NOT_OVERDRAWN),
        ],
    )
    document: dict[str, Document] = {
        "format": ENTRY,
        "statement_sha256": on_file.sha256,
        "run_id": on_file.run_id,
        "terms_sha256": on_file.terms,
        "merkle_root": on_file.root,
        "supersedes": on_file.supersedes,
        "proposal": str(proposal),
        "signed_by": sorted(map(str, (first, second))),
    }
    actor = str(first)
    order = instruct(books, kind=UNIT, subject=on_file.sha256, document=document, actor=actor)
    post = Post(f"{UNIT}/{on_file.sha256}", REGISTER, SIGNED, ONE_CENTS, on_file.kind)
    journal = Journal(post.key, UNIT, actor, Cause.instruction(order), [post])
    ((answer,),) = post_or_refuse(books, [journal])
    assert answer.transfer is not None
    return order, answer.transfer


def _store_terms(cell: int, terms: Terms, actor: str, at: datetime) -> None:
    models.Terms.objects.bulk_create(
        [
            models.Terms(
                cell=cell,
                sha256=terms.sha256,
                issue=fingerprint({**terms.document, "freeze_on": ""}),
                content=canonical_bytes(terms.document).decode(),
                actor=actor,
                recorded_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def _store_frozen(cell: int, frozen: Frozen, actor: str, at: datetime) -> None:
    """Rows, secret and tree; the same table under the same secret is on file once."""
    tree, root = frozen.tree(), frozen.root
    if models.Frozen.objects.filter(cell=cell, root=root).exists():
        return
    models.Frozen.objects.create(
        cell=cell,
        root=root,
        sha256=frozen.sha256,
        records=len(frozen.records),
        actor=actor,
        recorded_at=at,
    )
    models.FrozenSecret.objects.create(cell=cell, root=root, secret=frozen.secret)
    person_of = persons_known_as(cell, {record.person for record in frozen.records})
    # COPY is not for tables under row-level security.
    for start in range(0, len(frozen.records), ROWS_AT_ONCE):
        chunk = frozen.records[start : start + ROWS_AT_ONCE]
        keys = [one.person for one in chunk]
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO outcomes_frozen_row (cell, root, index, key, person, row)
                   SELECT %s, %s, %s + r.place - 1, r.key, r.person, r.row
                   FROM unnest(%s::text[], %s::uuid[], %s::text[]) WITH ORDINALITY
                       AS r(key, person, row, place)""",
                [
                    *(cell, root, start, keys),
                    [person_of.get(key) for key in keys],
                    [one.line for one in chunk],
                ],
            )
    models.FrozenTile.objects.bulk_create(
        (
            models.FrozenTile(
                cell=cell,
                root=root,
                level=name.level,
                index=name.index,
                hashes=b"".join(
                    tree.node(TILE_HEIGHT * name.level, TILE_WIDTH * name.index + at)
                    for at in range(name.width)
                ),
            )
            for name in tiles_of(tree.size)
        ),
        batch_size=ROWS_AT_ONCE,
    )


def _store_statement(
    cell: int, statement: Statement, actor: str, because: str, at: datetime
) -> None:
    document = statement.document
    models.Statement.objects.create(
        cell=cell,
        sha256=statement.sha256,
        content=statement.content.decode(),
        terms=statement.terms.sha256,
        root=statement.frozen.root,
        run_id=document["run_id"],
        kind=document["kind"],
        published_on=statement.published_on,
        challenge_until=statement.challenge_until,
        supersedes=statement.supersedes,
        actor=actor,
        because=because,
        recorded_at=at,
    )
    models.EngineRun.objects.bulk_create(
        models.EngineRun(
            cell=cell, statement=statement.sha256, engine=engine, tallies_sha256=counted
        )
        for engine, counted in statement.counted.items()
    )
