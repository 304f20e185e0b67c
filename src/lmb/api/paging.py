"""Lists by pages. A cursor says where the last page ended, so that what is added meanwhile neither
repeats nor hides anything; its content is nobody's business but ours."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from ninja import Query
from pydantic import BaseModel, ConfigDict, Field

from lmb.api.problems import INVALID, Fault, ProblemError

PAGE = 50
PAGE_MAX = 200
CURSOR_LENGTH_MAX = 400

Item = TypeVar("Item")
Limit = Annotated[
    int, Query(PAGE, ge=1, le=PAGE_MAX, description=f"At most so many items, up to {PAGE_MAX}.")
]
Cursor = Annotated[
    str | None,
    Query(
        None,
        max_length=CURSOR_LENGTH_MAX,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="`next` of the page before; without it, the first page.",
    ),
]


class Page(BaseModel, Generic[Item]):
    """Some of a list; `next` is null on the last page."""

    model_config = ConfigDict(extra="forbid")

    items: list[Item]
    next: str | None = Field(description="Send it as `cursor` to read on; null at the end.")


def cursor(*place: str | int) -> str:
    """A place in a list as text."""
    content = json.dumps(place, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def place(text: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The place a cursor names, None for the first page. Raises ProblemError for a cursor that no
    page of this list gave."""
    if text is None:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    sound = isinstance(found, list) and [type(part) for part in found] == list(kinds)
    if not sound or any(isinstance(part, str) and "\0" in part for part in found):
        raise _nowhere()
    return tuple(found)


def identifier(text: str) -> UUID:
    """An identifier out of a cursor. Raises ProblemError for a text that is none."""
    try:
        return UUID(text)
    except ValueError:
        raise _nowhere() from None


def _nowhere() -> ProblemError:
    fault = Fault("/query/cursor", "`next` of the page before, unchanged")
    return ProblemError(INVALID, "this cursor leads nowhere", faults=[fault])


def cut(items: list[Item], limit: int) -> tuple[list[Item], bool]:
    """A page of a list that was read one item further, and whether there are more."""
    return items[:limit], len(items) > limit
