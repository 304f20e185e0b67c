"""Bringing a log up to date: leaves, a checkpoint, the witnesses' cosignatures.

No transaction is open while a witness is asked, so a slow witness never holds up the books.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lmb.proofs import queries
from lmb.proofs.keys import SigningKey
from lmb.proofs.policy import Policy
from lmb.proofs.queries import CheckpointOnFile
from lmb.proofs.service import integrate, issue_checkpoint, record_cosignatures
from lmb.proofs.submission import Post, WitnessAddress, ask_witness, post_over_http
from lmb.values.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published, and which witnesses did not cosign it and why."""

    on_file: CheckpointOnFile
    refusals: tuple[str, ...]


def witness_addresses(policy: Policy) -> list[WitnessAddress]:
    """The witnesses of a policy that have an address; lines with one address are one witness."""
    by_url: dict[str, WitnessAddress] = {}
    for witness in policy.witnesses.values():
        if witness.url is not None:
            keys = by_url[witness.url].keys if witness.url in by_url else ()
            by_url[witness.url] = WitnessAddress(witness.url, (*keys, witness.key))
    return list(by_url.values())


def publish(
    cell: int,
    keys: Sequence[SigningKey],
    witnesses: Sequence[WitnessAddress],
    now: Callable[[], datetime],
    post: Post = post_over_http,
) -> Publication:
    """Log every transfer, sign the log and let each witness cosign it.

    A witness that refuses or does not answer is told of in the result; the checkpoint stands.
    """
    on_file = issue(cell, keys, now())
    refusals = []
    for witness in witnesses:
        try:
            ask(cell, on_file, witness, now, post)
        except RefusedError as refusal:
            refusals.append(str(refusal))
    published = queries.newest_checkpoint(cell)
    assert published is not None
    return Publication(published, tuple(refusals))


def issue(cell: int, keys: Sequence[SigningKey], at: datetime) -> CheckpointOnFile:
    """Log every transfer and sign the log."""
    integrate(cell)
    issue_checkpoint(cell, keys, at)
    on_file = queries.newest_checkpoint(cell)
    assert on_file is not None
    return on_file


def ask(
    cell: int,
    on_file: CheckpointOnFile,
    witness: WitnessAddress,
    now: Callable[[], datetime],
    post: Post,
) -> None:
    """Let one witness cosign a checkpoint. Raises RefusedError when it does not."""
    size = on_file.checkpoint.size
    known_size = queries.witnessed_size(cell, witness.keys[0].name)
    tree = queries.tree(cell, size)
    given = ask_witness(witness, on_file.note, tree, known_size, post)
    record_cosignatures(cell, size, given, witness.keys, now())
