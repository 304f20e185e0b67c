"""The designer's question: what would the bond be worth, and cost, with other terms?

A change names a field of the sheet by its path and gives its new value; the changed sheet is
checked and proved like any other. All designs are valued on the same random numbers, so that what
differs between them is the terms.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lmb.bonds.linked.coupons import base_coupon
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.scenario.issuer import IssuerView, issuer_view
from lmb.bonds.scenario.model import ScenarioModel
from lmb.bonds.scenario.quote import Quote, quote_document, quote_of
from lmb.bonds.scenario.valuation import run
from lmb.values.errors import RefusedError

CHANGES_MAX = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a sheet by path (places in lists from 1) and its new value, as JSON or as text."""

    path: str
    value: str

    def __str__(self) -> str:
        return f"{self.path}={self.value}"


@dataclass(frozen=True, slots=True)
class Design:
    """A sheet with changes, what investors would give for it and what it would cost the issuer."""

    changes: tuple[Change, ...]
    sheet: LinkedSheet
    quote: Quote
    issuer: IssuerView

    def document(self) -> dict[str, object]:
        """The design as JSON."""
        return {
            "changes": [str(change) for change in self.changes],
            "terms_sha256": self.sheet.sha256,
            **quote_document(self.quote),
            "issuer": self.issuer.document(),
        }


def read_change(text: str) -> Change:
    """A change written `path=value`. Raises RefusedError for anything else."""
    path, equals, value = text.partition("=")
    if not path or not equals or not value:
        raise RefusedError(
            f"{text!r} is no change: write field=value, such as limits.cap_percent=1.500 "
            "(scenario-pricing.md, section 7)"
        )
    return Change(path, value)


def design(
    sheet: LinkedSheet, model: ScenarioModel, changes: tuple[Change, ...], file_name: str
) -> Design:
    """A sheet with changes, valued. Raises RefusedError for a path the sheet does not have and
    InputError where the changed sheet is not sound or could break a promise."""
    changed = changed_sheet(sheet, changes, file_name)
    given = model.base_coupon_text
    base = base_coupon(changed, None if given is None else Decimal(given))
    quote = quote_of(changed, model, base, run(changed, model, Fraction(base)))
    return Design(changes, changed, quote, issuer_view(changed, model, Fraction(base)))


def changed_sheet(sheet: LinkedSheet, changes: tuple[Change, ...], file_name: str) -> LinkedSheet:
    """A sheet with changes, checked and proved. Raises RefusedError and InputError as `design`."""
    if len(changes) > CHANGES_MAX:
        raise RefusedError(f"{len(changes)} changes are more than the {CHANGES_MAX} one design has")
    document = json.loads(sheet.content)
    for change in changes:
        _change(document, change)
    return load_linked_sheet(file_name, json.dumps(document).encode()) if changes else sheet


def _change(document: dict[str, Any], change: Change) -> None:
    *parents, name = change.path.split(".")
    node: Any = document
    for step in parents:
        node = _child(node, step, change)
    _child(node, name, change)
    key: Any = int(name) - 1 if isinstance(node, list) else name
    # A new value has the kind of the old one: text stays text, so that 1.50 is not read inexactly.
    node[key] = change.value if isinstance(node[key], str) else _json(change)


def _child(node: Any, step: str, change: Change) -> Any:
    if isinstance(node, list) and step.isdecimal() and 1 <= int(step) <= len(node):
        return node[int(step) - 1]
    if isinstance(node, dict) and step in node:
        return node[step]
    raise RefusedError(
        f"the term sheet has no field {change.path!r}: {step!r} is not there; places in lists "
        "count from 1 (scenario-pricing.md, section 7)"
    )


def _json(change: Change) -> Any:
    try:
        return json.loads(change.value)
    except ValueError as error:
        raise RefusedError(f"{change}: {change.value!r} is no JSON value ({error})") from error
