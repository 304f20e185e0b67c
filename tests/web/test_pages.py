"""Pages show what the report says, in every state of a bond, and change nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from lmb.bonds import queries as bonds
from lmb.bonds.queries import bids, periods
from lmb.ledger.service import open_simulated_books
from lmb.people.queries import person_keys
from lmb.settlement import steps
from lmb.settlement.report import Report
from lmb.values.clock import SimulatedClock, moment
from lmb.values.money import format_cents
from lmb.web.formats import dollars_text
from lmb.web.public import views
from tests.settlement.small import small_programme
from tests.web.support import bond_address, every_kind_of_trace, first, html, pages, words


def test_home_leads_with_the_four_numbers_of_the_report(
    client: Client, demonstration: Report
) -> None:
    said = words(html(client, "/"))
    outcome, auction = demonstration.outcome, demonstration.auction
    assert outcome is not None
    assert auction is not None
    low, high = map(dollars_text, outcome.ci95_dollars)
    assert f"{dollars_text(outcome.estimate_dollars)} more in 1978" in said
    assert f"95 % : {low} to {high}" in said
    assert "75.7 % of those offered training, against 64.6 % of those not" in said
    assert "1.942 % a year, of at most 2.500 %, on top of the base 7.375 %" in said
    assert f"{format_cents(demonstration.money.uses_cents)} came in and the same went out" in said
    assert "up to February 17, 1981; 0 accounts out of balance" in said


def test_bond_page_shows_every_figure_of_the_report(client: Client, demonstration: Report) -> None:
    said = words(html(client, bond_address(demonstration)))
    money, auction, wallets = demonstration.money, demonstration.auction, demonstration.wallets
    assert auction is not None
    for cents in (
        money.investors_paid_cents,
        money.interest_appropriated_cents,
        money.principal_appropriated_cents,
        money.interest_cents,
        money.bonus_cents,
        money.interest_cents + money.bonus_cents,
        money.principal_cents,
        money.providers_cents,
        money.treasury_returned_cents,
        money.sources_cents,
        wallets.granted_cents,
        wallets.returned_cents,
        auction.awarded_cents,
        auction.tendered_cents,
    ):
        assert format_cents(cents) in said
    assert f"to {auction.high_yield_percent} %" in said
    assert demonstration.bond.terms_sha256 in said
    assert "Left in wallets $0.00" in said
    assert "Still in the books $0.00" in said
    assert said.count("Trace coupon") == len(periods(demonstration.bond))


def test_titles_of_charts_are_the_findings(client: Client, demonstration: Report) -> None:
    found = re.findall(
        r"<figcaption>([^<]+)</figcaption>", html(client, bond_address(demonstration))
    )
    assert found[:5] == [
        "3 of 10 coupons paid the bonus",
        "People offered training earned $1,794.34 more in 1978",
        "75.7\N{NO-BREAK SPACE}% of people offered training had earnings, "
        "against 64.6\N{NO-BREAK SPACE}%",
        "Earnings changed by $4,817.09 on average, against $3,287.89",
        "A gain of $1,794.34 earned a bonus of 1.942\N{NO-BREAK SPACE}%, "
        "of at most 2.500\N{NO-BREAK SPACE}%",
    ]


def test_the_term_sheet_is_told_on_the_page(client: Client, demonstration: Report) -> None:
    said = words(html(client, bond_address(demonstration)))
    for text in (
        "(912LMB763)",
        "$1,200,000.00 is offered, in steps of $100.00",
        "matures on February 15, 1981",
        "published within 181 days",
        "a score of 1 adds 3 % a year to the coupon",
        "rising from 0 at 500 to 1 at 2500",
        "It needs at least 30 people. It needs records of at least 90 %.",
        "paid 30 % on enrolment, 30 % on completion and 40 % on verified placement",
        "to be spent by August 13, 1979",
        "The outcome changes a coupon by 0 to 2.5 % a year",
        "Appropriated by fiscal year: 1976: $63,000.00",
    ):
        assert text in said, text


def test_spanish_pages_write_dates_and_words_in_spanish(
    client: Client, demonstration: Report
) -> None:
    markup = html(client, "/es" + bond_address(demonstration))
    said = words(markup)
    assert '<html lang="es">' in markup
    assert "Este bono ha pagado a los inversionistas $477,535.72 en intereses" in said
    assert "17 de febrero de 1981" in said
    assert not re.search(r"\b(January|February|August)\b", said)


def test_no_page_names_a_person_an_investor_or_a_wallet(
    client: Client, demonstration: Report
) -> None:
    references = [f"nsw-{number:03d}" for number in range(1, 446)]
    secret = [str(key) for key in person_keys(demonstration.cell, references).values()]
    secret += [bid.bidder for bid in bids(demonstration.bond)] + ["nsw-", "wallet/", "world/"]
    files = [
        bond_address(demonstration) + name
        for name in ("terms.json", "cash-flows.csv", "money-flow.csv", "demand.csv", "outcome.csv")
    ]
    for address in [*pages(demonstration), *every_kind_of_trace(demonstration), *files]:
        content = html(client, address)
        assert [text for text in secret if text in content] == [], address


@pytest.mark.parametrize("last", [steps.announce, steps.hold_auction, steps.issue])
def test_unfinished_bond_says_what_is_still_to_come(client: Client, db: None, last: object) -> None:
    programme = small_programme()
    terms = programme.terms
    clock = SimulatedClock(moment(terms.announced_on))
    books = open_simulated_books(programme.name, clock)
    for day, hour, step in (
        (terms.announced_on, 14, steps.announce),
        (terms.auction_on, 11, steps.enter_bids),
        (terms.auction_on, 14, steps.hold_auction),
        (terms.issue_on, 14, steps.issue),
    ):
        clock.move_to(moment(day, hour))
        step(books, programme)
        if step is last:
            break
    said = words(html(client, "/"))
    assert "not measured yet" in said
    link = re.search(r"/bonds/[0-9a-f-]+/", html(client, "/"))
    assert link is not None
    for language in ("", "/es"):
        page = words(html(client, language + link[0]))
        assert ("still to come" if not language else "todavía por venir") in page
    assert ("Its result will appear here" in words(html(client, link[0]))) == (
        last is steps.announce
    )


def test_empty_books_say_how_to_fill_them(client: Client, db: None) -> None:
    said = words(html(client, "/"))
    assert "No bond has been run yet" in said
    assert "make run" in said


def test_list_of_bonds_is_paged(
    client: Client, demonstration: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bonds, "bonds", lambda: [demonstration.bond] * 11)
    assert html(client, "/").count('class="bond-card"') == 10
    second = html(client, "/?page=2")
    assert second.count('class="bond-card"') == 1
    assert "Page 2 of 2" in second


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/nothing/", "There is no page at this address."),
        ("/trace/abc/", "An identifier has 32 digits and letters with hyphens"),
        ("/trace/{00000000-0000-7000-8000-000000000000}/", "An identifier has 32 digits"),
        ("/trace/00000000-0000-7000-8000-000000000000/", "Nothing in these books has this"),
        ("/bonds/00000000-0000-7000-8000-000000000000/", "no bond with this identifier"),
        ("/bonds/abc/cash-flows.csv", "An identifier has 32 digits"),
        ("/trace/?id=abc", "An identifier has 32 digits"),
        ("/es/trace/abc/", "Un identificador tiene 32 cifras"),
    ],
)
def test_unknown_and_malformed_addresses_are_answered_with_what_to_do(
    client: Client, demonstration: Report, address: str, sentence: str
) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert sentence in words(response.content.decode())


def test_failure_is_answered_in_the_look_of_the_site(
    client: Client, demonstration: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("for the test")

    monkeypatch.setattr(views, "report_or_404", fail)
    client.raise_request_exception = False
    response = client.get(bond_address(demonstration))
    assert response.status_code == 500
    assert "Nothing was changed" in words(response.content.decode())


def test_identifier_in_the_search_field_leads_to_its_trace(
    client: Client, demonstration: Report
) -> None:
    identifier = first(demonstration, "bonus")
    response = client.get("/trace/", {"id": f" {identifier.upper()} "})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/trace/{identifier}/"
