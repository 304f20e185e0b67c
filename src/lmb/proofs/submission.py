"""Asking witnesses to cosign (C2SP tlog-witness, the log's side)."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from lmb.proofs.checkpoints import parse_checkpoint_text
from lmb.proofs.encoding import decimal_from_text
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import VerifierKey
from lmb.proofs.notes import NOTE_BYTES_MAX, Note, Signature
from lmb.proofs.tree import TreeAtSize
from lmb.proofs.witness import AddCheckpoint, cosignatures_in
from lmb.values.errors import RefusedError

SECONDS_MAX = 10
REASON_CHARACTERS_MAX = 300

Post = Callable[[str, bytes], tuple[int, bytes]]
"""Posts a body to a URL and returns status and body. Raises OSError when nobody answers."""


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """Where a witness takes checkpoints, and the keys it signs with."""

    url: str
    keys: tuple[VerifierKey, ...]


def ask_witness(
    address: WitnessAddress, note: Note, tree: TreeAtSize, known_size: int, post: Post
) -> tuple[Signature, ...]:
    """The cosignatures of one witness on a checkpoint of this tree.

    `known_size` is what it is believed to have cosigned last; it corrects that once. Raises
    RefusedError when it does not cosign, with its reason, or does not answer.
    """
    url = f"{address.url.rstrip('/')}/add-checkpoint"
    status, body = _posted(post, url, _request(note, tree, known_size))
    if status == HTTPStatus.CONFLICT:
        size = _size(body)
        if size > tree.size:
            raise RefusedError(
                f"the witness at {address.url} has cosigned {size} leaves of a log that has "
                f"{tree.size}: the log was shortened"
            )
        status, body = _posted(post, url, _request(note, tree, size))
    if status != HTTPStatus.OK:
        reason = body.decode("utf-8", "replace").strip()[:REASON_CHARACTERS_MAX]
        raise RefusedError(f"the witness at {address.url} did not cosign ({status}): {reason}")
    try:
        given = cosignatures_in(body, note.text, address.keys)
    except (MalformedError, NotProvenError) as error:
        raise RefusedError(
            f"the answer of the witness at {address.url} is wrong: {error}"
        ) from error
    if not given:
        raise RefusedError(f"the witness at {address.url} signed with keys that are not known")
    return given


def post_over_http(url: str, body: bytes) -> tuple[int, bytes]:
    """Post to an http or https address, waiting a bounded time and reading a bounded answer."""
    if not url.startswith(("http://", "https://")):
        raise RefusedError(f"{url!r} is no http or https address of a witness")
    request = urllib.request.Request(url, body, {"Content-Type": "text/plain"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
            return answer.status, answer.read(NOTE_BYTES_MAX)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(NOTE_BYTES_MAX)
    except http.client.HTTPException as error:
        raise ConnectionError(f"no HTTP answer: {error}") from error


def _posted(post: Post, url: str, body: bytes) -> tuple[int, bytes]:
    try:
        return post(url, body)
    except OSError as error:
        raise RefusedError(f"the witness at {url} does not answer: {error}") from error


def _request(note: Note, tree: TreeAtSize, old_size: int) -> bytes:
    old_size = min(old_size, tree.size)
    proof: Sequence[bytes] = tree.consistency(old_size) if old_size else ()
    stated = parse_checkpoint_text(note.text)
    return AddCheckpoint(old_size, tuple(proof), stated, note).content


def _size(body: bytes) -> int:
    try:
        return decimal_from_text(body.decode("ascii").removesuffix("\n"), "the size of a witness")
    except (UnicodeDecodeError, MalformedError) as error:
        raise RefusedError(f"a witness told a size that is none: {body[:60]!r}") from error
