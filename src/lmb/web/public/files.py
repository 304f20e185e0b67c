"""The numbers of a bond's page as files: CSV, and the term sheet as the JSON document whose hash is
locked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lmb.web.downloads import Row, csv_response
from lmb.web.public.coupons import coupons
from lmb.web.public.demand import levels
from lmb.web.public.finding import bond_or_404, report_or_404
from lmb.web.public.flow import flow
from lmb.web.public.outcome import arm_rows
from lmb.web.public.reading import reads_the_books


@reads_the_books
def cash_flows(request: HttpRequest, identifier: str) -> HttpResponse:
    """One row per interest period; amounts are empty while they are still to come."""
    report = report_or_404(identifier)
    header = (
        "period",
        "starts_on",
        "ends_on",
        "pays_on",
        "coupon_percent",
        "interest_cents",
        "bonus_cents",
        "total_cents",
        "determination_id",
    )
    rows: list[Row] = []
    for row in coupons(report).rows:
        dates = (row.number, row.starts_on, row.ends_on, row.pays_on)
        paid = row.paid
        if paid is None:
            rows.append((*dates, None, None, None, None, None))
            continue
        rows.append(
            (
                *dates,
                paid.coupon_percent,
                paid.interest_cents,
                paid.bonus_cents,
                row.total_cents,
                paid.determination,
            )
        )
    return csv_response(f"{report.bond.cusip}-cash-flows", header, rows)


@reads_the_books
def money_flow(request: HttpRequest, identifier: str) -> HttpResponse:
    """One row per way money went."""
    report = report_or_404(identifier)
    header = ("movement", "amount_cents", "transfers", "trace_id")
    rows = [(leg.key, leg.amount_cents, leg.transfers, leg.trace) for leg in flow(report).legs]
    return csv_response(f"{report.bond.cusip}-money-flow", header, rows)


@reads_the_books
def auction_demand(request: HttpRequest, identifier: str) -> HttpResponse:
    """One row per yield; noncompetitive bids have none. Bidders are not named."""
    report = report_or_404(identifier)
    header = ("yield_percent", "bids", "bid_cents", "awarded_cents")
    rows = [
        (level.yield_percent, level.bids, level.bid_cents, level.awarded_cents)
        for level in levels(report)
    ]
    return csv_response(f"{report.bond.cusip}-auction-demand", header, rows)


@reads_the_books
def outcome(request: HttpRequest, identifier: str) -> HttpResponse:
    """One row per group of the lottery."""
    report = report_or_404(identifier)
    header = (
        "arm",
        "people",
        "people_with_earnings",
        "mean_earnings_dollars",
        "placement_rate",
        "wage_change_dollars",
    )
    arms = () if report.outcome is None else arm_rows(report.outcome)
    rows = [
        (
            arm.arm,
            arm.people,
            arm.earners,
            arm.mean_dollars,
            arm.placement_rate,
            arm.wage_change_dollars,
        )
        for arm in arms
    ]
    return csv_response(f"{report.bond.cusip}-outcome", header, rows)


@reads_the_books
def term_sheet(request: HttpRequest, identifier: str) -> HttpResponse:
    """The locked document, byte for byte: its SHA-256 is the hash on the page."""
    bond = bond_or_404(identifier)
    response = HttpResponse(bond.terms.content, content_type="application/json")
    response["Content-Disposition"] = f'inline; filename="{bond.cusip}-terms.json"'
    return response
