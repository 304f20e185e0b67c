"""`lmb audit`: are the books what was logged, and the log what was signed?"""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from lmb.cli.log_keys import log_key_file
from lmb.cli.progress import say
from lmb.cli.proof_log import BOOKS_HELP, POLICY_FILE, read_policy
from lmb.config.runtime import database, migrate
from lmb.ledger.statements import cell_of_books
from lmb.proofs import queries
from lmb.proofs.audit import Audit
from lmb.proofs.audit import audit as audit_books
from lmb.proofs.audit_checkpoints import Stated, kept_checkpoint
from lmb.proofs.audit_runs import keep_audit
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.key_files import read_signing_keys
from lmb.proofs.keys import VerifierKey, parse_verifier_key
from lmb.proofs.notes import NOTE_BYTES_MAX
from lmb.proofs.policy import Group, Policy, PolicyWitness
from lmb.proofs.trust import policy_in_force
from lmb.values.errors import InputError, Problem

KEPT_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class _Key(click.ParamType[VerifierKey]):
    """A verifier key on the command line."""

    name = "vkey"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> VerifierKey:
        try:
            return parse_verifier_key(value)
        except MalformedError as error:
            self.fail(str(error), param, ctx)


@click.command(epilog="Example: lmb audit --policy trusted.policy --checkpoint kept-in-march.txt")
@click.option("--books", help=BOOKS_HELP)
@click.option("--policy", type=POLICY_FILE, help="Keys of the log and its witnesses; the quorum.")
@click.option("--log", "logs", type=_Key(), multiple=True, help="Verifier key of the log.")
@click.option("--witness", "witnesses", type=_Key(), multiple=True, help="A witness's key.")
@click.option(
    "--checkpoint", "kept", type=KEPT_FILE, multiple=True, help="A checkpoint that somebody kept."
)
@click.option("--keep", is_flag=True, help="Keep the result: the auditor's page shows the last.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead.")
@click.pass_context
def audit(
    context: click.Context,
    books: str | None,
    policy: Path | None,
    logs: tuple[VerifierKey, ...],
    witnesses: tuple[VerifierKey, ...],
    kept: tuple[Path, ...],
    keep: bool,
    as_json: bool,
) -> None:
    """Name every row changed, deleted, inserted or reordered behind the books, and every fork.

    Exit code 0 when all is as it was signed, 1 when anything is not. Only keys of witnesses and
    checkpoints kept elsewhere show what whoever owns this database could rewrite. Without keys the
    policy in force is used, and where there is none, the log's own keys in this clone's data.
    """
    with database(progress=say):
        migrate(progress=say)
        cell = cell_of_books(books)
        trusted = _trusted(cell, policy, logs, witnesses)
        evidence = [_kept(path, trusted) for path in kept]
        with _bar() as bar:
            task = bar.add_task("leaves", total=queries.log_size(cell))
            advance = partial(_advance, bar, task)
            if keep:
                actor = getpass.getuser()
                found = keep_audit(cell, trusted, evidence, actor=actor, now=_now, progress=advance)
            else:
                found = audit_books(cell, trusted, evidence, advance)
    now = _now()
    if as_json:
        click.echo(json.dumps(_document(found, trusted, evidence, now), indent=2))
    else:
        _print(found, trusted, evidence, now)
    context.exit(1 if found.findings else 0)


def _trusted(
    cell: int,
    path: Path | None,
    logs: Sequence[VerifierKey],
    witnesses: Sequence[VerifierKey],
) -> Policy:
    """Whom to believe: what the policy says, or else the keys given one by one. Then each witness
    must have cosigned, with any of its keys."""
    if path is not None:
        if logs or witnesses:
            raise click.UsageError("a --policy has all keys: give no --log or --witness beside it")
        return read_policy(path)
    if not logs and not witnesses and (in_force := policy_in_force(cell)) is not None:
        return in_force.policy
    policy = Policy(logs=list(logs))
    for number, key in enumerate(witnesses, 1):
        policy.witnesses[f"key {number}"] = PolicyWitness(f"key {number}", key, None)
    names = dict.fromkeys(key.name for key in witnesses)
    for name in names:
        own = [line for line, known in policy.witnesses.items() if known.key.name == name]
        policy.groups[name] = Group(1, tuple(own))
    if names:
        policy.groups["all witnesses"] = Group(len(names), tuple(names))
        policy.quorum = "all witnesses"
    if not policy.logs and log_key_file(cell).exists():
        policy.logs += [key.verifier for key in read_signing_keys(log_key_file(cell))]
    return policy


