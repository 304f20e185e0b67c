"""Trace pages walk to the facts, keep persons' facts to themselves, and replay."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client

from lmb.ledger import queries as ledger
from lmb.rules import queries as rules
from lmb.rules.determination import Determination
from lmb.settlement.report import Report
from lmb.settlement.rulebook import replay
from lmb.settlement.trace import Node, trace
from lmb.values.errors import RefusedError
from lmb.values.money import format_cents
from lmb.web.public import replays
from tests.web.support import every_kind_of_trace, first, html, words


def test_bonus_is_walked_back_to_the_work_records(client: Client, demonstration: Report) -> None:
    said = words(html(client, f"/trace/{first(demonstration, 'bonus')}/"))
    places = [
        said.index(text)
        for text in (
            "moved: outcome bonus",
            "From the money set aside for coupons and redemption to an investor on",
            "face amount × 9.317 % × half a year",
            "Determination: rate of interest period 8",
            "Determination: difference in mean earnings by lottery",
            "Neyman (1923)",
            "890 work records",
        )
    ]
    assert places == sorted(places)


def test_step_told_before_leads_back_to_where_it_was_told(
    client: Client, demonstration: Report
) -> None:
    delivery = ledger.movements(demonstration.cell, code="delivery")[0]
    markup = html(client, f"/trace/{delivery.journal}/")
    back = re.findall(r'href="#(step-[^"]+)"', markup)
    assert back
    assert all(markup.count(f'id="{target}"') == 1 for target in back)


def test_coupon_lists_every_transfer_it_caused_with_totals(
    client: Client, demonstration: Report
) -> None:
    paid = demonstration.payments[-1]
    markup = html(client, f"/trace/{paid.determination}/")
    moved = ledger.movements_because_of(demonstration.cell, paid.determination)
    assert all(f'href="/trace/{item.id}/"' in markup for item in moved)
    said = words(markup)
    assert f"base interest {format_cents(paid.interest_cents)}" in said
    assert f"outcome bonus {format_cents(paid.bonus_cents)}" in said


def test_long_lists_of_transfers_are_paged(client: Client, demonstration: Report) -> None:
    grant = ledger.movements(demonstration.cell, code="grant")[0].instruction
    assert "Page 1 of 8" in html(client, f"/trace/{grant}/")
    last = html(client, f"/trace/{grant}/?page=8")
    assert last.count('data-label="Amount"') == 10


def test_one_persons_facts_show_neither_identifier_nor_hash(
    client: Client, demonstration: Report
) -> None:
    for code in ("enrolment-tranche", "completion-tranche", "placement-tranche"):
        moved = ledger.movements(demonstration.cell, code=code)[0]
        assert moved.determination is not None
        on_file = rules.find(moved.determination)
        assert on_file is not None
        personal = [node for node in nodes(trace(moved.id)) if node.personal]
        assert personal
        secret = [on_file.sha256] + [str(node.id) for node in personal]
        secret += [line.split()[-1] for node in personal for line in node.lines]
        for identifier in (moved.id, moved.determination):
            markup = html(client, f"/trace/{identifier}/")
            assert [text for text in secret if text in markup] == []
            assert "kept by the training office; not shown here" in words(markup)


def nodes(node: Node) -> list[Node]:
    return [node, *(found for child in node.children for found in nodes(child))]


def test_every_kind_of_trace_can_be_read_in_both_languages(
    client: Client, demonstration: Report
) -> None:
    for address in every_kind_of_trace(demonstration):
        english, spanish = html(client, address), html(client, f"/es{address}")
        unspoken = re.sub(r'<(div|span|p)[^>]* lang="en">.*?</\1>', "", spanish, flags=re.DOTALL)
        assert english.count('class="step ') == spanish.count('class="step ')
        for word in (" moved", "set aside", "released", " by ", " the ", "Determination", "Order"):
            assert word not in words(unspoken), f"{address}: {word}"


@pytest.mark.parametrize("which", ["auction", "measure", "bonus", "coupon", "tranche"])
def test_replay_of_a_determination_is_equal_to_the_last_byte(
    client: Client, demonstration: Report, which: str
) -> None:
    said = words(html(client, f"/trace/{determination(demonstration, which)}/"))
    assert "Equal to the last byte." in said


def determination(report: Report, which: str) -> UUID:
    assert report.auction is not None
    assert report.outcome is not None
    assert report.bonus is not None
    tranche = ledger.movements(report.cell, code="placement-tranche")[0].determination
    assert tranche is not None
    return {
        "auction": report.auction.determination,
        "measure": report.outcome.determination,
        "bonus": report.bonus.id,
        "coupon": report.payments[0].determination,
        "tranche": tranche,
    }[which]


def test_replay_that_differs_or_is_refused_is_said(
    client: Client, demonstration: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/trace/{determination(demonstration, 'bonus')}/"
    other = rules.find(determination(demonstration, "coupon"))
    assert other is not None
    again = replay(other)

    def another(on_file: rules.DeterminationOnFile) -> Determination:
        return again

    monkeypatch.setattr(replays, "replay", another)
    assert "Not equal." in words(html(client, address))

    def refuse(on_file: rules.DeterminationOnFile) -> Determination:
        raise RefusedError("an input no longer has the content it had")

    monkeypatch.setattr(replays, "replay", refuse)
    assert "an input no longer has the content it had" in words(html(client, address))


def test_replay_too_large_for_a_page_is_not_started(
    client: Client, demonstration: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "INPUTS_MAX", 1000)
    said = words(html(client, f"/trace/{determination(demonstration, 'measure')}/"))
    assert "It was made from 1,336 facts: too many to compute again while you wait." in said
