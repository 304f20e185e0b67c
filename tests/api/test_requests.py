"""What a request may say: everything else is refused, with what to do, before anything is done."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from lmb.api import reading
from lmb.people.roles import Role
from tests.api.conftest import World
from tests.api.support import ROOT, get, post, problem

SCORE = "/outcomes/score"
SOUND = {"program_year": 2023, "actual": "60", "negotiated": "70"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b" ", "line 1, column 2"),
        (b"{", "line 1, column 2"),
        (b"{} {}", "line 1, column 4"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b'{"a": -Infinity}', "-Infinity is no JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "more than 30 digits"),
        (b'{"a": 1e999}', "more than 30 digits"),
        (b"[" * 20 + b"]" * 20, "nests deeper"),
        (b"[" * 30_000, "nests deeper"),
        (b'{"a": "\\u0000"}', "a character that is none"),
        (b'{"a": "\\ud800"}', "a character that is none"),
        (b'{"\\ud800": 1}', "a character that is none"),
        (b"\xff\xfe{}", "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "not JSON"),
    ],
)
def test_a_body_that_is_not_one_sound_document_is_malformed(
    body: bytes, told: str, world: World
) -> None:
    response = post(SCORE, body, world.clients[Role.AGENCY])
    assert response.status_code == 400
    assert problem(response) == "malformed-request"
    assert told in json.loads(response.content)["detail"]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/problem+json",
        "",
    ],
)
def test_a_body_of_another_type_is_not_read(content_type: str, world: World) -> None:
    response = post(SCORE, SOUND, world.clients[Role.AGENCY], content_type=content_type)
    assert problem(response) == "unsupported-media-type"
    compressed = post(SCORE, SOUND, world.clients[Role.AGENCY], **{"Content-Encoding": "gzip"})
    assert problem(compressed) == "unsupported-media-type"


def test_a_body_beyond_the_limit_is_refused_unread(world: World) -> None:
    by = world.clients[Role.AGENCY]
    padded = json.dumps(SOUND).encode()
    largest = padded + b" " * (reading.BODY_BYTES_MAX - len(padded))
    assert post(SCORE, largest, by).status_code == 200
    response = post(SCORE, largest + b" ", by)
    assert problem(response) == "too-large"
    assert "65,536" in json.loads(response.content)["detail"]
    claimed = Client().post(
        ROOT + SCORE,
        padded,
        content_type="application/json",
        headers={"X-API-Key": by.key},
        CONTENT_LENGTH="99999999",
    )
    assert problem(claimed) == "too-large"


def test_a_body_in_chunks_is_not_read(world: World) -> None:
    by = world.clients[Role.AGENCY]
    response = Client().generic(
        "POST",
        ROOT + SCORE,
        "",
        content_type="application/json",
        headers={"X-API-Key": by.key, "Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
    )
    assert problem(response) == "length-required"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=0", "/query/limit"),
        ("limit=201", "/query/limit"),
        ("limit=ten", "/query/limit"),
        ("limit=1&limit=2", "/query/limit"),
        ("page=2", "/query/page"),
        ("cursor=!", "/query/cursor"),
        ("cursor=AAAA", "/query/cursor"),
        ("cursor=WzFd", "/query/cursor"),
        ("cursor=WyJub3QgYW4gaWQiXQ", "/query/cursor"),
        ("cursor=%00", "/query/cursor"),
        ("%00=1", "/query/\x00"),
    ],
)
def test_a_query_that_is_not_understood_is_refused(query: str, place: str, world: World) -> None:
    response = get(f"/bonds?{query}")
    assert problem(response) == "invalid-request"
    (fault,) = json.loads(response.content)["errors"]
    assert fault["place"] == place


def test_an_address_that_is_none_and_a_method_that_is_not_taken_are_problems(world: World) -> None:
    assert problem(get("/nowhere")) == "not-found"
    assert problem(get("/../../etc/passwd")) == "not-found"
    assert problem(get("/bonds/")) == "not-found"
    assert problem(get(f"/holdings/{'9' * 9}%00", world.clients[Role.INVESTOR])) in (
        "not-found",
        "invalid-request",
    )
    response = Client().delete(f"{ROOT}/bonds")
    assert problem(response) == "method-not-allowed"
    assert response["Allow"] == "GET"
    assert problem(Client().post(f"{ROOT}/openapi.json")) == "method-not-allowed"


def test_a_body_where_none_is_read_is_refused(world: World) -> None:
    response = Client().generic("GET", f"{ROOT}/bonds", "{}", content_type="application/json")
    assert problem(response) == "malformed-request"


def test_what_fails_on_our_side_says_so_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr("lmb.api.bonds.queries.bond_by_id", broken)
    response = get(f"/bonds/{world.bond.id}")
    assert problem(response) == "internal-error"
    assert "swordfish" not in response.content.decode()
    assert "swordfish" in caplog.text


def test_an_answer_that_is_still_the_same_is_not_sent_again(world: World) -> None:
    by = world.clients[Role.INVESTOR]
    for path, who in (("/bonds", None), ("/accounts", by)):
        first = get(path, who)
        tag = first["ETag"]
        assert first["Vary"].startswith("Authorization, X-API-Key")
        for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = get(path, who, **{"If-None-Match": asked})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert get(path, who, **{"If-None-Match": '"other"'}).status_code == 200
    assert get("/accounts", by)["Cache-Control"] == "private, no-cache"
    assert get("/bonds")["Cache-Control"] == "no-cache"


def test_answers_set_no_cookie_and_errors_are_not_kept(world: World) -> None:
    for response in (get("/bonds"), get("/client", world.clients[Role.AUDITOR])):
        assert not response.cookies
    assert get("/client")["Cache-Control"] == "no-store"


def test_an_operation_is_reached_past_what_is_for_browsers(world: World) -> None:
    response = get("/bonds")
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Content-Length"]) == len(response.content)
    assert "Accept-Language" not in response["Vary"]
    unchanged = get("/bonds", None, **{"If-None-Match": response["ETag"]})
    assert "Content-Length" not in unchanged


def test_a_host_we_do_not_answer_for_is_told_nothing_else(world: World) -> None:
    response = Client().get(f"{ROOT}/bonds", headers={"Host": "elsewhere.example"})
    assert problem(response) == "malformed-request"
    assert "elsewhere" not in response.content.decode()
