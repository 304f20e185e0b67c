"""Logs are lines of JSON that say nothing about people, whatever is asked for or goes wrong."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from lmb.config.logs import HIDDEN, JsonLines, scrubbed
from lmb.config.requests import HEADER, told_requests

SECRETS = (
    "219-09-9999",
    "219099999",
    "ana@example.org",
    "01a2ce8b-d400-74dd-85a7-5b81d67dcbd5",
    "Nunez",
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged, from the lowest level on, as the server would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "django", "lmb")}
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def documents(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_request_is_told_by_the_pattern_of_its_address(lines: io.StringIO) -> None:
    response = Client().get("/glossary/?name=Nunez&ssn=219-09-9999")
    (told,) = [one for one in documents(lines) if one["event"] == "answered"]
    assert told["route"] == "glossary/"
    assert (told["method"], told["status"], told["level"]) == ("GET", 200, "info")
    assert told["request"] == response.headers[HEADER]
    assert len(told["request"]) == 16


@pytest.mark.parametrize("secret", SECRETS)
def test_no_address_query_header_or_form_reaches_the_log(lines: io.StringIO, secret: str) -> None:
    client = Client(headers={"User-Agent": secret, "X-Request-ID": secret, "Referer": secret})
    for address in (f"/{secret}", f"/{secret}/?who={secret}", f"/glossary/?{secret}", "/receipt/"):
        client.get(address)
        client.post(address, {"receipt": secret, secret: secret})
    client.get("/glossary/", headers={"Host": secret.replace("@", "-")})
    client.generic(secret.replace("@", "-"), "/glossary/")
    assert len(documents(lines)) > 8
    assert secret not in lines.getvalue()


def test_a_failure_is_told_by_kind_and_place_and_not_by_what_it_says(lines: io.StringIO) -> None:
    def failing(request: HttpRequest) -> HttpResponse:
        try:
            raise KeyError("219-09-9999")
        except KeyError as error:
            raise ValueError("ana@example.org is wrong") from error

    with pytest.raises(ValueError, match="is wrong"):
        told_requests(failing)(RequestFactory().get("/"))
    try:
        failing(RequestFactory().get("/"))
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/Nunez")
    (told,) = [one for one in documents(lines) if "error" in one]
    assert told["error"] == ["builtins.ValueError", "builtins.KeyError"]
    assert told["where"][-1].endswith(" failing")
    assert not any(secret in lines.getvalue() for secret in SECRETS)


def test_words_of_others_are_kept_without_what_was_filled_in(lines: io.StringIO) -> None:
    logging.getLogger("somebody.elses").warning("row %s of %r", 7, "Nunez")
    logging.getLogger("somebody.elses").warning("person 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5 left")
    logging.getLogger("somebody.elses").warning(ValueError("219-09-9999"))
    events = [one["event"] for one in documents(lines)]
    assert events == ["row %s of %r", f"person {HIDDEN} left", ""]


@pytest.mark.parametrize(
    "words",
    [
        "219-09-9999",
        "219 09 9999",
        "call 4105550100 now",
        "/people/?ssn=x",
        "a@b.c",
        "Invalid HTTP_HOST header: 'Nunez'",
        'no column "Nunez"',
    ],
)
def test_what_looks_like_an_identifier_is_taken_out(words: str) -> None:
    assert HIDDEN in scrubbed(words)
    assert not any(part in scrubbed(words) for part in ("219", "9999", "4105", "ssn", "@", "Nunez"))
