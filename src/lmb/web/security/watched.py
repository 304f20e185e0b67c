"""Sessions, sign-ins and memberships as tables of keys."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lmb.people.queries_bodies import Member, SignInOnFile
from lmb.web.live_sessions import LiveSession
from lmb.web.tables import Column, Kind, Link, Table
from lmb.web.words import role_name, short_key


def sessions_table(sessions: Iterable[LiveSession], seats: Iterable[Member], own: UUID) -> Table:
    """One row per browser that is signed in."""
    seat = {member.membership: member for member in seats}
    rows = []
    for session in sessions:
        member = None if session.membership is None else seat.get(session.membership)
        rows.append(
            (
                session.seen_at,
                short_key(session.person),
                None if member is None else role_name(member.role),
                None if member is None else member.organisation,
                session.device or None,
                session.started_at,
                session.ends_at,
                Link(
                    _("End (your own)") if session.id == own else _("End"),
                    reverse("web:security:end-session", args=[session.id]),
                ),
            )
        )
    return Table(
        "sessions",
        _("Browsers signed in now, the last seen first; people stand with the end of their key"),
        (
            Column("seen_at", _("Last seen"), Kind.MOMENT),
            Column("person", _("Person")),
            Column("role", _("Role")),
            Column("organisation", _("Acting for")),
            Column("device", _("Device")),
            Column("started_at", _("Since"), Kind.MOMENT),
            Column("ends_at", _("Ends by itself"), Kind.MOMENT),
            Column("end", _("Stop"), Kind.LINK),
        ),
        rows,
        _("Browsers will appear here when somebody signs in."),
    )


def sign_ins_table(sign_ins: Iterable[SignInOnFile]) -> Table:
    """One row per sign-in."""
    return Table(
        "sign_ins",
        _("Sign-ins as identity providers told them, the newest first"),
        (
            Column("at", _("When"), Kind.MOMENT),
            Column("person", _("Person")),
            Column("issuer", _("Identity provider")),
            Column("ial", _("Identity level"), Kind.COUNT),
            Column("aal", _("Sign-in level"), Kind.COUNT),
            Column("methods", _("Methods")),
            Column("device", _("Device")),
        ),
        [
            (
                each.at,
                short_key(each.person),
                each.issuer,
                each.ial,
                each.aal,
                ", ".join(each.methods) or None,
                each.device or None,
            )
            for each in sign_ins
        ],
        _(
            "Sign-ins will appear here when somebody signs in with an identity provider. "
            "Personas of the demonstration have none."
        ),
    )


def members_table(members: Iterable[Member]) -> Table:
    """One row per membership, those in force first."""
    return Table(
        "members",
        _("Who acts for which organisation, those in force first"),
        (
            Column("organisation", _("Organisation")),
            Column("person", _("Person")),
            Column("role", _("Role")),
            Column("administers", _("May invite others")),
            Column("starts_at", _("Since"), Kind.MOMENT),
            Column("ended_at", _("Ended"), Kind.MOMENT),
            Column("end", _("Stop"), Kind.LINK),
        ),
        [
            (
                member.organisation,
                short_key(member.person),
                role_name(member.role),
                _("yes") if member.administers else _("no"),
                member.starts_at,
                member.ended_at,
                None
                if member.ended_at is not None
                else Link(
                    _("End"), reverse("web:security:end-membership", args=[member.membership])
                ),
            )
            for member in members
        ],
        _("Members will appear here when an organisation takes part."),
    )
