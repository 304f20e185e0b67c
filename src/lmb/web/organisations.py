"""For which organisation somebody visits."""

from __future__ import annotations

from lmb.people.queries_bodies import OrganisationOnFile, organisation
from lmb.values.errors import RefusedError
from lmb.web.visits import Visit


def organisation_of(visit: Visit) -> OrganisationOnFile:
    """The organisation somebody acts for. Raises RefusedError for somebody who acts for none."""
    if visit.by.organisation is None:
        raise RefusedError("this page is for an organisation; choose one to act for")
    return organisation(visit.by.cell, visit.by.organisation)
