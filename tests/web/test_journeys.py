"""The pages in a browser: accessible, within the screen, quiet, and walkable by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from lmb.config.assets import AXE_SCRIPT
from lmb.settlement.report import Report
from tests.web.support import bond_address, pages

WIDTHS = (390, 1280)
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
RUN_AXE = """async (rules) => {
    const found = await axe.run({runOnly: {type: 'tag', values: rules}});
    return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' '));
}"""
STEPS_MAX = 120
"""Presses of Tab after which a walk by keyboard is lost."""


@contextmanager
def opened(browser: Browser, served: str, width: int) -> Iterator[tuple[Page, list[str]]]:
    """A page of some width, and what the browser complained about."""
    # The page allows no script; the checks are put in from outside, past its policy.
    context = browser.new_context(viewport={"width": width, "height": 844}, base_url=served)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(served) else complaints.append(f"left: {request.url}")
        ),
    )
    try:
        yield page, complaints
    finally:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_accessible_quiet_and_within_the_screen(
    browser: Browser, served: str, demonstration: Report, width: int
) -> None:
    axe = AXE_SCRIPT.read_text()
    faults: list[str] = []
    with opened(browser, served, width) as (page, complaints):
        for address in pages(demonstration):
            response = page.goto(address)
            assert response is not None
            assert response.status == 200
            for closed in page.locator("details > summary").all():
                closed.click()
            beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if beyond > 0:
                faults.append(f"{address} is {beyond} px too wide")
            page.evaluate(axe)
            faults += [f"{address} {found}" for found in page.evaluate(RUN_AXE, RULES)]
        assert complaints == []
    assert faults == []


@pytest.mark.parametrize("width", WIDTHS)
def test_error_page_is_accessible(
    browser: Browser, served: str, demonstration: Report, width: int
) -> None:
    with opened(browser, served, width) as (page, _):
        page.goto("/trace/abc/")
        page.evaluate(AXE_SCRIPT.read_text())
        assert page.evaluate(RUN_AXE, RULES) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_keyboard_alone_leads_from_home_to_the_trace_of_a_bonus(
    browser: Browser, served: str, demonstration: Report, width: int
) -> None:
    with opened(browser, served, width) as (page, _):
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "usa-skipnav"
        page.keyboard.press("Enter")
        tab_to(page, bond_address(demonstration))
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{bond_address(demonstration)}")
        # The arrow of the bonus in the picture of the money is a link like any other.
        tab_to_text(page, r"bonus \$34,961\.82")
        page.keyboard.press("Enter")
        page.wait_for_url("**/trace/**")
        assert "outcome bonus" in page.locator("h1").inner_text()


def tab_to(page: Page, address: str) -> None:
    for _ in range(STEPS_MAX):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == address:
            return
    raise AssertionError(f"no way to {address} by keyboard")


def tab_to_text(page: Page, pattern: str) -> None:
    for _ in range(STEPS_MAX):
        page.keyboard.press("Tab")
        said = " ".join(str(page.evaluate("document.activeElement.textContent")).split())
        if re.search(pattern, said):
            return
    raise AssertionError(f"no way to {pattern!r} by keyboard")


def test_language_is_changed_on_the_page_one_is_on(
    browser: Browser, served: str, demonstration: Report
) -> None:
    with opened(browser, served, 390) as (page, complaints):
        page.goto(bond_address(demonstration))
        page.get_by_role("link", name="Español").click()
        assert page.url.endswith("/es" + bond_address(demonstration))
        page.get_by_role("link", name="English").click()
        assert page.url.endswith(bond_address(demonstration))
        assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_only_one_picture_of_the_money_is_there_for_anybody(
    browser: Browser, served: str, demonstration: Report, width: int
) -> None:
    with opened(browser, served, width) as (page, _):
        page.goto("/")
        pictures = page.get_by_role("group", name="Where the money went")
        assert pictures.count() == 1
        assert pictures.get_by_role("link").count() >= 20
