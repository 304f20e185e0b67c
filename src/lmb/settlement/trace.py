"""From a cent back to the facts: why a transfer was made, and where its money came from.

    cent ◀── transfer ◀── determination (rule, citation, arithmetic) ◀── measure ◀── facts
                  └────── instruction ◀── the instruction or determination it follows

Persons and investors are not named: a trace can be shown to anyone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from lmb.bonds import accounts
from lmb.bonds import queries as bonds
from lmb.bonds import queries_payments as payments
from lmb.bonds.coupon import interest_cents
from lmb.bonds.linked.rounding import percent
from lmb.ledger import queries as ledger
from lmb.ledger.queries import InstructionOnFile, Movement
from lmb.rules import queries as rules
from lmb.rules.determination import InputReference
from lmb.rules.queries import DeterminationOnFile
from lmb.values.canonical import fingerprint
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text

TRANSFERS_SHOWN = 5
JOURNAL_SHOWN = 20
"""Transfers of a journal that are traced one by one; a payment run has a thousand in one."""

AS_ABOVE = "As above."

PERSONAL = frozenset({"attestation", "bid", "enrolment", "work-record"})
"""Kinds of fact that are one person's or investor's; alone, their hash could be guessed back."""

FACT_NOUNS = {
    "attestation": ("attestation", "attestations"),
    "bid": ("bid", "bids"),
    "enrolment": ("enrolment", "enrolments"),
    "interest-period": ("interest period", "interest periods"),
    "observation": ("verified value", "verified values"),
    "terms": ("term sheet", "term sheets"),
    "work-record": ("work record", "work records"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One thing in a trace: what it is, what it says, and what it rests on.

    `id` is None where a node stands for several things. A `personal` node is one person's fact:
    its identifier and hash are for those who keep the books, not for the public.
    """

    kind: str
    title: str
    id: UUID | None
    lines: tuple[str, ...]
    children: tuple[Node, ...]
    personal: bool = False


def trace(identifier: UUID) -> Node:
    """The trace of a transfer, journal, determination (such as a coupon) or instruction.

    Raises NotFoundError for an identifier of nothing on file.
    """
    seen: Seen = set()
    movement = ledger.movement(identifier)
    if movement is not None:
        return _transfer_node(movement, seen)
    determination = rules.find(identifier)
    if determination is not None:
        return _with_payments(_determination_node(determination, seen), determination.cell)
    instruction = ledger.instruction(identifier)
    if instruction is not None:
        return _with_payments(_instruction_node(instruction, seen), instruction.cell)
    cell = ledger.journal_cell(identifier)
    if cell is not None:
        return _journal_node(cell, identifier, seen)
    raise NotFoundError(
        f"{identifier} is no transfer, journal, determination or instruction in these books; "
        "`lmb demo` prints identifiers to try"
    )


Seen = set[UUID]
"""What a trace has told already; told again, it only refers back."""


def _transfer_node(movement: Movement, seen: Seen) -> Node:
    """A transfer with its cause and, where it was paid from a hold, the hold."""
    lines = [
        f"{label(movement.debit)} to {label(movement.credit)}, effective "
        f"{fiscal_date(movement.effective_at)}, by {_actor(movement.actor)}; movement "
        f"{movement.seq} of its books"
    ]
    children = [_cause(movement, seen)]
    if movement.code in {"interest", "bonus"} and movement.determination is not None:
        lines.append(_interest_arithmetic(movement, movement.determination))
    if movement.hold is not None and movement.hold != movement.id:
        held = ledger.movement(movement.hold)
        if held is not None:
            children.append(_transfer_node(held, seen))
    what = "face amount" if movement.unit != "USD" else "dollars"
    verb = {"hold": "set aside", "void": "released"}.get(movement.kind, "moved")
    title = f"{format_cents(movement.amount_cents)} {verb}: {movement.code.replace('-', ' ')}"
    if what == "face amount":
        title += " (bonds, at face amount)"
    return Node("transfer", title, movement.id, tuple(lines), tuple(children))


