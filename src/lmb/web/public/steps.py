"""A trace as steps to read: what each node says, in words, with its own link.

The shape comes from `lmb.settlement.trace`; what a step says is read from the books again, so
that dates are written out and words are those of the page's language. A determination's own
explanation is on file in English and shown as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lmb.ledger import queries as ledger
from lmb.ledger.queries import InstructionOnFile, Movement
from lmb.rules import queries as rules
from lmb.rules.queries import DeterminationOnFile
from lmb.settlement.trace import AS_ABOVE, FACT_NOUNS, Node
from lmb.values.clock import fiscal_date
from lmb.values.money import format_cents
from lmb.web.formats import day_text
from lmb.web.public import words

SINGULAR = {noun: one for one, many in FACT_NOUNS.values() for noun in (one, many)}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `original` are sentences on file in English; `sha256` is empty where there is
    none to show; `again` marks a step told further up."""

    kind: str
    kind_words: str
    title: str
    id: UUID | None
    lines: tuple[str, ...] = ()
    original: tuple[str, ...] = ()
    rule: str = ""
    citation: str = ""
    sha256: str = ""
    href: str = ""
    again: bool = False
    children: tuple[Step, ...] = ()


def steps(root: Node) -> Step:
    """The steps of a whole trace."""
    return _step(root, _Books(root))


class _Books:
    """What the books hold about the nodes of one trace, read once."""

    def __init__(self, root: Node) -> None:
        transfers = [node.id for node in _walk(root) if node.kind == "transfer"]
        found = ledger.movement(transfers[0]) if transfers and transfers[0] else None
        listed = [] if found is None else ledger.movements(found.cell, id__in=transfers)
        self._movements = {item.id: item for item in listed}
        self._determinations: dict[UUID, DeterminationOnFile] = {}
        self._instructions: dict[UUID, InstructionOnFile] = {}

    def movement(self, identifier: UUID) -> Movement:
        return self._movements[identifier]

    def determination(self, identifier: UUID) -> DeterminationOnFile:
        if identifier not in self._determinations:
            found = rules.find(identifier)
            assert found is not None, "the trace has just read it"
            self._determinations[identifier] = found
        return self._determinations[identifier]

    def instruction(self, identifier: UUID) -> InstructionOnFile:
        if identifier not in self._instructions:
            found = ledger.instruction(identifier)
            assert found is not None, "the trace has just read it"
            self._instructions[identifier] = found
        return self._instructions[identifier]


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _step(node: Node, books: _Books) -> Step:
    if node.kind in ("fact", "facts"):
        return _facts(node)
    assert node.id is not None, "only facts stand for several things"
    told = {
        "transfer": _transfer,
        "determination": _determination,
        "instruction": _instruction,
        "journal": _journal,
    }[node.kind](node, node.id, books)
    if node.lines == (AS_ABOVE,):
        return Step(told.kind, told.kind_words, told.title, told.id, again=True)
    return replace(
        told,
        href=reverse("web:trace", args=[node.id]),
        children=tuple(_step(child, books) for child in node.children),
    )


def _transfer(node: Node, identifier: UUID, books: _Books) -> Step:
    moved = books.movement(identifier)
    what = words.TRANSFERS.get(moved.code, words.code_words(moved.code))
    title = {
        "hold": _("%(amount)s set aside: %(what)s"),
        "void": _("%(amount)s released: %(what)s"),
    }.get(moved.kind, _("%(amount)s moved: %(what)s"))
    line = _("From %(debit)s to %(credit)s on %(day)s.") % {
        "debit": words.account(moved.debit),
        "credit": words.account(moved.credit),
        "day": day_text(fiscal_date(moved.effective_at)),
    }
    order = _("Ordered by %(actor)s; movement %(number)s in these books.") % {
        "actor": words.actor(moved.actor),
        "number": f"{moved.seq:,}",
    }
    return Step(
        "transfer",
        _("Money"),
        title % {"amount": format_cents(moved.amount_cents), "what": what},
        identifier,
        lines=(line, *(arithmetic(extra) for extra in node.lines[1:]), order),
    )


def rests_on_one_person(node: Node) -> bool:
    """Whether the hash of a determination could be guessed back to one person's records."""
    return any(child.personal for child in node.children)


