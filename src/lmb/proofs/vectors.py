"""Published test cases of proof verification, one JSON object a line.

`kind` is inclusion, consistency, subtreeinclusion or subtreeconsistency; `wantErr` says whether
verification must fail; hashes are base64 and a missing proof is null. The fields are those of
transparency-dev/merkle's `testdata`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lmb.proofs.verification import (
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from lmb.values.errors import InputError, Problem, RefusedError


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; `verify` raises RefusedError when the proof does not hold."""

    row: int
    name: str
    must_fail: bool
    verify: Callable[[], None]

    def difference(self) -> str | None:
        """How the verdict differs from the one expected, None when it does not."""
        try:
            self.verify()
        except RefusedError as refusal:
            return None if self.must_fail else f"refused: {refusal}"
        return "accepted, but must be refused" if self.must_fail else None


def read_cases(file: str, content: str) -> list[Case]:
    """Every case of a file. Raises InputError naming all lines that are none."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for row, line in _lines(content):
        try:
            cases.append(_case(row, json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            reason = f"{type(error).__name__}: {error}"
            problems.append(Problem(file, row, None, reason, "one test case as a JSON object"))
    if not cases and not problems:
        problems.append(Problem(file, None, None, "no case", "one test case on each line"))
    if problems:
        raise InputError(problems)
    return cases


def _lines(content: str) -> Iterator[tuple[int, str]]:
    return ((row, line) for row, line in enumerate(content.split("\n"), 1) if line.strip())


def _case(row: int, fields: Mapping[str, Any]) -> Case:
    verify = _VERIFIERS[fields["kind"]](fields)
    if not isinstance(fields["wantErr"], bool):
        raise TypeError("wantErr is neither true nor false")
    return Case(row, f"{fields['kind']}/{fields['case']}", fields["wantErr"], verify)


def _inclusion(fields: Mapping[str, Any]) -> Callable[[], None]:
    return partial(
        verify_inclusion,
        _integer(fields["leafIdx"]),
        _integer(fields["treeSize"]),
        _bytes(fields["leafHash"]),
        _proof(fields),
        _bytes(fields["root"]),
    )


def _subtree_inclusion(fields: Mapping[str, Any]) -> Callable[[], None]:
    return partial(
        verify_subtree_inclusion,
        _integer(fields["leafIdx"]),
        _integer(fields["start"]),
        _integer(fields["end"]),
        _bytes(fields["leafHash"]),
        _proof(fields),
        _bytes(fields["root"]),
    )


def _consistency(fields: Mapping[str, Any]) -> Callable[[], None]:
    return partial(
        verify_consistency,
        _integer(fields["size1"]),
        _integer(fields["size2"]),
        _proof(fields),
        _bytes(fields["root1"]),
        _bytes(fields["root2"]),
    )


def _subtree_consistency(fields: Mapping[str, Any]) -> Callable[[], None]:
    return partial(
        verify_subtree_consistency,
        _integer(fields["start"]),
        _integer(fields["end"]),
        _integer(fields["size"]),
        _proof(fields),
        _bytes(fields["root1"]),
        _bytes(fields["root2"]),
    )


_VERIFIERS = {
    "inclusion": _inclusion,
    "consistency": _consistency,
    "subtreeinclusion": _subtree_inclusion,
    "subtreeconsistency": _subtree_consistency,
}


def _proof(fields: Mapping[str, Any]) -> list[bytes]:
    return [_bytes(node) for node in fields["proof"] or []]


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not base64 text")
    return base64.b64decode(text, validate=True)
