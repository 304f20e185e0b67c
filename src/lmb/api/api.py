"""Version 1 of the API, put together."""

from __future__ import annotations

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from lmb.api import (  # noqa: F401 - each makes its operations known by being there
    accounts,
    auctions,
    bonds,
    enrolments,
    fund,
    holdings,
    oauth,
    organisations,
    outcomes,
    proofs,
    work,
)
from lmb.api.operations import OPERATIONS, ROUTER, failed
from lmb.api.reading import StrictParser

__all__ = ["API", "OPERATIONS", "TITLE", "VERSION"]

VERSION = "1.0"
TITLE = "Labor Market Bonds"

API = NinjaAPI(
    title=TITLE,
    version=VERSION,
    urls_namespace="api-1",
    # Our own document and page: complete, and without a script from elsewhere.
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
)
API.add_router("", ROUTER)
# ninja answers these in its own way where it is not told otherwise.
for kind in (Exception, Http404, HttpError, ValidationError):
    API.add_exception_handler(kind, failed)
