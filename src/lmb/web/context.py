"""What every page may ask for: who visits, and the workspace they are in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from lmb.web.visits import visit_of
from lmb.web.workspaces import Workspace, workspace_of


def visitor(request: HttpRequest) -> dict[str, object]:
    """`visit` and `workspace`, None for somebody who is not signed in; read when a page asks, so
    that pages for everybody cost no look at the sessions. `personas`: whether roles can be tried.
    """
    return {
        "visit": SimpleLazyObject(lambda: visit_of(request)),
        "workspace": SimpleLazyObject(lambda: _workspace(request)),
        "personas": settings.PERSONAS,
    }


def _workspace(request: HttpRequest) -> Workspace | None:
    visit = visit_of(request)
    return None if visit is None else workspace_of(visit.by.role)
