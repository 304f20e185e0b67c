"""The person's pages in a browser: by keyboard, without script, without a network, and light."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lmb.config.assets import AXE_SCRIPT
from tests.web.citizen.test_wallet import PAGES
from tests.web.test_journeys import RULES, RUN_AXE, WIDTHS, opened, tab_to, tab_to_text

KILOBYTES_MAX = 150


def come_in(page: Page, language: str = "") -> None:
    page.goto(f"{language}/personas/citizen/")
    page.locator("main button").click()
    page.wait_for_url(f"**{language}/wallet/")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_quiet_and_within_the_screen(
    browser: Browser, site_to_try: str, width: int
) -> None:
    faults: list[str] = []
    with opened(browser, site_to_try, width) as (page, complaints):
        for language in ("", "/es"):
            come_in(page, language)
            for address in PAGES:
                page.goto(language + address)
                beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                if beyond > 0:
                    faults.append(f"{language}{address} is {beyond} px too wide")
                page.evaluate(AXE_SCRIPT.read_text())
                faults += [f"{address} {found}" for found in page.evaluate(RUN_AXE, RULES)]
            page.locator("button", has_text=re.compile("Sign out|Salir")).click()
            page.wait_for_load_state("networkidle")
        # The browser says what it cleared; that is no complaint.
        assert [each for each in complaints if not each.startswith("Clear-Site-Data")] == []
    assert faults == []


def test_keyboard_alone_without_script_locks_the_wallet_and_makes_a_code(
    browser: Browser, site_to_try: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=site_to_try, java_script_enabled=True
    )
    # Playwright needs script to look at the page; the pages' own is refused by the network.
    context.route(re.compile(r"\.js$"), lambda route: route.abort())
    page = context.new_page()
    come_in(page)
    tab_to(page, "/wallet/lock/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet/lock/")
    tab_to_text(page, "Lock my wallet")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Your wallet is locked.")
    tab_to(page, "/wallet/code/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet/code/")
    tab_to_text(page, "Make a code")
    page.keyboard.press("Enter")
    expect(page.locator(".shown-code")).to_have_text(re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}"))
    context.close()


def test_first_load_is_light_and_asks_no_other_host(browser: Browser, site_to_try: str) -> None:
    # Without the worker, so that each byte comes over the network and is counted.
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=site_to_try, service_workers="block"
    )
    page = context.new_page()
    come_in(page)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: list[str] = []
    received: list[float] = []
    page.on("request", lambda request: asked.append(request.url))
    session.on("Network.loadingFinished", lambda e: received.append(e["encodedDataLength"]))
    page.goto("/wallet/")
    page.wait_for_load_state("networkidle")
    assert all(address.startswith(site_to_try) for address in asked)
    assert len(received) == len(asked)
    kilobytes = sum(received) / 1000
    assert 50 < kilobytes < KILOBYTES_MAX, f"{kilobytes:.0f} kB in {len(asked)} requests"
    context.close()


def test_without_a_network_the_last_statement_and_the_last_code_are_there(
    browser: Browser, site_to_try: str
) -> None:
    with opened(browser, site_to_try, 390) as (page, _):
        come_in(page)
        page.evaluate("navigator.serviceWorker.ready")
        # The worker sees the pages opened from now on.
        page.goto("/wallet/")
        shown = page.locator("h1").inner_text()
        page.goto("/wallet/code/")
        page.locator("main button").first.click()
        code = page.locator(".shown-code").inner_text()
        page.context.set_offline(True)
        page.goto("/wallet/")
        assert page.locator("h1").inner_text() == shown
        assert "As of" in page.locator("main").inner_text()
        page.goto("/wallet/code/")
        assert page.locator(".shown-code").inner_text() == code
        page.context.set_offline(False)
        page.goto("/wallet/")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/")
        assert page.evaluate("caches.keys()") == []
