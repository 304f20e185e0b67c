"""What the room hands out."""

from __future__ import annotations

from types import ModuleType

import lmb.bonds


def test_the_exported_names_are_complete_and_sorted() -> None:
    names = lmb.bonds.__all__
    assert names == sorted(names)
    public = {
        name
        for name, value in vars(lmb.bonds).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(names)
