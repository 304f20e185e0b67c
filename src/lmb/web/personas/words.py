"""What each role does, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lmb.people.roles import Role

TASKS = {
    Role.CITIZEN: _("See what your training credit is, where each dollar went, and who looked."),
    Role.REPRESENTATIVE: _("Help a person with what they handed over to you, and nothing more."),
    Role.PROVIDER: _("See who you train, what you are owed, and why."),
    Role.EMPLOYER: _("Confirm whom you hired and at what wage."),
    Role.STATE_BOARD: _("Decide what waits for a decision, and watch the money of the state."),
    Role.AGENCY: _("See whether the program works and is honest."),
    Role.TREASURY: _("Announce bonds, hold auctions, pay coupons, see what is owed."),
    Role.INVESTOR: _("See what you hold and what it will pay, and check every coupon."),
    Role.AUDITOR: _("Check that no movement was changed, and draw samples."),
    Role.SECURITY_OFFICER: _("See who signed in and who looked at whom."),
}
