"""Each request gets an identifier, a line in the log and a place in the figures: by the pattern of
its address, never by the address."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lmb.config import metrics
from lmb.config.logs import REQUEST

logger = logging.getLogger(__name__)
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
HEADER = "X-Request-ID"


def told_requests(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware, before all others. What the browser calls its request is not taken over."""

    def told(request: HttpRequest) -> HttpResponse:
        identifier = secrets.token_hex(8)
        token = REQUEST.set(identifier)
        started = time.perf_counter()
        try:
            response = answer(request)
            seconds = time.perf_counter() - started
            method = request.method if request.method in METHODS else "other"
            match = request.resolver_match
            route = match.route if match is not None else "none"
            metrics.observe(str(method), route, response.status_code, seconds)
            line = {
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            }
            logger.info("answered", extra={"told": line})
        finally:
            REQUEST.reset(token)
        response.headers[HEADER] = identifier
        return response

    return told
