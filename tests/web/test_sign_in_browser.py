"""Signing in with a real browser and its virtual authenticator: by passkey, without script, and
what was signed; every page accessible, quiet and within the screen, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from lmb.config.assets import AXE_SCRIPT
from lmb.config.paths import CLONE
from lmb.ledger.service import open_simulated_books
from lmb.people import approvals
from lmb.people.assurance import Action
from lmb.people.models import Approval
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.values.clock import SimulatedClock
from tests.web.conftest import serving
from tests.web.test_journeys import RULES, RUN_AXE, WIDTHS
from tests.web.test_sign_in import LONG, digits, seat_of
from tests.web.visitors import KEYS

SCREENS = CLONE / "var" / "screens" / "sign-in"
LANGUAGES = ("", "/es")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(fresh_database: object, settings: Settings) -> Iterator[str]:
    """The address of empty books, by a name: passkeys belong to one."""
    settings.PERSONAS = True
    settings.VAULT_KEYS = "tests.web.visitors.keys"
    open_simulated_books("sign-in", SimulatedClock(timezone.now()))
    with serving() as address:
        yield address.replace("127.0.0.1", "localhost")


class Visitor:
    """Somebody with a browser, and what was wrong with the pages they saw."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language
        self.faults: list[str] = []

    def opens(self, address: str) -> None:
        self.page.goto(self.language + address)

    def looks(self, name: str) -> None:
        """Check the page at hand on a phone and on a desk, and keep pictures of it."""
        page = self.page
        page.evaluate(AXE_SCRIPT.read_text())
        SCREENS.mkdir(parents=True, exist_ok=True)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            named = f"{name}{self.language.replace('/', '-')}-{width}"
            self.faults += [f"{named}: {found}" for found in page.evaluate(RUN_AXE, RULES)]
            beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if beyond > 0:
                self.faults.append(f"{named} is {beyond} px too wide")
            page.screenshot(path=SCREENS / f"{named}.png", full_page=True)

    def hears(self, said: str) -> None:
        """What the browser says of a page is a fault, but for the note that signing out worked."""
        if not said.startswith("Clear-Site-Data"):
            self.faults.append(said)

    def presses(self, form: str) -> None:
        self.page.locator(f"{form} button[type=submit]").first.click()
        self.page.wait_for_load_state()


@contextmanager
def visiting(
    browser: Browser, site: str, language: str = "", *, script: bool = True
) -> Iterator[Visitor]:
    """Somebody who visits, with a device that makes passkeys."""
    context = browser.new_context(base_url=site, java_script_enabled=script)
    page = context.new_page()
    visitor = Visitor(page, language)
    page.on("console", lambda message: visitor.hears(message.text))
    page.on("pageerror", lambda error: visitor.faults.append(str(error)))
    if script:
        device = context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    try:
        yield visitor
    finally:
        context.close()