HOLDER_FIELDS = frozenset({"account", "bidder", "buyer", "from", "reference", "seller", "to"})
"""Fields of orders that name a holder, or that a holder may have filled with a name."""


def label(code: str) -> str:
    """An account as anyone may see it: kinds of holders, not their names."""
    parts = code.split("/")
    match parts:
        case ["world", "investor", *_] | ["holding", *_]:
            return "an investor"
        case ["world", "appropriation"]:
            return "the appropriation"
        case ["world", "treasury"]:
            return "the Treasury's general fund"
        case ["world", "provider", *_]:
            return "the training provider"
        case ["treasury", _, "proceeds"]:
            return "the bond's proceeds"
        case ["treasury", _, "debt-service"]:
            return "the bond's debt service"
        case ["issued", *_]:
            return "the issuer"
        case ["unclaimed", *_]:
            return "money that waits for its investor"
        case ["world", "guarantor", *_]:
            return "the guarantor"
        case ["fund", "national", *_]:
            return "the Workforce Development Fund"
        case ["fund", "state", name, *_]:
            return f"the fund of state {name}"
        case ["fund", "board", name, *_]:
            return f"the workforce board {name}"
        case ["wallet", *_]:
            return "a training wallet"
        case _:
            return code


def _actor(actor: str) -> str:
    kind, _, name = actor.partition("/")
    if kind == "person":
        return "the person"
    return f"workforce board {name}" if kind == "board" else f"the {kind.replace('-', ' ')}"


def _cause(movement: Movement, seen: Seen) -> Node:
    if movement.determination is not None:
        determination = rules.find(movement.determination)
        assert determination is not None, "the books refer to it by foreign key"
        return _determination_node(determination, seen)
    assert movement.instruction is not None, "a journal has one cause"
    instruction = ledger.instruction(movement.instruction)
    assert instruction is not None, "the books refer to it by foreign key"
    return _instruction_node(instruction, seen)


def _determination_node(on_file: DeterminationOnFile, seen: Seen) -> Node:
    title = f"Determined by rule {on_file.rule}, version {on_file.rule_version}"
    if on_file.id in seen:
        return Node("determination", title, on_file.id, (AS_ABOVE,), ())
    seen.add(on_file.id)
    document = on_file.document
    inputs = rules.inputs_of(on_file.cell, on_file.id)
    earlier = [rules.find(item.id) for item in inputs if item.kind == "determination"]
    children = [_determination_node(found, seen) for found in earlier if found is not None]
    return Node(
        "determination",
        title,
        on_file.id,
        (
            *on_file.explanation,
            f"Citation: {document['citation']}",
            f"Content sha256 {on_file.sha256}",
        ),
        (*children, *_fact_nodes(inputs)),
    )


def _fact_nodes(inputs: tuple[InputReference, ...]) -> list[Node]:
    """The facts a determination read: one alone by its hash, many by the hash of their list."""
    counts = Counter(item.kind for item in inputs if item.kind != "determination")
    nodes = []
    for kind, count in sorted(counts.items()):
        of_kind = [item for item in inputs if item.kind == kind]
        one, many = FACT_NOUNS[kind]
        if count == 1:
            line = f"sha256 {of_kind[0].sha256}"
            personal = kind in PERSONAL
            nodes.append(Node("fact", f"1 {one}", of_kind[0].id, (line,), (), personal))
        else:
            listed = fingerprint([item.document() for item in of_kind])
            line = f"sha256 of the list of their identifiers and hashes: {listed}"
            nodes.append(Node("facts", f"{count:,} {many}", None, (line,), ()))
    return nodes


def _instruction_node(instruction: InstructionOnFile, seen: Seen) -> Node:
    title = f"Ordered by {_actor(instruction.actor)}: {instruction.kind.replace('-', ' ')}"
    if instruction.id in seen:
        return Node("instruction", title, instruction.id, (AS_ABOVE,), ())
    seen.add(instruction.id)
    document = dict(instruction.document)
    follows = document.pop("follows", None)
    children = () if follows is None else (_followed(UUID(follows), seen),)
    return Node(
        "instruction",
        title,
        instruction.id,
        tuple(_document_lines(document)),
        children,
    )


