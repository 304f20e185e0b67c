"""Who visits: read from the session at the door, never told by the page.

Somebody signs in once (`begin`) and is then themselves; they may go on for an organisation they
belong to or for a person they act for (`act_for`). Each of these changes the browser's secret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from lmb.people import queries
from lmb.people.acting import Acting
from lmb.people.assurance import Assurance
from lmb.people.roles import Role
from lmb.web.session_store import VISIT, SessionStore


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in: the capacity they act in, the session, and when they asked."""

    by: Acting
    session: UUID
    at: datetime


def visit_of(request: HttpRequest) -> Visit | None:
    """Who visits; None for somebody who is not signed in. A capacity that has ended meanwhile
    leaves them in their own name."""
    known: Visit | None = getattr(request, "_lmb_visit", None)
    if known is None and (known := _read(request)) is not None:
        request._lmb_visit = known  # type: ignore[attr-defined]
    return known


def begin(
    request: HttpRequest, cell: int, person: UUID, assurance: Assurance, *, device: str = ""
) -> Visit:
    """Sign somebody in, in their own name. `device` is what they will know the browser by."""
    by = queries.acting_as_self(cell, person, assurance)
    return _keep(request, by, device or request.headers.get("User-Agent", ""))


def act_for(
    request: HttpRequest, *, membership: UUID | None = None, delegation: UUID | None = None
) -> Visit:
    """Go on in another capacity: for an organisation, for a person, or (with neither) as oneself.

    Raises RefusedError for a capacity that is not theirs, PermissionError for nobody signed in.
    """
    visit = _signed_in(request)
    by = visit.by
    if membership is not None:
        by = queries.acting_as_member(by.cell, by.person, membership, by.assurance)
    elif delegation is not None:
        by = queries.acting_as_delegate(by.cell, by.person, delegation, by.assurance, visit.at)
    else:
        by = queries.acting_as_self(by.cell, by.person, by.assurance)
    return _keep(request, by, _device(request))


def step_up(request: HttpRequest, assurance: Assurance) -> Visit:
    """Somebody showed again, and perhaps better, that they are who they are: same capacity, new
    assurance. Raises PermissionError for nobody signed in."""
    by = replace(_signed_in(request).by, assurance=assurance)
    return _keep(request, by, _device(request))


def end(request: HttpRequest) -> None:
    """Sign out: the session is gone, and whatever pages remembered with it."""
    request.session.flush()
    request._lmb_visit = None  # type: ignore[attr-defined]


def _keep(request: HttpRequest, by: Acting, device: str) -> Visit:
    session = _session(request)
    session[VISIT] = {
        "cell": by.cell,
        "person": str(by.person),
        "role": by.role.value,
        "membership": None if by.membership is None else str(by.membership),
        "delegation": None if by.delegation is None else str(by.delegation),
        "device": device,
        "assurance": _document(by.assurance),
    }
    session.role, session.organisation = by.role, by.organisation
    # A new secret at each change of rights: a session fixed beforehand gains none of them.
    session.cycle_key()
    request._lmb_visit = None  # type: ignore[attr-defined]
    return _signed_in(request)


def _device(request: HttpRequest) -> str:
    return str(request.session[VISIT]["device"])


def _session(request: HttpRequest) -> SessionStore:
    session = request.session
    assert isinstance(session, SessionStore)
    return session


def _signed_in(request: HttpRequest) -> Visit:
    visit = visit_of(request)
    if visit is None:
        raise PermissionError("nobody is signed in")
    return visit


def _read(request: HttpRequest) -> Visit | None:
    session = _session(request)
    held = session.get(VISIT)
    if held is None or session.id is None:
        return None
    membership, delegation = _key(held["membership"]), _key(held["delegation"])
    role, organisation = session.role, session.organisation
    if role is None:
        role, organisation, membership, delegation = Role.CITIZEN, None, None, None
    by = Acting(
        held["cell"],
        UUID(held["person"]),
        role,
        _assurance(held["assurance"]),
        membership,
        organisation,
        delegation,
    )
    return Visit(by, session.id, timezone.now())


def _key(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _document(assurance: Assurance) -> dict[str, object]:
    return {
        "ial": assurance.ial,
        "aal": assurance.aal,
        "amr": sorted(assurance.amr),
        "authenticated_at": assurance.authenticated_at.isoformat(),
        "phishing_resistant": assurance.phishing_resistant,
        "device": assurance.device,
    }


def _assurance(held: dict[str, object]) -> Assurance:
    return Assurance(
        ial=int(str(held["ial"])),
        aal=int(str(held["aal"])),
        amr=frozenset(map(str, held["amr"])),  # type: ignore[call-overload]
        authenticated_at=datetime.fromisoformat(str(held["authenticated_at"])),
        phishing_resistant=held["phishing_resistant"] is True,
        device=str(held["device"]),
    )
