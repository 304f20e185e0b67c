"""Who looked at whom, as a table of keys: the pages of those who watch name nobody."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lmb.people.access_log import LOOKS_SHOWN_MAX, Look, newest_looks
from lmb.people.roles import Role
from lmb.web.bonds_shown import bonds_shown
from lmb.web.tables import Column, Kind, Table, page
from lmb.web.visits import Visit
from lmb.web.words import role_name, short_key


def looks_page(request: HttpRequest, visit: Visit, template: str) -> HttpResponse:
    """The newest looks in the cell of somebody whose role it is to watch."""
    found = newest_looks(visit.by.cell, limit=LOOKS_SHOWN_MAX)
    context = {
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "looks": len(found),
        "refused": sum(look.basis == "refused" for look in found),
    }
    empty = _("Looks at people's records will appear here when somebody makes one.")
    return page(request, template, context, looks_table(found, empty))


def looks_table(looks: Iterable[Look], empty: str) -> Table:
    """One row per look, the newest first."""
    return Table(
        "looks",
        _("Who looked at a person's record, the newest first; people stand with the end of a key"),
        (
            Column("at", _("When"), Kind.MOMENT),
            Column("person", _("Person looked at")),
            Column("principal", _("Who looked")),
            Column("role", _("In the role of")),
            Column("organisation", _("Acting for")),
            Column("purpose", _("Purpose")),
            Column("right", _("By what right")),
            Column("fields", _("Fields")),
        ),
        [
            (
                look.at,
                short_key(look.person),
                short_key(look.principal),
                role_name(Role(look.role)),
                look.organisation,
                look.purpose,
                right_name(look.basis),
                f"{look.record}: {', '.join(look.fields)}",
            )
            for look in looks
        ],
        empty,
    )


def right_name(basis: str) -> str:
    """By what right somebody looked; several are joined by a plus sign in the log."""
    names = {
        "self": _("their own record"),
        "delegation": _("delegation"),
        "consent": _("consent"),
        "state": _("case work of the state"),
        "grant": _("opened for one case"),
        "told": _("checked by the room that shows it"),
        "refused": _("refused: nothing was shown"),
    }
    return ", ".join(names.get(part, part) for part in basis.split("+"))
