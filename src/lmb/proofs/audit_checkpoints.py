"""The signed statements an audit measures the log by: checkpoints on file, and those that somebody
kept elsewhere, which whoever has the owner's rights here could not rewrite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lmb.proofs import models
from lmb.proofs.audit_findings import FindingsSoFar, Kind
from lmb.proofs.checkpoints import Checkpoint, check_log_signature, parse_checkpoint
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import VerifierKey
from lmb.proofs.notes import Note, parse_signature
from lmb.proofs.policy import Policy
from lmb.proofs.receipts import Cosigner, cosigners_of


@dataclass(frozen=True, slots=True)
class Stated:
    """A checkpoint as evidence. `name` says where it is from; `kept`: from outside the database."""

    name: str
    checkpoint: Checkpoint
    note: Note
    kept: bool

    def cosigners(self, policy: Policy) -> tuple[Cosigner, ...]:
        return cosigners_of(self.note, policy.witness_keys)

    def is_seen(self, policy: Policy) -> bool:
        """Whether any known witness cosigned it."""
        return bool(self._cosigned_by(policy))

    def is_enough(self, policy: Policy) -> bool:
        """Whether the cosignatures are those that the policy asks for."""
        return policy.is_met(self._cosigned_by(policy))

    def _cosigned_by(self, policy: Policy) -> set[VerifierKey]:
        signed = {(signature.name, signature.key_id) for signature in self.note.signatures}
        return {key for key in policy.witness_keys if (key.name, key.key_id) in signed}


def kept_checkpoint(name: str, content: bytes, policy: Policy) -> Stated:
    """A checkpoint that somebody kept. Raises MalformedError for none, NotProvenError when no
    known key of its log signed it: then it is no evidence against that log."""
    checkpoint, note = parse_checkpoint(content)
    check_log_signature(checkpoint, note, tuple(policy.logs))
    note.verified(policy.witness_keys)
    return Stated(name, checkpoint, note, kept=True)


def stored_checkpoints(
    cell: int, after: int, through: int, policy: Policy, findings: FindingsSoFar
) -> Iterator[Stated]:
    """The checkpoints on file of these sizes that are still what was signed; tells the others."""
    within = {"cell": cell, "size__gt": after, "size__lte": through}
    lines = defaultdict(list)
    for cosignature in models.Cosignature.objects.filter(**within).order_by("timestamp"):
        lines[cosignature.size].append(cosignature)
    for row in models.Checkpoint.objects.filter(**within).order_by("size"):
        stated = _stated(row, policy, findings)
        if stated is not None:
            yield _with_cosignatures(stated, lines[row.size], policy, findings)


def two_checkpoints(kept: Sequence[Stated], findings: FindingsSoFar) -> set[int]:
    """The sizes for which kept checkpoints of one log state different roots; tells each."""
    by_size: dict[int, dict[bytes, Stated]] = defaultdict(dict)
    for stated in kept:
        by_size[stated.checkpoint.size].setdefault(stated.checkpoint.root, stated)
    contradicting = {size: roots for size, roots in by_size.items() if len(roots) > 1}
    for size, roots in contradicting.items():
        said = "; ".join(f"{one.name}: root {root.hex()}" for root, one in roots.items())
        findings.add(
            Kind.TWO_CHECKPOINTS,
            f"checkpoints of {size} leaves",
            f"the log signed {len(roots)} different ones",
            said,
        )
    return set(contradicting)


def _stated(row: models.Checkpoint, policy: Policy, findings: FindingsSoFar) -> Stated | None:
    name = f"checkpoint of {row.size} leaves on file"
    try:
        checkpoint, note = parse_checkpoint(row.note.encode())
        if (checkpoint.origin, checkpoint.size, checkpoint.root) != (
            row.origin,
            row.size,
            bytes(row.root),
        ):
            raise NotProvenError("its columns are not what its signed text says")
        if policy.logs:
            check_log_signature(checkpoint, note, tuple(policy.logs))
    except (MalformedError, NotProvenError) as error:
        findings.add(Kind.CHECKPOINT_CHANGED, name, str(error), "the log signs what it stores")
        return None
    return Stated(name, checkpoint, note, kept=False)


def _with_cosignatures(
    stated: Stated,
    rows: Sequence[models.Cosignature],
    policy: Policy,
    findings: FindingsSoFar,
) -> Stated:
    """The checkpoint with the cosignatures that known witnesses truly gave."""
    known = {(key.name, key.key_id.hex()): key for key in policy.witness_keys}
    given = []
    for row in rows:
        key = known.get((row.witness, row.key))
        if key is None:
            continue
        try:
            signature = parse_signature(row.line)
            if not Note(stated.note.text, (signature,)).verified([key]):
                raise NotProvenError("its line is not of the key it is filed under")
        except (MalformedError, NotProvenError) as error:
            findings.add(
                Kind.COSIGNATURE_CHANGED,
                f"cosignature of {row.witness} on the {stated.name}",
                str(error),
                "a witness cosigned another text, or its line was changed",
            )
        else:
            given.append(signature)
    note = stated.note.with_signatures(given)
    return Stated(stated.name, stated.checkpoint, note, stated.kept)
