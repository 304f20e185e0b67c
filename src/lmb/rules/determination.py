"""What a determination is made of. Pure: the same inputs give the same bytes anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol, cast
from uuid import UUID

from lmb.rules.parameters import ParameterSet
from lmb.values.canonical import Document, canonical_bytes, fingerprint, sha256_hex
from lmb.values.errors import NotFoundError

FORMAT = "lmb-determination/1"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a decision was made from: its kind, identifier and content."""

    kind: str
    id: UUID
    document: Document
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        # Once, here: one input is often read by many determinations.
        object.__setattr__(self, "sha256", fingerprint(self.document))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule concluded: a result for machines and an explanation for people."""

    result: Mapping[str, Document]
    explanation: tuple[str, ...]


def documents(inputs: Sequence[Input], kind: str) -> list[Mapping[str, Any]]:
    """The contents of the inputs of one kind, which are JSON objects, in their order."""
    return [cast(Mapping[str, Any], item.document) for item in inputs if item.kind == kind]


Rule = Callable[[ParameterSet, Sequence[Input]], Decision]
"""A rule is a plain function; it sees its dated parameters and its inputs, nothing else."""


class Resolver(Protocol):
    """Finds the content of inputs again, in the order asked."""

    def __call__(self, kind: str, ids: Sequence[UUID]) -> Sequence[Document]: ...


def in_order(found: Mapping[UUID, Document], ids: Sequence[UUID], noun: str) -> list[Document]:
    """The documents found, in the order asked: what a resolver gives back.

    Raises NotFoundError naming the first that is missing.
    """
    missing = [identifier for identifier in ids if identifier not in found]
    if missing:
        raise NotFoundError(f"there is no {noun} {missing[0]} on file")
    return [found[identifier] for identifier in ids]


@dataclass(frozen=True, slots=True)
class InputReference:
    """An input as a determination keeps it: kind, identifier and hash."""

    kind: str
    id: UUID
    sha256: str

    def document(self) -> Document:
        return {"kind": self.kind, "id": str(self.id), "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Determination:
    """A decision on file. `content` holds its canonical bytes."""

    subject: str
    parameters: ParameterSet
    inputs: tuple[InputReference, ...]
    decision: Decision
    supersedes: UUID | None

    def document(self) -> dict[str, Document]:
        """The whole of it; the inputs appear as a count and one hash over their list, which the
        books keep beside it row by row."""
        return {
            "format": FORMAT,
            "subject": self.subject,
            "rule": self.parameters.rule,
            "rule_version": self.parameters.version,
            "citation": self.parameters.citation,
            "parameters_sha256": self.parameters.sha256,
            "inputs_count": len(self.inputs),
            "inputs_sha256": fingerprint([item.document() for item in self.inputs]),
            "result": dict(self.decision.result),
            "explanation": list(self.decision.explanation),
            "supersedes": None if self.supersedes is None else str(self.supersedes),
        }

    @property
    def content(self) -> bytes:
        return canonical_bytes(self.document())

    @property
    def sha256(self) -> str:
        return sha256_hex(self.content)


def determine(
    rule: Rule,
    parameters: ParameterSet,
    subject: str,
    inputs: Sequence[Input],
    supersedes: UUID | None = None,
) -> Determination:
    """Apply a rule to inputs. They are put in order of kind and identifier first, so that the
    order in which they were read cannot change the result. Raises ValueError for an input that
    comes twice: it would count twice."""
    ordered = sorted(inputs, key=lambda item: (item.kind, item.id))
    for item, following in pairwise(ordered):
        if (item.kind, item.id) == (following.kind, following.id):
            raise ValueError(f"{subject}: {item.kind} {item.id} is given twice")
    decision = rule(parameters, ordered)
    references = tuple(InputReference(item.kind, item.id, item.sha256) for item in ordered)
    return Determination(subject, parameters, references, decision, supersedes)
