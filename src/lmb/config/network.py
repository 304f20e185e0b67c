"""The network, for asking identity providers: one request, a few seconds, a bounded answer."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

SECONDS = 10
ANSWER_BYTES_MAX = 1_000_000
AGENT = "labor-market-bonds"


class _NoRedirects(HTTPRedirectHandler):
    """A token must not travel to where an answer points."""

    def redirect_request(self, *args: Any, **named: Any) -> None:
        return None


class Network:
    """`lmb.people.oidc.Http` over the machine's own network and its trusted authorities."""

    def __init__(self) -> None:
        self._opener = build_opener(_NoRedirects)

    def get(self, url: str, headers: Mapping[str, str]) -> bytes:
        return self._answer(Request(url, headers={**headers, "Accept": "application/json"}))

    def post(self, url: str, form: Mapping[str, str]) -> bytes:
        headers = {"Accept": "application/json"}
        return self._answer(Request(url, data=urlencode(form).encode(), headers=headers))

    def _answer(self, request: Request) -> bytes:
        request.add_header("User-Agent", AGENT)
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                content: bytes = answer.read(ANSWER_BYTES_MAX + 1)
                status = answer.status
        except HTTPError as error:
            error.close()
            raise OSError(f"answered {error.code}") from None
        except HTTPException as error:
            raise OSError("the answer is not HTTP") from error
        if status != 200 or len(content) > ANSWER_BYTES_MAX:
            raise OSError(f"answered {status} with {len(content)} bytes")
        return content