def opens_account(visitor: Visitor, *, look: bool = False) -> str:
    """Open an account by passkey; the number."""
    page = visitor.page
    visitor.opens("/sign-in/new/")
    if look:
        visitor.looks("new-here")
    page.select_option("#state", "MD")
    page.fill("#board", "Baltimore")
    visitor.presses(".plain-form")
    if look:
        visitor.looks("new-way")
    visitor.presses("form.passkey")
    page.wait_for_selector(".big-code")
    if look:
        visitor.looks("number")
    return page.locator(".big-code").inner_text().replace(" ", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passkey_opens_an_account_signs_in_and_every_page_is_sound(
    browser: Browser, site: str, language: str
) -> None:
    with visiting(browser, site, language) as visitor:
        page = visitor.page
        visitor.opens("/sign-in/")
        visitor.looks("sign-in")
        opens_account(visitor, look=True)
        visitor.opens("/devices/")
        visitor.presses("form[action$='/recovery-codes/']")
        assert page.locator(".codes li").count() == 10
        visitor.looks("recovery-codes")
        for address, name in (
            ("/devices/", "devices"),
            ("/devices/passkeys/", "add-passkey"),
            ("/devices/password/", "set-password"),
            ("/devices/app/", "app"),
            ("/sign-in/?again=1&for=commit-credits", "again"),
            ("/counter-code/", "counter-code"),
        ):
            visitor.opens(address)
            visitor.looks(name)
        visitor.presses("main form")
        assert re.fullmatch(r"[\w-]{14}", page.locator(".big-code").inner_text())
        visitor.looks("counter-code-drawn")
        visitor.presses("form[action$='/sign-out/']")
        visitor.opens("/sign-in/password/")
        visitor.looks("password")
        visitor.opens("/sign-in/recover/")
        visitor.looks("recover")
        visitor.opens("/sign-in/")
        visitor.presses("form.passkey")
        page.wait_for_url(re.compile("/wallet/"))
        visitor.opens("/devices/")
        assert page.locator("h1").count() == 1
        assert visitor.faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_provider_signs_in_and_its_pages_are_sound(
    browser: Browser, site: str, language: str
) -> None:
    with visiting(browser, site, language) as visitor:
        page = visitor.page
        visitor.opens("/sign-in/new/")
        page.select_option("#state", "MD")
        page.fill("#board", "Baltimore")
        visitor.presses(".plain-form")
        visitor.presses("form[action*='/sign-in/at/']")
        visitor.looks("practice")
        page.get_by_role("button", name="Ben Okafor").click()
        page.wait_for_url(re.compile("/wallet/"))
        visitor.opens("/sign-in/?again=1&for=commit-credits")
        visitor.presses("form[action*='/sign-in/at/']")
        page.get_by_role("button", name="Ben Okafor").click()
        page.wait_for_url(re.compile("/answer/"))
        visitor.looks("lower")
        said = page.locator("h1").inner_text()
        assert said == (
            "Su identidad no se probó en línea"
            if language
            else "Your identity was not proved online"
        )
        page.goto("/sign-in/at/practice/answer/?state=x&code=y")
        visitor.looks("refused")
        # The browser says what these two pages answered: 403.
        assert [fault for fault in visitor.faults if "403" not in fault] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_page_shows_is_what_a_passkey_signs(
    browser: Browser, site: str, language: str
) -> None:
    with visiting(browser, site, language) as visitor:
        page = visitor.page
        number = opens_account(visitor)
        treasury = seat_of(number, "agency", Role.TREASURY)
        assert treasury.membership is not None
        proposed = approvals.propose(
            KEYS.vault.randomness,
            treasury,
            Action.PAY_OUT,
            {"batch": "2026-11", "payments": [{"to": "wallet 7", "amount_cents": 620000}]},
            timezone.now(),
        )
        visitor.opens("/acting/")
        visitor.looks("acting")
        page.locator(f"button[value='membership:{treasury.membership}']").click()
        visitor.opens("/approve/")
        visitor.looks("proposals")
        visitor.opens(f"/approve/{proposed.id}/")
        said = page.locator("main").inner_text()
        assert proposed.challenge.hex() in said
        assert "$6,200.00 (620000)" in said
        assert "wallet 7" in said
        visitor.looks("proposal")
        visitor.presses("form.passkey")
        page.wait_for_selector("[role=status]")
        visitor.looks("proposal-approved")
        with house():
            (approval,) = Approval.objects.all()
        assert approval.person == treasury.person
        assert bytes(approval.signature or b"") != b""
        board = seat_of(number, "state-board", Role.STATE_BOARD, "MD")
        visitor.opens("/acting/")
        page.locator(f"button[value='membership:{board.membership}']").click()
        visitor.opens("/counter/")
        visitor.looks("counter")
        assert visitor.faults == []


def test_everything_but_passkeys_works_without_script(browser: Browser, site: str) -> None:
    with visiting(browser, site, script=False) as visitor:
        page = visitor.page
        visitor.opens("/sign-in/")
        assert "Passkeys need JavaScript" in page.locator("main").inner_text()
        visitor.opens("/sign-in/new/")
        page.select_option("#state", "MD")
        page.fill("#board", "Baltimore")
        visitor.presses(".plain-form")
        page.fill("#password", LONG)
        page.fill("#again", LONG)
        visitor.presses("form[action$='/sign-in/new/password/']")
        number = page.locator(".big-code").inner_text()
        visitor.opens("/devices/app/")
        secret = page.locator("main code").inner_text()
        page.fill("#code", digits(secret))
        visitor.presses(".plain-form")
        visitor.presses("form[action$='/sign-out/']")
        visitor.opens("/sign-in/password/")
        page.fill("#number", number)
        page.fill("#password", LONG)
        page.fill("#code", digits(secret, timezone.now() + timedelta(seconds=30)))
        visitor.presses(".plain-form")
        assert page.url.endswith("/wallet/")


def test_the_keyboard_alone_signs_in_with_a_passkey(browser: Browser, site: str) -> None:
    with visiting(browser, site) as visitor:
        page = visitor.page
        opens_account(visitor)
        visitor.opens("/devices/")
        visitor.presses("form[action$='/sign-out/']")
        visitor.opens("/sign-in/")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.closest('form.passkey') !== null"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/wallet/"))
