"""One byte sequence for one document (RFC 8785), and its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

Document: TypeAlias = "bool | int | str | Sequence[Document] | Mapping[str, Document] | None"
"""What a canonical document may hold. No float: rates and large sums travel as text."""

INTEGER_MAX = 2**53 - 1
"""The largest integer every JSON reader keeps exact; larger ones are written as text."""


def canonical_bytes(document: Document) -> bytes:
    """The RFC 8785 bytes of a document. Raises TypeError where a float or another type hides,
    and ValueError for an integer beyond 2^53 - 1."""
    _refuse_inexact(document, "$")
    return rfc8785.dumps(document)


def sha256_hex(content: bytes) -> str:
    """The SHA-256 fingerprint as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(document: Document) -> str:
    """SHA-256 of the canonical bytes of a document."""
    return sha256_hex(canonical_bytes(document))


def _refuse_inexact(document: Document, path: str) -> None:
    if document is None or isinstance(document, bool | str):
        return
    if isinstance(document, int):
        if abs(document) > INTEGER_MAX:
            raise ValueError(f"{path}: {document} is beyond 2^53 - 1; write it as text")
    elif isinstance(document, Mapping):
        for key, value in document.items():
            _refuse_inexact(value, f"{path}.{key}")
    elif isinstance(document, list | tuple):
        for index, value in enumerate(document):
            _refuse_inexact(value, f"{path}[{index}]")
    else:
        raise TypeError(f"{path}: {type(document).__name__} has no exact form in a document")
