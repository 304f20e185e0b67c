"""From an address to what it names, or a 404 that says what to do."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from lmb.bonds import queries as bonds
from lmb.bonds.queries import BondOnFile
from lmb.settlement import report as reports
from lmb.settlement.report import Report
from lmb.settlement.trace import Node, trace
from lmb.values.errors import NotFoundError


def uuid_or_404(text: str) -> UUID:
    """An identifier as the pages write it: 32 hexadecimal digits with hyphens."""
    try:
        found = UUID(text)
    except ValueError:
        found = None
    if found is None or str(found) != text.lower():
        raise Http404(
            _(
                "An identifier has 32 digits and letters with hyphens, such as "
                "0051c9c0-b280-75ab-8b23-da1cbf7349e0. Copy it whole from a page or from the "
                "summary that the program prints."
            )
        )
    return found


def bond_or_404(text: str) -> BondOnFile:
    """A bond by the identifier in its address."""
    identifier = uuid_or_404(text)
    try:
        return bonds.bond_by_id(identifier)
    except NotFoundError as error:
        raise Http404(
            _("These books have no bond with this identifier. The first page lists all bonds.")
        ) from error


def report_or_404(text: str) -> Report:
    """The report of a bond by the identifier in its address."""
    return reports.report(bond_or_404(text))


def trace_or_404(identifier: UUID) -> Node:
    """The trace of a transfer, journal, determination or order."""
    try:
        return trace(identifier)
    except NotFoundError as error:
        raise Http404(
            _(
                "Nothing in these books has this identifier. It may belong to a person's record, "
                "which is not shown, or to books of another machine. Start from a payment on the "
                "page of a bond."
            )
        ) from error
