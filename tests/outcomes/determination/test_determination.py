"""Determinations: two engines, the same bytes, corrections that supersede, true-ups."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.outcomes.determination import sql_engine
from lmb.outcomes.determination.dispute import Challenge, Standing, file, standing
from lmb.outcomes.determination.measures import measured, score
from lmb.outcomes.determination.statement import Statement, determine
from lmb.outcomes.determination.tally import Arm, Tally, tally
from lmb.outcomes.determination.terms import read_terms
from lmb.values.errors import InputError, RefusedError
from tests.outcomes.determination.cohorts import (
    PUBLISHED,
    TERMS,
    frozen,
    lines,
    terms,
)


@pytest.fixture(scope="module")
def first() -> Statement:
    return determine(terms(), frozen(lines()), PUBLISHED)


def tranche(statement: Statement, name: str) -> dict[str, object]:
    return dict(statement.tranche(name))


# ── what counts ───────────────────────────────────────────────────────────────────────────────


def test_the_best_source_counts_and_of_it_the_latest_record_before_the_freeze() -> None:
    rows = [
        "p1,A,treated,s,supplemental,2026-06-20,counted,5",
        "p1,A,treated,s,ui,2026-05-01,counted,1",
        "p1,A,treated,s,ui,2026-06-01,counted,2",
        "p1,A,treated,s,ui,2026-07-01,counted,3",
        "p2,A,control,s,supplemental,2026-06-20,counted,4",
    ]
    found = tally(terms(), frozen(rows).records)["A"]
    assert dict(found.arms) == {("s", "treated"): Arm(1, 2, 4), ("s", "control"): Arm(1, 4, 16)}


statuses = st.sampled_from(["counted", "not_yet", "deceased", "incarcerated"])
worlds = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["ui", "supplemental"]),
        st.dates(date(2026, 5, 1), date(2026, 8, 1)),
        statuses,
        st.integers(-(10**15), 10**15),
    ),
    max_size=25,
    unique_by=lambda row: row[:3],
)


@settings(max_examples=25, deadline=None)
@given(worlds, st.sampled_from(["leave-out", "zero"]))
def test_both_engines_count_the_same_in_any_world(
    world: list[tuple[int, str, date, str, int]], missing: str
) -> None:
    rows = [
        f"p{person},{'AB'[person % 2]},{('control', 'treated')[person % 3 == 0]},s{person % 4},"
        f"{source},{day},{status},{outcome if status == 'counted' else ''}"
        for person, source, day, status, outcome in world
    ]
    kept, agreed_terms = frozen(rows), terms(missing=missing)
    ours = tally(agreed_terms, kept.records)
    assert sql_engine.tally(agreed_terms, kept.content, threads=1) == ours


def test_statements_are_the_same_bytes_over_shuffles_and_threads(first: Statement) -> None:
    rows = lines()
    for seed in range(20):
        random.Random(seed).shuffle(rows)
        shuffled = frozen(rows)
        for threads in (1, 2):
            found = sql_engine.tally(terms(), shuffled.content, threads=threads)
            assert found == tally(terms(), shuffled.records)
    assert determine(terms(), frozen(rows), PUBLISHED).content == first.content


def test_engines_that_differ_state_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(terms: object, content: bytes) -> dict[str, Tally]:
        return {name: Tally((), (), 0) for name in "AB"}

    monkeypatch.setattr(sql_engine, "tally", wrong)
    with pytest.raises(RefusedError, match=r"engines differ on tranche A.*Nothing is stated"):
        determine(terms(), frozen(lines()), PUBLISHED)


# ── figures, score and money ──────────────────────────────────────────────────────────────────


def test_a_rate_by_hand() -> None:
    # Seven of nine who are known; two excluded, one unknown. 77.8 % on the way from 60 to 80.
    rows = [f"p{n},A,treated,s,ui,2026-05-01,counted,{int(n < 7)}" for n in range(9)]
    rows += [f"x{n},A,treated,s,ui,2026-05-01,deceased," for n in range(2)]
    rows += ["u,A,treated,s,ui,2026-05-01,not_yet,"]
    agreed = terms(estimator="rate/1", threshold="60", target="80", minimum_people=5)
    found = tranche(determine(agreed, frozen(rows), PUBLISHED), "A")
    assert found["figures"] == {
        "coverage_percent": "90",
        "numerator": 7,
        "denominator": 9,
        "rate_percent": "77.8",
    }
    assert found["excluded"] == {"deceased": 2, "incarcerated": 0}
    assert found["not_yet"] == 1
    # (700/9 - 60) / 20 = 8/9 of 10,000.03 dollars, shared one to two.
    assert found["score_exact"] == "8/9"
    assert found["cents"] == 888_892
    assert found["payees"] == {"board": 296_297, "provider": 592_595}


def test_a_difference_in_blocks_by_hand() -> None:
    # Differences of 10 and 20 in blocks of 4 and 8 people.
    cells = {("x", "treated"): [10, 30], ("x", "control"): [0, 20]}
    cells |= {("y", "treated"): [40] * 4, ("y", "control"): [20] * 4}
    arms = tuple(
        (key, Arm(len(ys), sum(ys), sum(y * y for y in ys))) for key, ys in sorted(cells.items())
    )
    agreed = terms(minimum_people=2, interval_standard_errors="2", evaluate="lower")
    found = measured(agreed, Tally(arms, (), 0))
    # 10/3 + 40/3; variances 200 in block x: (1/3)² (200/2 + 200/2).
    assert found.figures["estimate"] == "16.6666666667"
    assert found.figures["standard_error"] == "4.71404520791"
    assert found.value is not None
    assert abs(found.value - Fraction(50, 3) + 2 * Fraction("4.714045207910317")) < Fraction(
        1, 10**12
    )


def test_a_score_stays_between_floor_and_cap() -> None:
    agreed = terms(threshold="10", target="20", floor="0.1", cap="0.9")
    found = [score(agreed, Fraction(value)) for value in (0, 15, 100)]
    assert found == [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"minimum_coverage_percent": "99"}, "coverage of"),
        ({"minimum_people": 1_000}, "is smaller than 1000"),
    ],
)
def test_thin_evidence_falls_back_and_says_why(changes: dict[str, object], reason: str) -> None:
    agreed = terms(**changes)
    found = tranche(determine(agreed, frozen(lines()), PUBLISHED), "A")
    assert reason in str(found["thin"])
    assert (found["decided_by"], found["cents"], found["due_cents"]) == ("administrator", None, 0)
    floor = terms(**changes, fallback=["prior-statement", "floor"], floor="0.25")
    found = tranche(determine(floor, frozen(lines()), PUBLISHED), "B")
    assert (found["decided_by"], found["cents"]) == ("floor", 500_000)


def test_a_later_statement_without_evidence_keeps_the_score_of_the_one_before(
    first: Statement,
) -> None:
    nobody = [row.replace("counted", "not_yet").rsplit(",", 1)[0] + "," for row in lines()]
    found = determine(terms(), frozen(nobody), date(2026, 7, 10), first)
    for name in "AB":
        assert tranche(found, name)["decided_by"] == "prior-statement"
        assert tranche(found, name)["cents"] == tranche(first, name)["cents"]


# ── corrections and true-ups ──────────────────────────────────────────────────────────────────


def corrected(rows: list[str], person: str, outcome: int) -> list[str]:
    """The rows with a later record of one person."""
    (old,) = [row for row in rows if row.startswith(person) and ",ui,2026-05-01," in row]
    fields = old.split(",")
    return [*rows, ",".join([*fields[:5], "2026-06-29", "counted", str(outcome)])]


def test_a_correction_changes_the_tranche_of_its_people_and_no_other(first: Statement) -> None:
    rows = corrected(lines(), "p00000", 90_000_000)
    found = determine(terms(), frozen(rows), date(2026, 7, 20), first)
    assert found.document["kind"] == "correction"
    assert found.document["supersedes"] == first.sha256
    assert found.document["people_with_changed_records"] == 1
    assert tranche(found, "A")["score"] != tranche(first, "A")["score"]
    assert tranche(found, "B") == tranche(first, "B")
    # It stands in the place of the first: all of its money is due, nothing was settled.
    assert tranche(found, "A")["settled_before_cents"] == 0
    assert tranche(found, "A")["due_cents"] == tranche(found, "A")["cents"]


def test_after_the_window_only_a_material_difference_is_due(first: Statement) -> None:
    paid = tranche(first, "A")["cents"]
    assert isinstance(paid, int)
    rows = corrected(lines(), "p00000", 90_000_000)
    found = determine(terms(), frozen(rows), date(2026, 9, 1), first)
    assert found.document["kind"] == "true-up"
    moved = tranche(found, "A")
    assert moved["settled_before_cents"] == paid
    assert moved["due_cents"] == moved["cents"] - paid  # type: ignore[operator]
    assert tranche(found, "B")["due_cents"] == 0
    small = determine(
        terms(materiality_cents=10**9),
        frozen(rows),
        date(2026, 9, 1),
        determine(terms(materiality_cents=10**9), frozen(lines()), PUBLISHED),
    )
    kept = tranche(small, "A")
    assert (kept["due_cents"], kept["settled_cents"]) == (0, paid)
    assert kept["cents"] == moved["cents"]


def test_a_corrected_true_up_counts_from_what_was_settled_before_it(first: Statement) -> None:
    rows = corrected(lines(), "p00000", 90_000_000)
    true_up = determine(terms(), frozen(rows), date(2026, 9, 1), first)
    again = determine(terms(), frozen(lines()), date(2026, 9, 10), true_up)
    assert again.document["kind"] == "true-up"
    assert tranche(again, "A")["settled_before_cents"] == tranche(first, "A")["cents"]
    assert tranche(again, "A")["due_cents"] == 0


def test_a_correction_that_answers_a_challenge_in_time_is_no_true_up(first: Statement) -> None:
    rows = corrected(lines(), "p00000", 90_000_000)
    found = determine(terms(), frozen(rows), date(2026, 9, 1), first, answers=["C-1"])
    assert found.document["kind"] == "correction"
    assert tranche(found, "A")["due_cents"] == tranche(found, "A")["cents"]


def test_terms_are_fixed_and_time_runs_out(first: Statement) -> None:
    with pytest.raises(RefusedError, match="may move freeze_on and nothing else"):
        determine(terms(target="100000"), frozen(lines()), date(2026, 7, 20), first)
    with pytest.raises(RefusedError, match="longstop on 2028-12-31"):
        determine(terms(), frozen(lines()), date(2029, 1, 1), first)
    with pytest.raises(RefusedError, match="before its data are frozen"):
        determine(terms(), frozen(lines()), date(2026, 6, 1))


def test_moving_the_freeze_replays_what_was_known_when(first: Statement) -> None:
    later = determine(terms(freeze_on="2026-10-01"), first.frozen, date(2026, 10, 2), first)
    assert tranche(later, "A")["figures"] != tranche(first, "A")["figures"]
    # The table holds both moments: the first statement follows from it to the byte.
    assert determine(terms(), later.frozen, PUBLISHED).content == first.content


# ── challenges ────────────────────────────────────────────────────────────────────────────────


def test_the_life_of_a_challenge(first: Statement) -> None:
    challenge = Challenge(
        "C-1", first.sha256, "provider", ("p00000",), "wages of a second employer", date(2026, 7, 9)
    )
    assert file(first, first.people, challenge) is challenge
    assert standing(first, [], [], date(2026, 7, 9)) is Standing.OPEN
    assert standing(first, [], [], date(2026, 8, 1)) is Standing.FINAL
    assert standing(first, [challenge], [], date(2026, 8, 1)) is Standing.CHALLENGED
    upheld = replace(challenge, upheld_because="the employer confirms the record")
    assert standing(first, [upheld], [], date(2026, 8, 1)) is Standing.FINAL
    rows = corrected(lines(), "p00000", 90_000_000)
    answer = determine(terms(), frozen(rows), date(2026, 9, 1), first, answers=["C-1"])
    assert standing(first, [challenge], [answer], date(2026, 9, 1)) is Standing.SUPERSEDED
    true_up = determine(terms(), frozen(rows), date(2026, 9, 1), first)
    assert standing(first, [upheld], [true_up], date(2026, 9, 1)) is Standing.FINAL


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"filed_on": date(2026, 8, 1)}, "the window was 2026-07-01 to 2026-07-31"),
        ({"people": ("nobody",)}, "unknown: nobody"),
        ({"people": ()}, "must give a reason and name"),
        ({"reason": " "}, "must give a reason and name"),
        ({"statement_sha256": "0" * 64}, "of another statement"),
    ],
)
def test_a_challenge_out_of_order_is_refused(
    first: Statement, changes: dict[str, object], reason: str
) -> None:
    challenge = Challenge("C-1", first.sha256, "x", ("p00000",), "why", date(2026, 7, 9))
    with pytest.raises(RefusedError, match=reason):
        file(first, first.people, replace(challenge, **changes))  # type: ignore[arg-type]


# ── what is refused ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("p1,A,treated,s,ui,2026-05-01,counted,", "row 2, outcome: found None, expected a number"),
        ("p1,A,treated,s,ui,2026-05-01,deceased,4", "row 2, outcome: found 4"),
        ("p1,A,treated,s,ui,2026-05-01,counted,1.5", "row 2, outcome: found '1.5'"),
        ("p1,A,both,s,ui,2026-05-01,counted,1", "row 2, arm: found 'both'"),
        (
            "p1,A,treated,s,ui,2026-05-01,counted,1\np1,A,treated,s,ui,2026-05-01,counted,2",
            "row 3, person: found the record of row 2 again",
        ),
        (
            "p1,A,treated,s,ui,2026-05-01,counted,1\np1,A,control,s,ui,2026-05-02,counted,2",
            "row 3, arm: found 'control', in row 2 'treated'",
        ),
    ],
)
def test_bad_records_are_named(row: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        frozen(row.split("\n"))
    assert told in str(caught.value)


def test_a_reason_the_terms_do_not_know_is_refused() -> None:
    with pytest.raises(RefusedError, match="status 'moved'; the terms know counted, not_yet"):
        tally(terms(), frozen(["p1,A,treated,s,ui,2026-05-01,moved,"]).records)
    others = terms(estimator="rate/1", minimum_people=1)
    with pytest.raises(RefusedError, match="outcomes of 0 and 1"):
        determine(others, frozen(["p1,A,treated,s,ui,2026-05-01,counted,2"]), PUBLISHED)


WRONG_TERMS: list[tuple[dict[str, object], str]] = [
    ({"floor": 0.5}, "0.5 as a JSON number"),
    ({"cap": "-1"}, 'cap: found "-1"'),
    ({"target": "0"}, "target: found 0, expected more than the threshold"),
    ({"estimator": "rate/1", "evaluate": "lower"}, "a count of all has no interval"),
    ({"tranches": [{"id": "A", "full_cents": 5, "payees": {}}]}, "tranches: found"),
    ({"fallback": ["prior-statement"]}, "fallback: found"),
    ({"longstop_on": "2026-06-30"}, "longstop_on: found 2026-06-30"),
    ({"extra": 1}, "extra: found a field"),
    ({"freeze_on": "20260630"}, 'freeze_on: found "20260630"'),
]


@pytest.mark.parametrize(("changes", "told"), WRONG_TERMS)
def test_wrong_terms_are_named(changes: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as caught:
        read_terms("terms.json", json.dumps({**TERMS, **changes}).encode())
    assert told in str(caught.value)


def test_every_field_of_the_terms_is_required() -> None:
    for name in TERMS:
        document = {key: value for key, value in TERMS.items() if key != name}
        with pytest.raises(InputError, match=f"{name}: found nothing"):
            read_terms("terms.json", json.dumps(document).encode())


def test_exclusions_add_up_and_more_of_them_never_raise_the_denominator() -> None:
    rows = lines(60)
    before = tally(terms(), frozen(rows).records)
    changed = [row.replace(",counted,", ",deceased,").rsplit(",", 1)[0] + "," for row in rows[:5]]
    after = tally(terms(), frozen([*changed, *rows[5:]]).records)
    for name in "AB":
        sizes = [sum(arm.people for _, arm in found[name].arms) for found in (before, after)]
        assert sizes[1] <= sizes[0]
    people = {row.split(",")[0] for row in rows}
    counted = sum(
        sum(arm.people for _, arm in found.arms) + sum(n for _, n in found.excluded) + found.not_yet
        for found in before.values()
    )
    assert counted == len(people)
