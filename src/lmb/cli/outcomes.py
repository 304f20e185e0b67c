"""`lmb outcomes`: what became of people, measured from files alone; needs no database."""

from __future__ import annotations

import click


@click.group()
def outcomes() -> None:
    """Indicators and estimates from files, re-runnable by anyone to the same bytes."""
