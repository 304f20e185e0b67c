"""Where somebody lives, as far as it decides who serves them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    """The state and workforce board that serve somebody."""

    state: str
    board: str

    def __str__(self) -> str:
        return f"board {self.board!r} of {self.state}"
