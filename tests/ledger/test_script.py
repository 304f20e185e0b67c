"""Scripts on scratch books: what each operation is answered, and that nothing of it stays.

Scripts are written here one operation a line: its name, its fields in the order of `FIELDS`, the
others as `name=value`; a batch or linked items with `;` between them. After `->` stands the answer:
the result, the results of a batch, or the four figures of a balance (posted, available, pending in,
pending out).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from lmb.ledger import models, service
from lmb.ledger.operations import read_operation
from lmb.ledger.script import run
from lmb.values.json_lines import json_lines

ACCOUNTS = """
    account T -> ok
    account X limit=debits<=credits -> ok
    account S -> ok
    transfer k0 T X 100 -> ok
"""

FIELDS = {
    "account": ("id",),
    "transfer": ("key", "from", "to", "cents"),
    "hold": ("key", "hold", "from", "to", "cents"),
    "capture": ("key", "hold", "cents"),
    "void": ("key", "hold"),
    "spend": ("key", "wallet", "to", "cents"),
    "expire": ("at",),
    "clock": ("at",),
    "balance": ("account",),
}

pytestmark = pytest.mark.django_db


def answers(*lines: str) -> list[Mapping[str, Any]]:
    content = "\n".join(lines).encode()
    return list(run(map(read_operation, json_lines("script.jsonl", content))))


def written(line: str) -> str:
    """The JSON of an operation that is told in words."""
    op, *words = line.split()
    if op in ("batch", "linked"):
        items = ",".join(map(written, line.removeprefix(op).split(" ; ")))
        return f'{{"op":"batch","items":[{items}],"linked":{json.dumps(op == "linked")}}}'
    plain = [word for word in words if "=" not in word]
    named = dict(word.split("=", 1) for word in words if "=" in word)
    fields = {"op": op, **dict(zip(FIELDS.get(op, ()), plain, strict=True)), **named}
    # Numbers and the like stand as they were told, text in quotes.
    told_as_is = ("cents", "final")
    return ",".join(
        f'"{name}":{word if name in told_as_is else json.dumps(word)}'
        for name, word in fields.items()
    ).join("{}")


def told(answer: Mapping[str, Any]) -> str:
    if "items" in answer:
        return " ".join(item["result"] for item in answer["items"])
    if "posted_cents" in answer:
        figures = ("posted_cents", "available_cents", "pending_in_cents", "pending_out_cents")
        return " ".join(str(answer[figure]) for figure in figures)
    return str(answer["result"])


def play(script: str) -> None:
    """Run a script and assert that every line is answered as written."""
    lines = [line.strip() for line in script.splitlines() if line.strip()]
    asked = [line.partition(" -> ")[0] for line in lines]
    found = answers(*map(written, asked))
    assert [f"{line} -> {told(each)}" for line, each in zip(asked, found, strict=True)] == lines


def test_a_transfer_moves_what_is_there_once() -> None:
    play(f"""{ACCOUNTS}
        transfer k1 X S 60 -> ok
        transfer k1 X S 60 -> exists
        transfer k1 X S 61 -> exists_with_different_content
        transfer k2 X S 41 -> exceeds_balance
        transfer k3 T X 1 -> ok
        transfer k2 X S 41 -> exceeds_balance
        transfer k4 X S 41 -> ok
        balance X -> 0 0 0 0
        balance T -> -101 -101 0 0
        balance S -> 101 101 0 0
    """)


@pytest.mark.parametrize(
    "cents",
    [
        *("0", "-1", "9223372036854775808", "1.5", "1.0", "1e2", "1e999", "NaN"),
        *("true", "null", '"7"', "[]", "9" * 60, "1" * 5000),
    ],
)
def test_an_amount_is_a_whole_number_from_1_to_the_largest(cents: str) -> None:
    play(f"""{ACCOUNTS}
        transfer k1 T S {cents} -> invalid_amount
        transfer k1 T S {cents} -> invalid_amount
        transfer k1 T S 7 -> exists_with_different_content
        transfer k1 T S 2.5 -> exists_with_different_content
        hold k2 h T S {cents} -> invalid_amount
        hold k3 h T S 9 -> ok
        capture k4 h {cents} -> invalid_amount
        spend k5 X S {cents} -> invalid_amount
        balance S -> 0 0 9 0
    """)


def test_the_largest_amount_moves_and_nothing_more() -> None:
    play(f"""{ACCOUNTS}
        transfer k1 T S 9223372036854775807 -> overflow
        transfer k2 S X 9223372036854775707 -> ok
        balance X -> 9223372036854775807 9223372036854775807 0 0
        transfer k3 S X 1 -> overflow
    """)


def test_accounts_are_named_and_keep_their_terms() -> None:
    play(f"""{ACCOUNTS}
        account X limit=debits<=credits -> exists
        account X -> exists_with_different_content
        account E unit=EUR -> ok
        account L limit=credits<=debits -> ok
        transfer k1 X E 1 -> unit_mismatch
        transfer k2 X X 1 -> same_account
        transfer k3 X nobody 1 -> unknown_account
        transfer k4 X L 1 -> exceeds_balance
        balance nobody -> unknown_account
    """)


def test_money_keeps_its_fund_and_purpose() -> None:
    play("""
        account T -> ok
        account A fund=a purpose=training -> ok
        account B fund=a purpose=childcare -> ok
        account C fund=b purpose=training -> ok
        transfer k1 T A 9 -> ok
        transfer k2 A B 1 -> purpose_mismatch
        transfer k3 A C 1 -> fund_mismatch
        transfer k4 A T 1 -> ok
    """)


def test_a_hold_is_captured_in_parts_and_the_last_releases_the_rest() -> None:
    play(f"""{ACCOUNTS}
        hold k1 h1 X S 60 -> ok
        hold k1 h1 X S 60 -> exists
        hold k1 h2 X S 60 -> exists_with_different_content
        hold k2 h1 X S 1 -> exists_with_different_content
        hold k3 h3 X S 41 -> exceeds_balance
        balance X -> 100 40 0 60
        balance S -> 0 0 60 0
        capture k4 h1 25 -> ok
        capture k4 h1 25 -> exists
        capture k4 h1 25 final=true -> exists_with_different_content
        capture k5 h1 36 -> exceeds_hold
        balance X -> 75 40 0 35
        capture k6 h1 15 final=true -> ok
        balance X -> 60 60 0 0
        balance S -> 40 40 0 0
        capture k7 h1 1 -> hold_closed
        void k8 h1 -> hold_closed
        void k9 h9 -> unknown_hold
    """)


def test_a_void_releases_all_and_a_refused_hold_leaves_its_name_free() -> None:
    play(f"""{ACCOUNTS}
        capture k1 h 5 -> unknown_hold
        hold k2 h X S 101 -> exceeds_balance
        hold k3 h X S 90 -> ok
        hold k2 h X S 101 -> exceeds_balance
        capture k1 h 5 -> unknown_hold
        void k4 h -> ok
        void k4 h -> exists
        balance X -> 100 100 0 0
    """)


def test_holds_end_with_their_time_and_expire_releases_them() -> None:
    play(f"""{ACCOUNTS}
        hold k1 h1 X S 30 expires=2027-02-01 -> ok
        hold k2 h2 X S 20 expires=2027-03-01 -> ok
        capture k3 h1 10 -> ok
        clock 2027-01-31T23:59:59Z -> ok
        capture k4 h1 5 -> ok
        clock 2027-02-01 -> ok
        capture k5 h1 5 -> hold_expired
        balance X -> 85 50 0 35
        expire 2027-02-01 -> ok
        balance X -> 85 65 0 20
        void k6 h1 -> hold_expired
        capture k7 h2 20 -> ok
        clock 2027-01-01 -> clock_goes_back
        expire 2027-01-01 -> clock_goes_back
        balance X at=2026-01-01 -> 90 50 0 40
        balance X at=1999-01-01 -> 0 0 0 0
    """)


def test_expire_tells_what_it_released_and_which_accounts_are_over() -> None:
    *_, first, second = answers(
        '{"op":"account","id":"T"}',
        '{"op":"account","id":"G","limit":"debits<=credits","expires":"2027-01-01"}',
        '{"op":"transfer","key":"k1","from":"T","to":"G","cents":100}',
        '{"op":"hold","key":"k2","hold":"b","from":"G","to":"T","cents":30,"expires":"2027-06-01"}',
        '{"op":"hold","key":"k3","hold":"a","from":"G","to":"T","cents":20,"expires":"2027-06-01"}',
        '{"op":"hold","key":"k4","hold":"c","from":"G","to":"T","cents":10}',
        '{"op":"expire","at":"2027-06-01"}',
        '{"op":"expire","at":"2027-06-01"}',
    )
    over = {"account": "G", "available_cents": 90}
    at = "2027-06-01T00:00:00+00:00"
    released = [{"hold": "a", "released_cents": 20}, {"hold": "b", "released_cents": 30}]
    assert first == {"result": "ok", "at": at, "holds": released, "accounts": [over]}
    assert second == {"result": "ok", "at": at, "holds": [], "accounts": [over]}


def test_a_hold_outlives_the_grant_it_was_made_on() -> None:
    play("""
        account T -> ok
        account G limit=debits<=credits expires=2027-01-01 -> ok
        transfer k1 T G 100 -> ok
        hold k2 h G T 60 -> ok
        expire 2027-01-01 -> ok
        transfer k3 G T 1 -> account_expired
        hold k4 g G T 1 -> account_expired
        balance G -> 100 40 0 60
        capture k5 h 50 final=true -> ok
        balance G -> 50 50 0 0
    """)


def test_a_batch_answers_every_item_in_order() -> None:
    play(f"""{ACCOUNTS}
        batch transfer a X S 60 ; transfer b X S 60 ; zap -> ok exceeds_balance invalid
        batch transfer c X S 40 ; transfer a X S 60 -> ok exists
        linked transfer d S X 60 ; transfer e X S 61 -> linked_failed exceeds_balance
        linked transfer f S X 60 ; zap -> linked_failed invalid
        linked transfer f S X 60 ; transfer g X S 60 -> ok ok
        linked transfer f S X 60 ; transfer g X S 60 -> exists exists
        batch transfer h S X 5 ; transfer h S X 5 ; clock 2027-01-01 -> ok exists invalid
        linked transfer j S X 5 ; transfer j S X 5 -> linked_failed invalid
        balance X -> 5 5 0 0
    """)
    assert answers('{"op":"batch","items":[]}', '{"op":"batch","items":[],"linked":true}') == [
        {"items": []},
        {"items": []},
    ]


def test_holds_of_one_name_in_a_batch_are_answered_as_if_alone() -> None:
    items = "hold a h X S 101 ; hold b h X S 9 ; hold c h X S 9 ; capture d h 5"
    taken = "exists_with_different_content"
    play(f"""{ACCOUNTS}
        linked {items} -> linked_failed {taken} {taken} linked_failed
        batch {items} -> exceeds_balance ok {taken} ok
        balance X -> 95 91 0 4
        linked hold e g X S 20 ; capture f g 15 final=true ; transfer i S X 1 -> ok ok ok
        balance X -> 81 77 0 4
    """)


def test_a_wallet_spends_what_is_lost_first_and_only_for_its_purpose() -> None:
    play("""
        account T -> ok
        account P -> ok
        account W/never limit=debits<=credits purpose=training -> ok
        account W/late limit=debits<=credits purpose=training expires=2028-01-01 -> ok
        account early wallet=W limit=debits<=credits purpose=training expires=2027-01-01 -> ok
        account W/care limit=debits<=credits purpose=childcare -> ok
        transfer 1 T W/never 10 -> ok
        transfer 2 T W/late 10 -> ok
        transfer 3 T early 10 -> ok
        transfer 4 T W/care 99 -> ok
        spend s1 W P 31 purpose=training -> exceeds_balance
        balance P -> 0 0 0 0
        spend s2 W P 15 purpose=training -> ok
        spend s2 W P 15 purpose=training -> exists
        spend s2 W P 16 purpose=training -> exists_with_different_content
        transfer s2 T P 15 -> exists_with_different_content
        spend 4 W P 9 purpose=childcare -> exists_with_different_content
        balance early -> 0 0 0 0
        balance W/late -> 5 5 0 0
        balance W/never -> 10 10 0 0
        balance P -> 15 15 0 0
        transfer 5 T W/late 50 -> ok
        spend s1 W P 31 purpose=training -> exceeds_balance
        clock 2028-01-01 -> ok
        spend s3 W P 11 purpose=training -> exceeds_balance
        spend s4 W P 10 purpose=training -> ok
        spend s5 W P 1 purpose=device -> exceeds_balance
        spend s6 nobody P 1 purpose=training -> unknown_account
        spend s7 W nobody 1 purpose=childcare -> unknown_account
        account E unit=EUR -> ok
        spend s8 W E 1 purpose=childcare -> unit_mismatch
    """)


def test_a_spend_tells_which_accounts_paid() -> None:
    (*_, paid) = answers(
        '{"op":"account","id":"T"}',
        '{"op":"account","id":"W/b","limit":"debits<=credits","expires":"2027-01-01"}',
        '{"op":"account","id":"W/a","limit":"debits<=credits"}',
        '{"op":"transfer","key":"1","from":"T","to":"W/a","cents":10}',
        '{"op":"transfer","key":"2","from":"T","to":"W/b","cents":10}',
        '{"op":"spend","key":"3","wallet":"W","cents":12,"to":"T"}',
    )
    parts = [{"account": "W/b", "cents": 10}, {"account": "W/a", "cents": 2}]
    assert paid == {"result": "ok", "parts": parts}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "no JSON"),
        ("[]", "one JSON object"),
        ('{"id":"X"}', "op: found nothing"),
        ('{"op":"zap"}', 'op: found "zap", expected account or transfer'),
        ('{"op":["zap"]}', "op: found"),
        ('{"op":"account","unit":"USD"}', "id: found nothing"),
        ('{"op":"account","id":"A","limit":"none"}', "limit: found"),
        ('{"op":"account","id":"A","expires":"soon"}', "expires: found"),
        ('{"op":"account","id":" A"}', "id: found a space at an end"),
        ('{"op":"account","id":"A\\u0000"}', "id: found a character that does not print"),
        ('{"op":"transfer","key":"k","from":"T","to":"S"}', "cents: found nothing"),
        ('{"op":"transfer","from":"T","to":"S","cents":1}', "key: found nothing"),
        ('{"op":"capture","key":"k","hold":"h","cents":1,"final":1}', "final: found 1"),
        ('{"op":"batch","items":{}}', "items: found {}, expected a list"),
        ('{"op":"clock","at":7}', "at: found 7"),
        ('{"op":"expire"}', "at: found nothing"),
    ],
)
def test_a_line_that_asks_for_nothing_known_is_invalid_and_the_script_goes_on(
    line: str, reason: str
) -> None:
    found, after = answers(line, '{"op":"account","id":"A"}')
    assert found["result"] == "invalid"
    assert reason in found["reason"]
    assert after == {"result": "ok"}


def test_scratch_books_leave_nothing_behind_and_see_nothing() -> None:
    service.define_unit("USD", "dollars known elsewhere", 4)
    first = answers('{"op":"account","id":"T"}', '{"op":"account","id":"X","unit":"USD"}')
    assert first == [{"result": "ok"}, {"result": "ok"}]
    assert not models.Cell.objects.exists()
    assert not models.Account.objects.exists()


def test_a_script_that_is_cut_short_leaves_nothing_behind() -> None:
    script = run(map(read_operation, json_lines("a", b'{"op":"account","id":"A"}\n{"op":"zap"}')))
    assert next(iter(script)) == {"result": "ok"}
    script.close()
    assert not models.Cell.objects.exists()
