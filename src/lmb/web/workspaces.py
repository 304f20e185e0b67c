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
    """The pages of one role; the first is where one arrives. `duties` are pages that several roles
    share, shown beside the role."""

    role: Role
    title: Words
    pages: tuple[Page, ...]
    duties: tuple[Page, ...] = ()

    @property
    def home(self) -> str:
        return self.pages[0].view


_APPROVE = Page("web:proposals", _("Approve"))
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
    Workspace(
        Role.REPRESENTATIVE,
        _("For another person"),
        (Page("web:representative:home", _("Wallet")),),
    ),
    Workspace(
        Role.PROVIDER,
        _("Training"),
        (
            Page("web:provider:home", _("Learners")),
            Page("web:provider:payments", _("Payments")),
            Page("web:provider:programs", _("Programs")),
        ),
        (_APPROVE,),
    ),
    Workspace(
        Role.EMPLOYER,
        _("Employees"),
        (
            Page("web:employer:home", _("Work")),
            Page("web:employer:confirm", _("Confirm work")),
        ),
    ),
    Workspace(
        Role.STATE_BOARD,
        _("State board"),
        (
            Page("web:board:home", _("Decisions")),
            Page("web:board:money", _("Money")),
            Page("web:board:people", _("People")),
        ),
        (_APPROVE, Page("web:counter", _("Counter"))),
    ),
    Workspace(
        Role.AGENCY,
        _("Programme"),
        (
            Page("web:agency:home", _("Outcomes")),
            Page("web:agency:cases", _("Cases")),
            Page("web:agency:rules", _("Rules")),
        ),
        (_APPROVE,),
    ),
    Workspace(
        Role.TREASURY, _("Debt"), (Page("web:treasury:home", _("Debt service")),), (_APPROVE,)
    ),
    Workspace(
        Role.INVESTOR,
        _("Holdings"),
        (
            Page("web:investor:home", _("Holdings")),
            Page("web:investor:statement", _("Statement")),
            Page("web:investor:bids", _("Bids")),
        ),
    ),
    Workspace(
        Role.AUDITOR,
        _("Books"),
        (
            Page("web:auditor:home", _("Books")),
            Page("web:auditor:sample", _("Sample")),
            Page("web:auditor:looks", _("Who looked")),
        ),
        (_APPROVE,),
    ),
    Workspace(
        Role.SECURITY_OFFICER,
        _("Watch"),
        (
            Page("web:security:home", _("Sessions")),
            Page("web:security:sign-ins", _("Sign-ins")),
            Page("web:security:looks", _("Who looked")),
            Page("web:security:members", _("Members")),
        ),
        (_APPROVE,),
    ),
)
WORKSPACES = {workspace.role: workspace for workspace in _ALL}


def workspace_of(role: Role) -> Workspace | None:
    """The workspace of a role; None where it has no pages."""
    return WORKSPACES.get(role)
