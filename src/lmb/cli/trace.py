"""`lmb trace`: from a cent back to the facts, as a tree."""

from __future__ import annotations

from uuid import UUID

import click
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from lmb.cli.progress import say
from lmb.config.runtime import database, migrate
from lmb.settlement.trace import Node
from lmb.settlement.trace import trace as find_trace


@click.command(epilog="Example: lmb trace 0051c9c0-b280-75ab-8b23-da1cbf7349e0")
@click.argument("identifier", type=click.UUID, metavar="ID")
def trace(identifier: UUID) -> None:
    """Show why money moved: ID is a coupon, determination, transfer, journal or instruction.

    The tree reads from the cent down: transfer, determination (rule, citation, arithmetic),
    measure, facts. `lmb demo --json` lists identifiers.
    """
    with database(progress=say):
        migrate(progress=say)
        Console(highlight=False).print(_tree(find_trace(identifier)))


def _tree(node: Node) -> Tree:
    tree = Tree(_label(node), guide_style="dim")
    for child in node.children:
        tree.add(_tree(child))
    return tree


def _label(node: Node) -> Text:
    text = Text(node.title, style="bold")
    if node.id is not None:
        text.append(f"  {node.id}", style="dim not bold")
    for line in node.lines:
        text.append(f"\n{line}", style="not bold")
    return text
