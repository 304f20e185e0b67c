"""Names that pages of several workspaces use, in the language of the page."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lmb.people.roles import Role

ROLES = {
    Role.CITIZEN: _("Yourself"),
    Role.REPRESENTATIVE: _("Representative of a person"),
    Role.PROVIDER: _("Training provider"),
    Role.EMPLOYER: _("Employer"),
    Role.STATE_BOARD: _("State workforce board"),
    Role.AGENCY: _("Labor agency"),
    Role.TREASURY: _("Treasury"),
    Role.INVESTOR: _("Investor"),
    Role.AUDITOR: _("Auditor"),
    Role.SECURITY_OFFICER: _("Security officer"),
}


def role_name(role: Role) -> str:
    """What a role is called."""
    return str(ROLES[role])


KEY_CHARACTERS_SHOWN = 8


def short_key(key: UUID) -> str:
    """The end of a key, enough to tell two rows apart; its beginning is a moment."""
    return str(key)[-KEY_CHARACTERS_SHOWN:]
