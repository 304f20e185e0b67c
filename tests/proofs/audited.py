"""Books that are logged, signed and cosigned, and someone who may do everything to them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import psycopg

from lmb.ledger.entries import Cause, Journal, Post
from lmb.ledger.models import Hold, Instruction, Transfer
from lmb.ledger.service import Books, post
from lmb.proofs import queries
from lmb.proofs.audit import Audit, audit
from lmb.proofs.audit_checkpoints import Stated, kept_checkpoint
from lmb.proofs.audit_findings import Kind
from lmb.proofs.models import Checkpoint
from lmb.proofs.policy import Policy, parse_policy
from lmb.proofs.service import integrate, issue_checkpoint, record_cosignatures
from lmb.rules.models import Determination
from lmb.values.identifiers import derived_uuid7
from tests.proofs.posting import START, hold_and_capture, open_books, pay, pay_many
from tests.proofs.support import LOG, NOON, SECOND, WITNESS

EARLIER, SIZE = 264, 301
WHY = '{"rule":"rule","rule_version":"1","subject":"why"}'
POLICY = f"""log {LOG.verifier.text}
witness one {WITNESS.verifier.text}
witness two {SECOND.verifier.text}
group both all one two
quorum both
"""
TABLES = "^(ledger_|proofs_|rules_determination)"


def audited_books() -> Books:
    """Books of 301 transfers with two cosigned checkpoints: a full tile, and leaves after it."""
    books = open_books()
    hold_and_capture(books)
    pay_many(books, "many", 260)
    sign(books)
    why = Cause.determination(determined(books.cell))
    items = [Post("because", "world", "wallet", 300, "grant")]
    post(books, [Journal("because", "order", "desk", why, items)])
    pay(books, "lunch", 1200)
    pay_many(books, "more", 35)
    sign(books)
    return books


def determined(cell: int) -> UUID:
    """A determination on file."""
    identifier = derived_uuid7(START, str(cell), "determination", "why")
    Determination.objects.create(
        cell=cell,
        id=identifier,
        rule="rule",
        rule_version="1",
        subject="why",
        content=WHY,
        sha256=sha256(WHY.encode()).hexdigest(),
        actor="desk",
        recorded_at=START,
    )
    return identifier


def sign(books: Books) -> bytes:
    """Log what was posted, sign and let two witnesses cosign; return the checkpoint to keep."""
    integrate(books.cell)
    size = queries.log_size(books.cell)
    text = issue_checkpoint(books.cell, [LOG], START).text
    given = [key.sign(text, NOON) for key in (WITNESS, SECOND)]
    keys = [key.verifier for key in (WITNESS, SECOND)]
    record_cosignatures(books.cell, size, given, keys, START)
    return newest(books)


def stored_note(books: Books, size: int) -> bytes:
    """A checkpoint as the log signed it, without cosignatures."""
    return Checkpoint.objects.get(cell=books.cell, size=size).note.encode()


def newest(books: Books) -> bytes:
    """The newest checkpoint as a file."""
    found = queries.newest_checkpoint(books.cell)
    assert found is not None
    return found.note.content


def trusted() -> Policy:
    return parse_policy(POLICY.encode())


def kept(*contents: bytes) -> list[Stated]:
    """Checkpoints that somebody kept in files."""
    return [
        kept_checkpoint(f"kept-{number}", content, trusted())
        for number, content in enumerate(contents, 1)
    ]


def audited(books: Books, *contents: bytes, policy: Policy | None = None) -> Audit:
    return audit(books.cell, policy or trusted(), kept(*contents))


def named(found: Audit) -> set[tuple[str, str]]:
    """Kinds and rows of what was found, but for what follows from something else."""
    return {
        (finding.kind.value, finding.row)
        for finding in found.findings
        if finding.kind is not Kind.CONSEQUENCE
    }


def disarm(owner: psycopg.Connection) -> None:
    """Take every trigger, check and foreign key out of the owner's way."""
    statements = owner.execute(
        """SELECT format('ALTER TABLE %%I DISABLE TRIGGER USER', tablename)
           FROM pg_tables WHERE schemaname = 'public' AND tablename ~ %(tables)s
           UNION ALL
           SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', conrelid::regclass, conname)
           FROM pg_constraint WHERE contype IN ('c', 'f') AND conrelid::regclass::text ~ %(tables)s
        """,
        {"tables": TABLES},
    ).fetchall()
    owner.execute("; ".join(statement for (statement,) in statements).encode())


def tamper(owner: psycopg.Connection, statements: Sequence[str]) -> None:
    disarm(owner)
    for statement in statements:
        owner.execute(statement.encode())


class Rows:
    """Names of rows as an audit tells them, taken before they are changed."""

    def __init__(self) -> None:
        found = Transfer.objects.values_list("seq", "id", "journal")
        self._transfers = {seq: transfer for seq, transfer, _ in found}
        self._journals = {seq: journal for seq, _, journal in found}
        self._instructions = dict(Instruction.objects.values_list("subject", "id"))
        self._hold = Hold.objects.get().id
        self._determination = Determination.objects.get().id

    def named(self, short: str) -> str:
        """`transfer 7` with its identifier, `journal 7` that of transfer 7, and so on."""
        noun, _, rest = short.partition(" ")
        if noun == "transfer":
            return f"{short} ({self._transfers[int(rest)]})"
        if noun == "journal":
            return f"journal {self._journals[int(rest)]}"
        if noun == "instruction":
            return f"instruction {self._instructions[rest]}"
        if noun == "hold":
            return f"hold {self._hold}"
        if noun == "determination":
            return f"determination {self._determination}"
        return short