def _kept(path: Path, policy: Policy) -> Stated:
    with path.open("rb") as file:
        content = file.read(NOTE_BYTES_MAX + 1)
    try:
        return kept_checkpoint(path.name, content, policy)
    except (MalformedError, NotProvenError) as error:
        expected = "a checkpoint signed by a log whose key is given (--policy or --log)"
        raise InputError([Problem(path.name, None, None, str(error), expected)]) from error


def _advance(bar: Progress, task: TaskID, done: int) -> None:
    bar.update(task, completed=done)


def _now() -> datetime:
    return datetime.now(UTC)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )


def _document(
    found: Audit, policy: Policy, kept: Sequence[Stated], now: datetime
) -> dict[str, Any]:
    stated = found.checkpoint
    return {
        "proven": not found.findings,
        "summary": _sentence(found, policy, kept, now),
        "movements": found.movements,
        "leaves": found.leaves,
        "closed_leaves": found.closed,
        "checkpoint": None
        if stated is None
        else {
            "origin": stated.checkpoint.origin,
            "size": stated.checkpoint.size,
            "root": stated.checkpoint.root.hex(),
            "witnesses": [
                {"name": cosigner.name, "cosigned_at": _moment(cosigner.timestamp).isoformat()}
                for cosigner in found.cosigners
            ],
        },
        "findings_total": found.total,
        "findings": [
            {
                "kind": finding.kind.value,
                "row": finding.row,
                "found": finding.found,
                "log_says": finding.told,
                "next_step": finding.next_step,
            }
            for finding in found.findings
        ],
    }


def _print(found: Audit, policy: Policy, kept: Sequence[Stated], now: datetime) -> None:
    console = Console(highlight=False)
    if found.findings:
        table = Table("finding", "row", "found", "the log says")
        for finding in found.findings:
            table.add_row(finding.kind, finding.row, finding.found, finding.told)
        console.print(table)
        for kind in dict.fromkeys(finding.kind for finding in found.findings):
            step = next(each.next_step for each in found.findings if each.kind is kind)
            console.print(f"{kind}: {step}", soft_wrap=True)
    console.print(_sentence(found, policy, kept, now), soft_wrap=True)


def _sentence(found: Audit, policy: Policy, kept: Sequence[Stated], now: datetime) -> str:
    stated = found.checkpoint
    if found.findings or stated is None:
        return f"NOT PROVEN: {found.total} findings in books of {found.movements} movements."
    if kept and not found.cosigners:
        # Whoever kept a checkpoint vouches for no more than it covers.
        stated = max(kept, key=lambda one: one.checkpoint.size)
    size = stated.checkpoint.size
    said = f"the checkpoint of {size} leaves (root {stated.checkpoint.root.hex()[:16]}…)"
    tail = _reservations(found, policy, size)
    if not found.cosigners and not kept:
        return (
            f"Nothing contradicts {size} movements of the books and {said}, but nobody outside "
            f"vouches for it: give --policy, --witness or --checkpoint.{tail}"
        )
    names = [f"{each.name} {_age(now, _moment(each.timestamp))}" for each in found.cosigners]
    names += [f"{each.name} (kept, {each.checkpoint.size} leaves)" for each in kept]
    return f"PROVEN: {size} movements are those of {said}, seen by {', '.join(names)}.{tail}"


def _reservations(found: Audit, policy: Policy, size: int) -> str:
    """What a proof of so many leaves does not show."""
    said = ""
    if found.movements > size:
        said += f" {found.movements - size} later movements are beyond it."
    if found.closed:
        said += f" {found.closed} leaves have no salt any more: nobody can open them."
    if not policy.logs:
        said += " No key of the log was given: its signatures were not checked."
    return said


def _age(now: datetime, at: datetime) -> str:
    old = timedelta(seconds=max(0, int((now - at).total_seconds())))
    return f"at {at.isoformat()} ({old} ago)"


def _moment(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