def _followed(identifier: UUID, seen: Seen) -> Node:
    instruction = ledger.instruction(identifier)
    if instruction is not None:
        return _instruction_node(instruction, seen)
    determination = rules.find(identifier)
    if determination is None:
        raise NotFoundError(f"an instruction follows {identifier}, which is not on file")
    return _determination_node(determination, seen)


def _document_lines(document: dict[str, Any]) -> list[str]:
    """An instruction's content in words; holders are not named."""
    lines = []
    for key, value in sorted(document.items()):
        if value is None or key in HOLDER_FIELDS:
            continue
        name = key.removesuffix("_cents").replace("_", " ")
        if isinstance(value, dict):
            lines += [f"{name} {part}: {format_cents(cents)}" for part, cents in value.items()]
        elif key.endswith("_cents"):
            lines.append(f"{name}: {format_cents(value)}")
        else:
            lines.append(f"{name}: {value}")
    return lines


def _journal_node(cell: int, identifier: UUID, seen: Seen) -> Node:
    movements = ledger.movements_of_journals(cell, [identifier])
    title = f"Journal of {len(movements):,} transfers with one cause"
    children = tuple(_transfer_node(movement, seen) for movement in movements[:JOURNAL_SHOWN])
    more = len(movements) - len(children)
    lines = (f"and {more:,} more transfers",) if more else ()
    return Node("journal", title, identifier, lines, children)


def _with_payments(node: Node, cell: int) -> Node:
    """The node of a cause, with what it caused as lines."""
    assert node.id is not None
    movements = ledger.movements_because_of(cell, node.id)
    if not movements:
        return node
    lines = [f"It caused {len(movements)} transfers:"]
    lines += [
        f"{format_cents(movement.amount_cents)} {movement.code.replace('-', ' ')} to "
        f"{label(movement.credit)} (transfer {movement.id})"
        for movement in movements[:TRANSFERS_SHOWN]
    ]
    if len(movements) > TRANSFERS_SHOWN:
        lines.append(f"and {len(movements) - TRANSFERS_SHOWN} more")
    return Node(node.kind, node.title, node.id, (*node.lines, *lines), node.children)


def _interest_arithmetic(movement: Movement, determination: UUID) -> str:
    """The line that leads from a holder's par to the cents of an interest or bonus payment."""
    on_file = rules.find(determination)
    assert on_file is not None, "the books refer to it by foreign key"
    cusip = movement.debit.split("/")[1]
    bond = bonds.bond(movement.cell, cusip)
    period = bond.terms.schedule.periods()[on_file.result["period"] - 1]
    run = payments.run(bond, "interest", period.number)
    assert run is not None, "interest moves by a run alone"
    par_cents = payments.entitlement(run, accounts.payee(movement.credit, cusip)).par_cents
    base, adjustment = (
        percent(Fraction(on_file.result[name])) for name in ("base_percent", "adjustment_percent")
    )
    guaranteed, coupon = base + min(adjustment, Decimal(0)), base + adjustment
    base_cents = interest_cents(period, par_cents, guaranteed)
    length = "1/2 year" if period.half_years == 1 else f"{period.half_years} of a half-year"
    if movement.code == "interest":
        return (
            f"{format_cents(par_cents)} par x {decimal_text(guaranteed)} % x {length} = "
            f"{format_cents(base_cents)}"
        )
    whole_cents = interest_cents(period, par_cents, coupon)
    return (
        f"{format_cents(par_cents)} par x {decimal_text(coupon)} % x {length} = "
        f"{format_cents(whole_cents)}, less the guaranteed {format_cents(base_cents)} = "
        f"{format_cents(whole_cents - base_cents)}"
    )
