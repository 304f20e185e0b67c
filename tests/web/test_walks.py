"""Each role walked through in a browser: every page of its workspace at a phone's and a desktop's
width, in both languages, accessible, quiet and within the screen. Screenshots are kept in
`var/screenshots/` to be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lmb.config.assets import AXE_SCRIPT
from lmb.config.paths import CLONE
from lmb.people.roles import Role
from lmb.web.workspaces import WORKSPACES
from tests.web.test_journeys import RULES, RUN_AXE, opened, tab_to, tab_to_text

SCREENSHOTS = CLONE / "var" / "screenshots"
WALKS = [(390, ""), (390, "/es"), (1280, ""), (1280, "/es")]


@pytest.fixture(scope="module")
def shots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


def come_in(page: Page, role: Role, language: str) -> None:
    page.goto(f"{language}/personas/{role.value}/")
    page.locator("main button[type=submit]").click()
    page.wait_for_selector(".visitor")


def faults_of(page: Page, axe: str) -> list[str]:
    """What is wrong with the page as it stands."""
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.evaluate(axe)
    found: list[str] = page.evaluate(RUN_AXE, RULES)
    return [*([f"{beyond} px too wide"] if beyond > 0 else []), *found]


@pytest.mark.parametrize(("width", "language"), WALKS)
def test_every_page_of_every_role_is_accessible_quiet_and_within_the_screen(
    browser: Browser, site_to_try: str, shots: Path, width: int, language: str
) -> None:
    axe = AXE_SCRIPT.read_text()
    faults: list[str] = []
    for role, workspace in WORKSPACES.items():
        if role is Role.CITIZEN:
            # Has walks of its own.
            continue
        with opened(browser, site_to_try, width) as (page, complaints):
            come_in(page, role, language)
            ways = page.locator("header nav a:not(.language)").evaluate_all(
                "links => links.map(link => link.getAttribute('href'))"
            )
            assert len(ways) == len(workspace.pages)
            for number, way in enumerate(ways):
                response = page.goto(way)
                assert response is not None
                assert response.status == 200, way
                faults += [f"{way} {width}: {fault}" for fault in faults_of(page, axe)]
                name = f"{role.value}-{number}-{width}{language.replace('/', '-')}.png"
                page.screenshot(path=shots / name, full_page=True)
            faults += [f"{role.value}: {said}" for said in complaints]
    assert faults == []


@pytest.mark.parametrize("width", [390, 1280])
def test_keyboard_alone_confirms_somebodys_work(
    browser: Browser, site_to_try: str, width: int
) -> None:
    axe = AXE_SCRIPT.read_text()
    with opened(browser, site_to_try, width) as (page, complaints):
        come_in(page, Role.EMPLOYER, "")
        tab_to(page, "/employer/confirm/")
        page.keyboard.press("Enter")
        page.wait_for_url("**/employer/confirm/")
        page.locator("#person").focus()
        page.keyboard.press("ArrowDown")
        for field, typed in (("period_from", "01012026"), ("period_to", "01312026")):
            page.locator(f"#{field}").focus()
            page.keyboard.type(typed)
        for field, typed in (("hours", "160"), ("wages", "a lot")):
            page.locator(f"#{field}").focus()
            page.keyboard.type(typed)
        page.keyboard.press("Enter")
        # What is wrong is told first, and the way to it is a link.
        page.wait_for_selector(".problems")
        tab_to(page, "#wages")
        assert faults_of(page, axe) == []
        page.locator("#wages").fill("3200")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Check your answers")
        assert faults_of(page, axe) == []
        tab_to_text(page, "Change the answers")
        # The browser tells once that what was sent was not accepted.
        (said,) = complaints
        assert "status of 422" in said


@pytest.mark.parametrize("width", [390])
def test_rows_are_sorted_and_walked_by_links_alone(
    browser: Browser, site_to_try: str, width: int
) -> None:
    with opened(browser, site_to_try, width) as (page, complaints):
        come_in(page, Role.PROVIDER, "")
        tab_to_text(page, r"^Completed$")
        page.keyboard.press("Enter")
        page.wait_for_url("**sort=learners.completed_on*")
        heading = page.locator("#learners th[aria-sort]")
        assert heading.get_attribute("aria-sort") == "ascending"
        page.get_by_role("link", name="Next", exact=True).click()
        page.wait_for_url("**learners=2*")
        assert "sort=learners.completed_on" in page.url
        assert complaints == []
