"""Which passwords are taken (NIST SP 800-63B-4 section 3.1.1): long enough, and not one that a
thief tries first. Nobody is asked for signs of some kind, or for a new one every so often. Pure.

The list is our own: words people choose, and the ways they make them longer. It is compared with
the whole password, never with a part of it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from itertools import pairwise

CHARACTERS_MIN_ALONE = 15
CHARACTERS_MIN_WITH_ANOTHER_FACTOR = 8
CHARACTERS_MAX = 200
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")
OTHER_SIGNS = str.maketrans("013457$@!", "oieastsai")


class WeakPasswordError(ValueError):
    """The password is not taken. `reason` is `short`, `long` or `common`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def normalised(password: str) -> str:
    """A password in its one form, so that it is the same from every keyboard (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, alone: bool, own: tuple[str, ...] = ()) -> str:
    """The normalised password, if it may be used. `own` are words that stand for the account
    itself. Raises WeakPasswordError."""
    found = normalised(password)
    least = CHARACTERS_MIN_ALONE if alone else CHARACTERS_MIN_WITH_ANOTHER_FACTOR
    if len(found) < least:
        raise WeakPasswordError("short")
    if len(found) > CHARACTERS_MAX:
        raise WeakPasswordError("long")
    if _common(found.casefold(), own):
        raise WeakPasswordError("common")
    return found


def _common(password: str, own: tuple[str, ...]) -> bool:
    signs = _bare(password)
    plain = _core(password)
    unit = _unit(signs.rstrip("0123456789") or signs)
    if len(set(password)) <= 2 or _walk(signs) or _walk(unit) or signs in map(_bare, own):
        return True
    return any(_of_words(text) for text in {signs, plain, unit, _core(unit)} if text)


def _core(password: str) -> str:
    """What is left when digits and marks around it are taken off and lookalikes are read."""
    return _bare(password.strip("0123456789!?.,*#+-_ ").translate(OTHER_SIGNS))


def _bare(word: str) -> str:
    return re.sub(r"[\W_]+", "", word.casefold())


def _unit(text: str) -> str:
    """The shortest beginning that makes the text by being repeated."""
    for length in range(1, len(text) // 2 + 1):
        if len(text) % length == 0 and text[:length] * (len(text) // length) == text:
            return text[:length]
    return text


def _walk(text: str) -> bool:
    """Whether the text walks along rows of a keyboard, the alphabet or the digits."""
    steps = {pair for row in ROWS for line in (row, row[::-1]) for pair in pairwise(line)}
    taken = list(pairwise(text))
    return len(taken) > 2 and sum(pair in steps for pair in taken) >= 0.8 * len(taken)


def _of_words(text: str) -> bool:
    """Whether a text is one or two of the common words, with or without digits after them."""
    words, bare = _words(), text.rstrip("0123456789")
    if not bare:
        return True
    return bare in words or any(
        bare[:place] in words and bare[place:] in words for place in range(3, len(bare) - 2)
    )


@cache
def _words() -> frozenset[str]:
    text = (resources.files("lmb.people.sign_in") / "common_words.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))
