"""The pages about the API: readable without a script, at any width, by anyone."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import resolve
from playwright.sync_api import Browser

from lmb.api.api import OPERATIONS
from lmb.api.document import document, problems_of
from lmb.api.problems import PROBLEM_TYPES
from lmb.config.assets import AXE_SCRIPT
from tests.api.support import ROOT
from tests.web.conftest import serving
from tests.web.test_journeys import RULES, RUN_AXE


@pytest.fixture(scope="module")
def page() -> str:
    response = Client().get(f"{ROOT}/docs")
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_shows_every_operation_with_its_address_and_example(page: str) -> None:
    for address, methods in document()["paths"].items():
        for method, said in methods.items():
            assert f'id="{said["operationId"]}"' in page
            assert f"{method.upper()} {address}" in page
    assert page.count("<section") == len(OPERATIONS)


def test_the_page_runs_no_script_and_loads_nothing_from_elsewhere(page: str) -> None:
    assert "<script" not in page
    assert "style=" not in page
    assert not re.findall(r'(?:src|href)="https?:', page)
    policy = Client().get(f"{ROOT}/docs")["Content-Security-Policy"]
    assert "script-src 'none'" in policy


def test_every_link_of_the_page_leads_somewhere(page: str) -> None:
    places = set(re.findall(r'id="([^"]+)"', page))
    for link in re.findall(r'href="([^"]+)"', page):
        if link.startswith("#"):
            assert link[1:] in places
        elif not link.startswith("/static/"):
            assert resolve(link.partition("#")[0]).func is not None


def test_every_problem_has_a_page_that_says_what_to_do() -> None:
    for kind in PROBLEM_TYPES.values():
        response = Client().get(kind.uri)
        assert response.status_code == 200
        assert kind.name in response.content.decode()
    assert Client().get(f"{ROOT}/problems/none").status_code == 404


def test_the_document_says_of_every_operation_what_it_may_answer() -> None:
    found = document()
    assert found["openapi"].startswith("3.1")
    used = {
        said["operationId"]: said
        for methods in found["paths"].values()
        for said in methods.values()
    }
    assert set(used) == set(OPERATIONS)
    for name, said in used.items():
        known = OPERATIONS[name]
        statuses = {str(int(kind.status)) for kind in problems_of(known)}
        assert statuses <= set(said["responses"])
        assert said["description"], name
        assert known.example is not None, f"{name} shows no example of its answer"
        ways = [set(way) for way in said["security"]]
        assert (set() in ways) is (not known.access.needs_client)
        if known.access.scope is not None:
            assert {"AccessToken": [known.access.scope.value]} in said["security"]
    scopes = found["components"]["securitySchemes"]["AccessToken"]["flows"]["clientCredentials"]
    assert all(scopes["scopes"].values())


def test_the_document_is_sent_once() -> None:
    first = Client().get(f"{ROOT}/openapi.json")
    assert json.loads(first.content) == document()
    again = Client().get(f"{ROOT}/openapi.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_within_the_screen_and_quiet(browser: Browser, width: int) -> None:
    with serving() as address:
        page = browser.new_page(viewport={"width": width, "height": 844})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        for place in ("/docs", "/problems/rate-limited"):
            page.goto(f"{address}{ROOT}{place}")
            page.evaluate(AXE_SCRIPT.read_text())
            assert page.evaluate(RUN_AXE, RULES) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints == []
        page.close()
