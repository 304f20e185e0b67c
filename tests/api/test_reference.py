"""What the page about the API says is what there is."""

from __future__ import annotations

from lmb.api.api import OPERATIONS
from lmb.api.problems import PROBLEM_TYPES
from lmb.config.paths import CLONE

REFERENCE = (CLONE / "docs" / "reference" / "api.md").read_text()


def test_every_problem_and_scope_is_described() -> None:
    for kind in PROBLEM_TYPES.values():
        assert f"| `{kind.name}` | {kind.status.value} |" in REFERENCE
    for known in OPERATIONS.values():
        if known.access.scope is not None:
            assert f"| `{known.access.scope}` |" in REFERENCE
