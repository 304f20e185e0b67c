"""Papers that pages give: what stands in them is what the books say, and each is for whom it is."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from lmb.bonds import queries as bonds
from lmb.bonds import queries_papers
from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.coupon import coupon_statement
from lmb.bonds.papers.holdings import holdings_statement
from lmb.bonds.papers.pdf import pdf_document
from lmb.bonds.papers.redemption import redemption_notice
from lmb.bonds.queries_holdings import holdings_of
from lmb.ledger.service import open_simulated_books
from lmb.people.queries import acting_as_member
from lmb.people.roles import Role
from lmb.people.sessions import acting, house
from lmb.settlement import steps
from lmb.settlement.report import Report
from lmb.values.clock import SimulatedClock, moment
from lmb.values.errors import NotFoundError
from lmb.values.money import format_cents
from lmb.web.personas import seeds
from tests.bonds.papers.reading import pdf_text
from tests.people.support import sure
from tests.settlement.small import small_programme
from tests.web.support import bond_address, html, words

INVESTOR = "teachers-pension-fund"
PUBLIC = ("offering", "announcement", "results", "redemption", "impact")


def paper(client: Client, address: str) -> str:
    """The words of a paper, which comes out the same when it is asked for again."""
    response = client.get(address)
    assert response.status_code == 200, words(response.content.decode())
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert client.get(address).content == response.content
    return pdf_text(response.content)


def test_bond_page_leads_to_every_paper_for_everyone_in_its_language(
    client: Client, demonstration: Report
) -> None:
    auction, outcome = demonstration.auction, demonstration.outcome
    assert auction is not None
    assert outcome is not None
    figures = {
        "offering": format_cents(demonstration.bond.terms.offering_cents),
        "announcement": format_cents(demonstration.bond.terms.offering_cents),
        "results": format_cents(auction.tendered_cents),
        "redemption": format_cents(demonstration.money.principal_cents),
        "impact": f"{outcome.estimate_dollars:,.2f}",
    }
    for language, desk in (("", "Labor Market Bonds"), ("/es", "Bonos del Mercado Laboral")):
        page = language + bond_address(demonstration)
        listed = re.findall(r'href="([^"]+\.pdf)"', html(client, page))
        assert listed == [f"{page}papers/{kind}.pdf" for kind in PUBLIC]
        for kind in PUBLIC:
            told = paper(client, f"{page}papers/{kind}.pdf")
            assert desk in told, kind
            assert figures[kind] in told, kind


def test_whoever_has_a_paper_is_not_sent_it_again(client: Client, demonstration: Report) -> None:
    address = f"{bond_address(demonstration)}papers/results.pdf"
    response = client.get(address)
    assert response.headers["Cache-Control"] == "no-cache"
    tag = response.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    spanish = client.get(f"/es{address}", headers={"If-None-Match": tag})
    assert spanish.status_code == 200


def test_paper_of_a_kind_nobody_makes_is_told_in_a_sentence(
    client: Client, demonstration: Report
) -> None:
    response = client.get(f"{bond_address(demonstration)}papers/confirmation.pdf")
    assert response.status_code == 404
    assert "A bond has no paper of this name" in words(response.content.decode())


def test_papers_of_an_auction_that_was_not_held_are_told_of_and_not_listed(
    client: Client, db: None
) -> None:
    programme = small_programme()
    clock = SimulatedClock(moment(programme.terms.announced_on))
    steps.announce(open_simulated_books(programme.name, clock), programme)
    page = re.search(r"/bonds/[0-9a-f-]+/", html(client, "/"))
    assert page is not None
    listed = re.findall(r'href="([^"]+\.pdf)"', html(client, page[0]))
    assert listed == [f"{page[0]}papers/{kind}.pdf" for kind in PUBLIC[:2]]
    for kind in PUBLIC[:2]:
        paper(client, f"{page[0]}papers/{kind}.pdf")
    for kind in PUBLIC[2:]:
        response = client.get(f"{page[0]}papers/{kind}.pdf")
        assert response.status_code == 404
        assert "has not been held" in words(response.content.decode()), kind


def test_impact_report_of_a_small_group_is_refused_in_a_sentence(client: Client, db: None) -> None:
    programme = small_programme()
    planned = steps.steps(programme)
    clock = SimulatedClock(planned[0].at)
    books = open_simulated_books(programme.name, clock)
    for step in planned:
        clock.move_to(step.at)
        step.run(books, programme)
    page = re.search(r"/bonds/[0-9a-f-]+/", html(client, "/"))
    assert page is not None
    response = client.get(f"{page[0]}papers/impact.pdf")
    assert response.status_code == 404
    assert "so small that its count could tell of persons" in words(response.content.decode())


@pytest.fixture
def investor(trying_out: Report, settings: Settings) -> Client:
    settings.PERSONAS = True
    client = Client()
    assert client.post(f"/personas/{Role.INVESTOR.value}/").status_code == 302
    return client


def test_investor_finds_a_paper_for_each_payment_and_year(
    investor: Client, trying_out: Report
) -> None:
    pages = "".join(html(investor, f"/investor/?coupons={number}") for number in (1, 2))
    listed = sorted(set(re.findall(r'href="(/investor/papers/[^"]+)"', pages)))
    of_bond = f"/investor/papers/{trying_out.bond.id}"
    assert listed == sorted(
        [
            *(f"{of_bond}/coupon-{number}.pdf" for number in range(1, 11)),
            f"{of_bond}/redemption.pdf",
            *(f"/investor/papers/holdings-{year}.pdf" for year in range(1976, 1982)),
        ]
    )
    assert "Holdings in 1976, PDF" in words(pages)


def test_papers_of_an_investor_are_whole_within_row_level_security(
    investor: Client, trying_out: Report
) -> None:
    bond, year = trying_out.bond, (date(1976, 1, 1), date(1976, 12, 31))
    with house():
        award = next(a for a in bonds.awards(bond) if a.bidder == INVESTOR)
        told = queries_papers.coupon_of(bond, INVESTOR, 10)
        coupon = coupon_statement(told, Language.ENGLISH)
        notice = redemption_notice(queries_papers.redemption_of(bond, INVESTOR), Language.ENGLISH)
        held = holdings_of(bond.cell, INVESTOR, *year)
        holdings = holdings_statement(held, Language.SPANISH)
    par, paid = award.par_cents, told.paid.base_cents + told.paid.bonus_cents
    for address, as_the_house_sees_it, cents in (
        (f"/investor/papers/{bond.id}/coupon-10.pdf", coupon, paid),
        (f"/investor/papers/{bond.id}/redemption.pdf", notice, par),
        ("/es/investor/papers/holdings-1976.pdf", holdings, par),
    ):
        said = paper(investor, address)
        assert format_cents(cents) in said
        assert INVESTOR in said
        assert investor.get(address).content == pdf_document(as_the_house_sees_it)


def test_paper_of_another_investor_is_out_of_reach(investor: Client, trying_out: Report) -> None:
    someone = seeds.persona(Role.INVESTOR)
    assert someone is not None
    assert someone.membership is not None
    with house():
        others = {a.bidder for a in bonds.awards(trying_out.bond) if a.par_cents} - {INVESTOR}
        now = timezone.now()
        by = acting_as_member(someone.cell, someone.person, someone.membership, sure(now))
        for other in others:
            assert queries_papers.coupon_of(trying_out.bond, other, 1).paid.base_cents > 0
    assert len(others) > 1
    for other in others:
        with acting(by, now), pytest.raises(NotFoundError):
            queries_papers.coupon_of(trying_out.bond, other, 1)
        asked = f"/investor/papers/{trying_out.bond.id}/coupon-1.pdf?account={other}"
        assert other not in paper(investor, asked)


@pytest.mark.parametrize(
    "address",
    [
        "holdings-1975.pdf",
        "holdings-1982.pdf",
        "holdings-0.pdf",
        "{bond}/coupon-11.pdf",
        "00000000-0000-0000-0000-000000000007/coupon-1.pdf",
        "00000000-0000-0000-0000-000000000007/redemption.pdf",
    ],
)
def test_paper_that_is_not_there_is_not_found(
    investor: Client, trying_out: Report, address: str
) -> None:
    asked = address.format(bond=trying_out.bond.id)
    assert investor.get(f"/investor/papers/{asked}").status_code == 404


def test_treasury_finds_the_papers_of_a_bond_beside_its_figures(trying_out: Report) -> None:
    client = Client()
    client.post(f"/personas/{Role.TREASURY.value}/")
    page = html(client, f"/treasury/bonds/{trying_out.bond.id}/")
    listed = re.findall(r'href="([^"]+\.pdf)"', page)
    assert listed == [
        f"{bond_address(trying_out)}papers/{kind}.pdf" for kind in ("results", "redemption")
    ]
