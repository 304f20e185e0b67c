"""What each role can open: the list that navigation, the way in and the matrix of pages read."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lmb.people.roles import Role

Words = str | Promise
"""Text that is put into the visitor's language when it is shown."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the navigation, by the name of its address."""

    view: str
    label: Words


@dataclass(frozen=True, slots=True)
class Workspace:
    """The pages of one role; the first is where one arrives."""

    role: Role
    title: Words
    pages: tuple[Page, ...]

    @property
    def home(self) -> str:
        return self.pages[0].view


_ALL = (
    Workspace(
        Role.CITIZEN,
        _("My training"),
        (
            Page("web:citizen:home", _("Wallet")),
            Page("web:citizen:history", _("History")),
            Page("web:citizen:code", _("My code")),
            Page("web:citizen:news", _("News")),
            Page("web:citizen:looks", _("Who looked")),
            Page("web:citizen:consents", _("Sharing")),
            Page("web:citizen:helpers", _("Helpers")),
        ),
    ),
)
WORKSPACES = {workspace.role: workspace for workspace in _ALL}


def workspace_of(role: Role) -> Workspace | None:
    """The workspace of a role; None where it has no pages."""
    return WORKSPACES.get(role)
