"""What holds for every page: headers, methods, markup, cost, links that lead somewhere."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lmb.settlement.report import Report
from tests.web.support import bond_address, html, pages

POLICY = (
    "default-src 'none'; base-uri 'none'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self'; script-src 'none'; style-src 'self'"
)
QUERIES_MAX = 50
"""A bond's page asks four times for each of its ten interest periods, and 60 times besides."""

CRAWLED_MAX = 250
VOID = {"area", "base", "br", "hr", "img", "input", "link", "meta"}


class Outline(HTMLParser):
    """Tags that are not closed in order, attributes that strict pages may not have, identifiers
    given twice and headings that skip a level."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.identifiers: set[str] = set()
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"script", "style", "iframe", "object", "embed"}:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"{tag} {name}")
            if name in {"href", "src", "action"} and re.match(r"\s*(\w+:|//)", value or ""):
                self.faults.append(f"{tag} {name}={value}")
            if name == "id":
                if value in self.identifiers:
                    self.faults.append(f"id {value} twice")
                self.identifiers.add(str(value))
        if re.fullmatch(r"h[1-6]", tag):
            level = int(tag[1])
            if level > (self.headings[-1] if self.headings else 0) + 1:
                self.faults.append(f"<{tag}> skips a level")
            self.headings.append(level)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")


def test_markup_is_sound_and_free_of_scripts_styles_and_other_sites(
    client: Client, demonstration: Report
) -> None:
    for address in pages(demonstration):
        outline = Outline()
        outline.feed(html(client, address))
        outline.close()
        assert outline.faults == [], address
        assert outline.open == [], address
        assert outline.headings.count(1) == 1, address


def test_every_kind_of_answer_has_the_headers_that_protect_it(demonstration: Report) -> None:
    addresses = [
        *pages(demonstration),
        bond_address(demonstration) + "terms.json",
        bond_address(demonstration) + "demand.csv",
        bond_address(demonstration) + "papers/results.pdf",
        "/nothing/",
    ]
    for address in addresses:
        response = Client().get(address)
        headers = response.headers
        parts = sorted(headers["Content-Security-Policy"].split("; "))
        assert "; ".join(parts) == "; ".join(sorted(POLICY.split("; "))), address
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        # The form alone needs a cookie; without an age it ends with the browser's session.
        cookies = [str(cookie.OutputString()) for cookie in response.cookies.values()]
        if address.endswith("/receipt/"):
            (cookie,) = cookies
            assert re.fullmatch(r"csrftoken=\w+; HttpOnly; Path=/; SameSite=Strict", cookie)
        else:
            assert cookies == [], address


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_pages_and_files_can_only_be_read(demonstration: Report, method: str) -> None:
    careful = Client(enforce_csrf_checks=True)
    read = [address for address in pages(demonstration)[::2] if address != "/receipt/"]
    read += [
        bond_address(demonstration) + "terms.json",
        bond_address(demonstration) + "papers/results.pdf",
        f"/audit/{demonstration.cell}/",
        f"/audit/{demonstration.cell}/checkpoint",
    ]
    for address in read:
        response = getattr(careful, method)(address)
        assert response.status_code == 405, address
        assert response.headers["Allow"] == "GET, HEAD"


def test_head_is_answered_like_get_without_a_body(client: Client, demonstration: Report) -> None:
    for address in pages(demonstration)[::2]:
        response = client.head(address)
        assert (response.status_code, response.content) == (200, b"")


def test_cost_of_a_page_is_bounded(client: Client, demonstration: Report) -> None:
    for address in pages(demonstration):
        with CaptureQueriesContext(connection) as asked:
            html(client, address)
        assert len(asked) <= QUERIES_MAX, f"{address}: {len(asked)} queries"


def test_every_link_leads_to_a_page_and_every_fragment_to_a_place(
    client: Client, demonstration: Report
) -> None:
    waiting = deque(pages(demonstration))
    seen: dict[str, str] = {}
    files: set[str] = set()
    while waiting and len(seen) < CRAWLED_MAX:
        address = waiting.popleft()
        if address in seen:
            continue
        seen[address] = markup = html(client, address)
        for link in re.findall(r'href="([^"]+)"', markup):
            target, _, fragment = unescape(link).partition("#")
            target = address.partition("?")[0] + target if target[:1] in {"", "?"} else target
            if target.startswith("/static/") or target.endswith(".pdf"):
                files.add(target)
                continue
            waiting.append(target)
            if fragment and target in seen:
                assert f'id="{fragment}"' in seen[target], link
    assert len(seen) == CRAWLED_MAX
    for target in files:
        response = client.get(target)
        assert response.status_code == 200, target
        response.close()
