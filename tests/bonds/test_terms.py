"""Term sheets: what a file says, what bars it, and its fingerprint."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.dated_rules import OutcomeCouponRules
from lmb.bonds.linked.curve import outcome_curve
from lmb.bonds.linked.document import load_linked_sheet, sheet_from_document
from lmb.bonds.linked.measured import measured_on, measured_windows
from lmb.bonds.linked.sheet import Evaluate, LinkedSheet
from lmb.bonds.terms_reading import BYTES_MAX, PROBLEMS_MAX
from lmb.values.canonical import canonical_bytes, sha256_hex
from lmb.values.errors import InputError, Problem, RefusedError
from tests.bonds.support import changed, sound_document


def fields(node: object, path: str = "") -> list[str]:
    """The path of every single value of a document, as `changed` takes it."""
    if isinstance(node, dict):
        return [p for name, child in node.items() for p in fields(child, f"{path}__{name}")]
    if isinstance(node, list):
        return [p for n, child in enumerate(node, 1) for p in fields(child, f"{path}__{n}")]
    return [path.removeprefix("__")]


FIELDS = fields(sound_document())


def load(content: bytes) -> LinkedSheet:
    return load_linked_sheet("terms.json", content)


def problems(content: bytes) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load(content)
    return list(caught.value.problems)


def columns(content: bytes) -> list[str | None]:
    return [problem.column for problem in problems(content)]


# ── a sound file ──────────────────────────────────────────────────────────────────────────────


def test_a_sound_file_becomes_typed_terms() -> None:
    terms = load(changed())
    assert terms.offering_cents == 200_000_000
    assert terms.issue_on == date(1976, 2, 17)
    assert terms.delivery.provider_name == "Supported Work Corporation"
    assert terms.delivery.tranches.placement_percent == 40
    assert len(terms.schedule.periods()) == 10
    assert terms.offering.coupon_percent is None
    assert terms.offering.highest_yield_percent == Decimal(20)


def test_what_the_house_measures_has_its_windows_and_its_day() -> None:
    terms = load(changed())
    windows = measured_windows(terms)
    assert str(windows.baseline) == "1974-01-01 to 1975-12-31"
    assert str(windows.observed) == "1978-01-01 to 1978-12-31"
    # Known from 29 June 1979 on, read when the coupon of 15 August is determined.
    assert measured_on(terms) == date(1979, 8, 13)


def test_a_gain_that_pays_in_a_straight_line_has_a_curve_and_other_shapes_have_none() -> None:
    curve = outcome_curve(load(changed()))
    assert curve is not None
    assert (curve.threshold_dollars, curve.target_dollars) == (Decimal(500), Decimal(2500))
    assert (curve.at_target_percent, curve.cap_percent) == (Decimal(3), Decimal("2.5"))
    assert curve.evaluate is Evaluate.ESTIMATE
    digital = {"is": "digital", "kpi": "earnings-gain", "compare": "at-least", "value": "500"}
    assert outcome_curve(load(changed(components__1__score=digital))) is None


def test_who_trains_is_asked_for_where_the_terms_leave_it_open() -> None:
    with pytest.raises(RefusedError, match="do not say who trains"):
        _ = load(changed(training__delivery=...)).delivery
    with pytest.raises(RefusedError, match="leave no indicator to the house"):
        measured_windows(load(changed(kpis__1__measured=...)))


def test_the_document_comes_back_as_it_was_written() -> None:
    document = sound_document()
    terms = load(json.dumps(document, indent=3).encode())
    assert terms.document() == document
    assert sheet_from_document(json.loads(terms.content)) == terms
    assert terms.content == canonical_bytes(document)
    assert terms.sha256 == sha256_hex(terms.content)


def test_the_fingerprint_depends_on_every_field_and_not_on_spacing_order_or_a_byte_order_mark() -> (
    None
):
    document = sound_document()
    reordered = dict(reversed(document.items()))
    same = [json.dumps(reordered).encode(), b"\xef\xbb\xbf" + json.dumps(document).encode()]
    locked = load(changed()).sha256
    assert {load(content).sha256 for content in same} == {locked}
    assert load(changed(components__1__score__target="2500.01")).sha256 != locked
    assert load(changed(training__delivery__program__title="Other")).sha256 != locked


# ── shape ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"schema": "lmb-term-sheet/3"}, "schema"),
        ({"title": ""}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"cusip": "lmb760aa3"}, "cusip"),
        ({"cusip": "LMB760AA3\n"}, "cusip"),
        ({"cusip": "LMB760AA4"}, "cusip"),
        ({"offering_cents": 200_000_000.0}, "offering_cents"),
        ({"offering_cents": "200000000"}, "offering_cents"),
        ({"offering_cents": True}, "offering_cents"),
        ({"offering_cents": -10_000}, "offering_cents"),
        ({"offering_cents": 10**18}, "offering_cents"),
        ({"issue_on": "1976-02-30"}, "issue_on"),
        ({"issue_on": "19760217"}, "issue_on"),
        ({"issue_on": "1976-W08-2"}, "issue_on"),
        ({"issue_on": "1976-02-17\n"}, "issue_on"),
        ({"issue_on": "1776-02-17"}, "issue_on"),
        ({"issue_on": None}, "issue_on"),
        ({"kpis": {}}, "kpis"),
        ({"kpis__1__basis__evaluate": "mean"}, "kpis.1.basis.evaluate"),
        ({"kpis__1__measured__rule": "placement"}, "kpis.1.measured.rule"),
        ({"kpis__1__measured__baseline_to": "1975"}, "kpis.1.measured.baseline_to"),
        ({"limits__cap_percent": 2.5}, "limits.cap_percent"),
        ({"rounding__rate_places": 7}, "rounding.rate_places"),
        ({"training__delivery__state": "xx"}, "training.delivery.state"),
        ({"training__delivery__provider__id": "a b"}, "training.delivery.provider.id"),
        (
            {"training__delivery__tranches__enrolment_percent": 130},
            "training.delivery.tranches.enrolment_percent",
        ),
    ],
)
def test_a_field_of_the_wrong_shape_is_named_once(changes: dict[str, object], column: str) -> None:
    assert columns(changed(**changes)) == [column]


def test_a_problem_names_file_path_what_was_found_and_what_was_expected() -> None:
    (problem,) = problems(changed(training__delivery__board="Ohio 7"))
    assert str(problem) == (
        'terms.json, training.delivery.board: found "Ohio 7", expected the state\'s local '
        'workforce board, its code like "XX-01" (term-sheet.md, section 2.1)'
    )


@pytest.mark.parametrize("name", [name for name in sound_document() if name != "training"])
def test_every_field_is_required(name: str) -> None:
    (problem,) = problems(changed(**{name: ...}))
    assert problem.column == name
    assert problem.found == "nothing"


def test_unknown_fields_are_named() -> None:
    content = changed(colour="blue", kpis__1__missing__note="x")
    assert set(columns(content)) == {"colour", "kpis.1.missing.note"}


def test_slips_of_shape_and_of_sense_are_reported_together() -> None:
    content = changed(title="", auction_on="1976-02-07", training__delivery__state="xx")
    assert set(columns(content)) == {"title", "auction_on", "training.delivery.state"}


# ── files that are no document ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting"),
        (b"[]", "a list"),
        (b"1", "1"),
        (b'{"title": NaN}', "NaN is not a JSON number"),
        (b"\xff{}", "utf-8"),
        (b"[" * 100_000, "recursion"),
        (b" " * (BYTES_MAX + 1), "1,048,577 bytes"),
        (b'{"title": ' + b"9" * 5_000 + b"}", "digits"),
    ],
)
def test_a_file_that_is_no_json_object_is_refused(content: bytes, found: str) -> None:
    (problem,) = problems(content)
    assert problem.column is None
    assert found in problem.found


def test_a_key_given_twice_is_refused_though_json_readers_take_the_last() -> None:
    content = changed().replace(b'"title":', b'"title": "Other", "title":', 1)
    (problem,) = problems(content)
    assert (problem.column, problem.found) == ("title", "the key 2 times in one object")


def test_half_a_surrogate_pair_is_shown_without_breaking_the_terminal() -> None:
    (problem,) = problems(changed(title="\ud800"))
    str(problem).encode()


def test_a_flood_of_problems_is_counted_beyond_a_thousand() -> None:
    content = json.dumps(sound_document() | {f"x{n}": 0 for n in range(PROBLEMS_MAX + 5)}).encode()
    found = problems(content)
    assert len(found) == PROBLEMS_MAX + 1
    assert found[-1].found == "5 more problems"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(st.sampled_from(FIELDS), JSON_VALUES)
def test_no_value_of_a_field_breaks_the_reader(path: str, value: object) -> None:
    with suppress(InputError):
        load(changed(**{path: value}))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([path for path in FIELDS if re.search("_(on|from|to|until)$", path)]),
            st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_choice_of_dates_breaks_the_checks(days: list[tuple[str, date]]) -> None:
    changes = {path: day.isoformat() for path, day in days}
    with suppress(InputError):
        load(changed(**changes))


# ── sense ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({"announced_on": "1976-02-03"}, "announced_on", "before auction_on (1976-02-03)"),
        ({"auction_on": "1976-02-17"}, "auction_on", "before issue_on (1976-02-17)"),
        ({"auction_on": "1976-02-07"}, "auction_on", "Federal Reserve Banks are open"),
        ({"issue_on": "1976-02-13"}, "dated_on", "not after issue_on (1976-02-13)"),
        ({"first_interest_on": "1976-08-14"}, "first_interest_on", "whole number of half-years"),
        (
            {"kpis__1__measured__baseline_to": "1973-12-31"},
            "kpis.1.measured.baseline_from",
            "not after",
        ),
        (
            {"kpis__1__measured__baseline_to": "1978-01-01"},
            "kpis.1.measured.baseline_to",
            "before the window starts (1978-01-01)",
        ),
        ({"kpis__1__vintage": 2}, "kpis.1.unit", "money, vintage 1"),
        ({"kpis__1__basis": {"is": "gross"}}, "kpis.1.basis", "the basis impact"),
        ({"kpis__1__window__from": "1979-01-01"}, "kpis.1.window.from", "not after"),
        ({"kpis__1__window__from": "1976-02-17"}, "kpis.1.window.from", "after issue_on"),
        ({"kpis__1__publication_lag_days": 700}, "components.1", "so that it is due by"),
        ({"components__1__score__threshold": "2500"}, "components.1.score.target", "another"),
        ({"limits__floor_percent": "2.501"}, "limits.floor_percent", "at most cap_percent"),
        ({"limits__cap_percent": "2.0005"}, "limits.cap_percent", "(3) decimals"),
        ({"offering_cents": 200_005_000}, "offering_cents", "a multiple of multiple_cents"),
        ({"minimum_cents": 15_000}, "minimum_cents", "a multiple of multiple_cents"),
        ({"minimum_cents": 300_000_000}, "minimum_cents", "at most offering_cents"),
        ({"authorized_cents": 199_990_000}, "authorized_cents", "at least offering_cents"),
        (
            {"training__delivery__tuition_cents": 620_001},
            "training.delivery.tuition_cents",
            "at most grant_cents",
        ),
        (
            {"training__delivery__grant_cents": 200_000_001},
            "training.delivery.grant_cents",
            "at most offering_cents",
        ),
        ({"training__delivery__board": "YY-01"}, "training.delivery.board", "state (XX)"),
        (
            {"training__delivery__spend_until": "1976-02-17"},
            "training.delivery.spend_until",
            "after issue_on",
        ),
        (
            {"training__delivery__spend_until": "1981-02-15"},
            "training.delivery.spend_until",
            "before matures_on",
        ),
        (
            {"training__delivery__tranches__placement_percent": 41},
            "training.delivery.tranches",
            "add up to 100",
        ),
    ],
)
def test_fields_that_do_not_fit_together_are_named_with_the_reason(
    changes: dict[str, object], column: str, expected: str
) -> None:
    (problem,) = problems(changed(**changes))
    assert problem.column == column
    assert expected in problem.expected


def test_a_holiday_is_named() -> None:
    (problem,) = problems(changed(issue_on="1976-02-16"))
    assert problem.found == "1976-02-16, Washington's Birthday"


@pytest.mark.parametrize("matures_on", ["1980-08-15", "1996-08-15"])
def test_a_term_outside_5_to_20_years_is_refused(matures_on: str) -> None:
    found = problems(changed(matures_on=matures_on))
    assert [problem.column for problem in found] == ["matures_on"]
    assert "5 to 20 years" in found[0].expected


@pytest.mark.parametrize("matures_on", ["1981-02-15", "1996-02-15"])
def test_terms_of_5_and_of_20_years_are_accepted(matures_on: str) -> None:
    assert load(changed(matures_on=matures_on)).matures_on == date.fromisoformat(matures_on)


def test_a_first_period_of_a_year_is_refused_and_a_day_less_is_long() -> None:
    assert columns(changed(first_interest_on="1977-02-15")) == ["first_interest_on"]
    longest = changed(
        dated_on="1976-02-16", first_interest_on="1977-02-15", matures_on="1982-02-15"
    )
    assert load(longest).schedule.first_kind == "long"


def test_the_limits_are_those_of_the_rules_on_the_day_of_the_announcement() -> None:
    asked = []

    def rules_on(day: date) -> OutcomeCouponRules:
        asked.append(day)
        return OutcomeCouponRules(6, 20, 2, 6)

    with pytest.raises(InputError, match="6 to 20 years"):
        load_linked_sheet("terms.json", changed(), rules_on)
    assert asked == [date(1976, 1, 15)]


def test_a_day_without_rules_is_a_problem_of_the_announcement() -> None:
    def no_rules(day: date) -> OutcomeCouponRules:
        raise RefusedError(f"no version in force on {day}")

    with pytest.raises(InputError) as caught:
        load_linked_sheet("terms.json", changed(), no_rules)
    assert [problem.column for problem in caught.value.problems] == ["announced_on"]