def arithmetic(line: str) -> str:
    """The line of a payment's arithmetic, its few words in the language of the page."""
    for written, shown in (
        (" par x ", _(" face amount × ")),
        (" % x ", " % × "),
        ("1/2 year", _("half a year")),
        ("of a half-year", _("of a half-year")),
        (", less the guaranteed ", _(", less the guaranteed ")),
    ):
        line = line.replace(written, shown)
    return line


def _determination(node: Node, identifier: UUID, books: _Books) -> Step:
    on_file = books.determination(identifier)
    one_person = rests_on_one_person(node)
    rule = words.rule(on_file.rule, on_file.result.get("period"))
    return Step(
        "determination",
        _("Rule applied"),
        _("Determination: %(rule)s") % {"rule": rule},
        identifier,
        original=tuple(on_file.explanation),
        lines=(_("It rests on one person's records, so its hash is not shown."),)
        if one_person
        else (),
        citation=str(on_file.document["citation"]),
        rule=f"{on_file.rule} {on_file.rule_version}",
        sha256="" if one_person else on_file.sha256,
    )


def _instruction(node: Node, identifier: UUID, books: _Books) -> Step:
    on_file = books.instruction(identifier)
    order = words.INSTRUCTIONS.get(on_file.kind, words.code_words(on_file.kind))
    lines = [_("Ordered by %(actor)s.") % {"actor": words.actor(on_file.actor)}]
    for key, field in words.FIELDS.items():
        if key in on_file.document:
            lines.append(f"{field}: {_value(key, on_file.document[key])}")
    return Step(
        "instruction",
        _("Order"),
        _("Order: %(order)s") % {"order": order},
        identifier,
        lines=tuple(lines),
    )


def _value(key: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {format_cents(int(cents))}" for name, cents in value.items())
    if key.endswith("_cents"):
        return format_cents(int(str(value)))
    if key.endswith("_on"):
        return day_text(date.fromisoformat(str(value)))
    return str(value)


def _journal(node: Node, identifier: UUID, books: _Books) -> Step:
    # "Journal of 1,000 transfers with one cause": the third word counts them.
    number = int(node.title.split(" ", 3)[2].replace(",", ""))
    title = ngettext(
        "A journal of %(count)s transfer", "A journal of %(count)s transfers with one cause", number
    )
    return Step("journal", _("Journal"), title % {"count": f"{number:,}"}, identifier)


def _facts(node: Node) -> Step:
    """Facts by number and kind; one person's alone without identifier and hash."""
    number, noun = node.title.split(" ", 1)
    one = SINGULAR.get(noun, noun)
    title = words.facts(one, int(number.replace(",", "")))
    if node.personal:
        keeper = words.KEEPERS.get(one, _("kept by the programme"))
        line = _("One person's record, %(keeper)s; not shown here.") % {"keeper": keeper}
        return Step("facts", _("Facts"), title, None, lines=(line,))
    found = re.search(r"[0-9a-f]{64}", " ".join(node.lines))
    sha256 = found.group() if found else ""
    href = reverse("web:terms", args=[node.id]) if one == "term sheet" and node.id else ""
    return Step("facts", _("Facts"), title, None, sha256=sha256, href=href)


@dataclass(frozen=True, slots=True)
class Caused:
    """A transfer that a determination or an order caused."""

    id: UUID
    amount_cents: int
    what: str
    target: str


def caused(identifier: UUID) -> list[Caused]:
    """The transfers of a determination or an order, in order; nothing else causes any."""
    cause = rules.find(identifier) or ledger.instruction(identifier)
    if cause is None:
        return []
    return [
        Caused(
            moved.id,
            moved.amount_cents,
            str(words.TRANSFERS.get(moved.code, words.code_words(moved.code))),
            words.account(moved.credit),
        )
        for moved in ledger.movements_because_of(cause.cell, identifier)
    ]


def totals(moved: list[Caused]) -> list[tuple[str, int]]:
    """How much moved for what, in the order it first did."""
    cents: Counter[str] = Counter()
    for item in moved:
        cents[item.what] += item.amount_cents
    return list(cents.items())
