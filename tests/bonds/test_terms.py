"""Term sheets: what a file says, what bars it, and its fingerprint."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lmb.bonds.dated_rules import OutcomeCouponRules
from lmb.bonds.terms import Evaluation, TermSheet
from lmb.bonds.terms_file import (
    descriptions,
    load_term_sheet,
    schema,
    term_sheet_from_document,
)
from lmb.bonds.terms_reading import BYTES_MAX, PROBLEMS_MAX
from lmb.values.canonical import canonical_bytes, sha256_hex
from lmb.values.errors import InputError, Problem, RefusedError
from tests.bonds.support import changed, sound_document

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "term-sheet.md"


SECTION_1 = REFERENCE.read_text("utf-8").partition("\n## 2 ")[0]


def load(content: bytes) -> TermSheet:
    return load_term_sheet("terms.json", content)


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
    assert terms.outcome.evaluate is Evaluation.ESTIMATE
    assert terms.outcome.target_dollars == Decimal(2500)
    assert terms.training.provider_name == "Supported Work Corporation"
    assert terms.training.tranches.placement_percent == 40
    assert len(terms.schedule.periods()) == 10
    assert terms.offering.coupon_percent is None


def test_the_document_comes_back_as_it_was_written() -> None:
    document = sound_document()
    terms = load(json.dumps(document, indent=3).encode())
    assert terms.document() == document
    assert term_sheet_from_document(json.loads(terms.content)) == terms
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
    assert load(changed(outcome__target_dollars="2500.01")).sha256 != locked
    assert load(changed(training__program__title="Other")).sha256 != locked


def test_the_schema_is_sound_closed_and_describes_every_field() -> None:
    Draft202012Validator.check_schema(schema())
    text = json.dumps(schema())
    assert text.count('"type": "object"') == text.count('"additionalProperties": false')
    assert all(len(description) > 10 for description in descriptions().values())


def test_the_reference_page_has_every_field_of_the_schema_and_no_other() -> None:
    documented = re.findall(r"^\| `([a-z0-9_.]+)` \|", SECTION_1, re.MULTILINE)
    parents = {path.rpartition(".")[0] for path in descriptions()}
    assert sorted(documented) == sorted(set(descriptions()) - parents)


def test_the_example_of_the_reference_page_is_a_sound_term_sheet() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", SECTION_1, re.DOTALL)
    assert load(example.encode()).title


# ── shape ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"schema": "lmb-term-sheet/2"}, "schema"),
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
        ({"outcome": []}, "outcome"),
        ({"outcome__evaluate": "mean"}, "outcome.evaluate"),
        ({"outcome__indicator": "placement"}, "outcome.indicator"),
        ({"outcome__threshold_dollars": 500}, "outcome.threshold_dollars"),
        ({"outcome__threshold_dollars": "500"}, "outcome.threshold_dollars"),
        ({"outcome__threshold_dollars": "500.00\n"}, "outcome.threshold_dollars"),
        ({"outcome__threshold_dollars": "5e2"}, "outcome.threshold_dollars"),
        ({"outcome__bonus_cap_percent": "-1"}, "outcome.bonus_cap_percent"),
        ({"outcome__bonus_cap_percent": 2.5}, "outcome.bonus_cap_percent"),
        ({"outcome__rounding_places": 7}, "outcome.rounding_places"),
        ({"outcome__missing_data__score": "1.5"}, "outcome.missing_data.score"),
        (
            {"outcome__missing_data__minimum_coverage_percent": "101"},
            "outcome.missing_data.minimum_coverage_percent",
        ),
        ({"training__state": "xx"}, "training.state"),
        ({"training__provider__id": "a b"}, "training.provider.id"),
        ({"training__tranches__enrolment_percent": 130}, "training.tranches.enrolment_percent"),
    ],
)
def test_a_field_of_the_wrong_shape_is_named_once(changes: dict[str, object], column: str) -> None:
    assert columns(changed(**changes)) == [column]


def test_a_problem_names_file_path_what_was_found_and_what_was_expected() -> None:
    (problem,) = problems(changed(outcome__bonus_cap_percent=2.5))
    assert str(problem) == (
        "terms.json, outcome.bonus_cap_percent: found 2.5, expected largest bonus, per cent a "
        'year as text like "2.500"'
    )


@pytest.mark.parametrize("path", [path.replace(".", "__") for path in sorted(descriptions())])
def test_every_field_is_required(path: str) -> None:
    (problem,) = problems(changed(**{path: ...}))
    assert problem.column == path.replace("__", ".")
    assert problem.found == "nothing"


def test_unknown_fields_are_named() -> None:
    content = changed(colour="blue", outcome__missing_data__note="x")
    assert set(columns(content)) == {"colour", "outcome.missing_data.note"}


def test_slips_of_shape_and_of_sense_are_reported_together() -> None:
    content = changed(
        title="",
        auction_on="1976-02-07",
        outcome__bonus_floor_percent="2.600",
        training__tranches__placement_percent=50,
    )
    assert set(columns(content)) == {
        "title",
        "auction_on",
        "outcome.bonus_floor_percent",
        "training.tranches",
    }


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


@given(st.sampled_from(sorted(descriptions())), JSON_VALUES)
def test_no_value_of_a_field_breaks_the_reader(path: str, value: object) -> None:
    with suppress(InputError):
        load(changed(**{path.replace(".", "__"): value}))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [path for path in sorted(descriptions()) if re.search("_(on|from|to|until)$", path)]
            ),
            st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_choice_of_dates_breaks_the_checks(days: list[tuple[str, date]]) -> None:
    changes = {path.replace(".", "__"): day.isoformat() for path, day in days}
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
        ({"outcome__baseline_to": "1973-12-31"}, "outcome.baseline_from", "not after"),
        ({"outcome__baseline_to": "1978-01-01"}, "outcome.baseline_to", "before outcome.observed"),
        ({"outcome__observed_from": "1979-01-01"}, "outcome.observed_from", "not after"),
        ({"outcome__determined_on": "1979-06-28"}, "outcome.determined_on", "1979-06-29 or later"),
        (
            {"outcome__determined_on": "1980-08-14"},
            "outcome.determined_on",
            "1980-08-13 or earlier",
        ),
        ({"outcome__determined_on": "1979-07-15"}, "outcome.determined_on", "Banks are open"),
        ({"outcome__threshold_dollars": "2500.00"}, "outcome.threshold_dollars", "less than"),
        ({"outcome__bonus_floor_percent": "2.501"}, "outcome.bonus_floor_percent", "at most"),
        ({"outcome__bonus_cap_percent": "2.0005"}, "outcome.bonus_cap_percent", "(3) decimals"),
        ({"offering_cents": 200_005_000}, "offering_cents", "a multiple of multiple_cents"),
        ({"minimum_cents": 15_000}, "minimum_cents", "a multiple of multiple_cents"),
        ({"minimum_cents": 300_000_000}, "minimum_cents", "at most offering_cents"),
        ({"training__tuition_cents": 620_001}, "training.tuition_cents", "at most training.grant"),
        ({"training__grant_cents": 200_000_001}, "training.grant_cents", "at most offering_cents"),
        ({"training__board": "YY-01"}, "training.board", "a board of training.state (XX)"),
        ({"training__spend_until": "1976-02-17"}, "issue_on", "before training.spend_until"),
        ({"training__spend_until": "1981-02-15"}, "training.spend_until", "before matures_on"),
        ({"training__tranches__placement_percent": 41}, "training.tranches", "add up to 100"),
    ],
)
def test_fields_that_do_not_fit_together_are_named_with_the_reason(
    changes: dict[str, object], column: str, expected: str
) -> None:
    (problem,) = problems(changed(**changes))
    assert problem.column == column
    assert expected in problem.expected


@pytest.mark.parametrize("determined_on", ["1979-06-29", "1980-08-13"])
def test_the_first_and_the_last_day_of_a_determination_are_accepted(determined_on: str) -> None:
    terms = load(changed(outcome__determined_on=determined_on))
    assert terms.outcome.determined_on == date.fromisoformat(determined_on)


def test_a_holiday_is_named() -> None:
    (problem,) = problems(changed(issue_on="1976-02-16"))
    assert problem.found == "1976-02-16, Washington's Birthday"


def test_outcomes_before_the_issue_cannot_count() -> None:
    found = problems(changed(outcome__observed_from="1976-02-17"))
    assert [(problem.column, problem.expected) for problem in found] == [
        ("issue_on", "before outcome.observed_from (1976-02-17)")
    ]


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
        load_term_sheet("terms.json", changed(), rules_on)
    assert asked == [date(1976, 1, 15)]


def test_a_day_without_rules_is_a_problem_of_the_announcement() -> None:
    def no_rules(day: date) -> OutcomeCouponRules:
        raise RefusedError(f"no version in force on {day}")

    with pytest.raises(InputError) as caught:
        load_term_sheet("terms.json", changed(), no_rules)
    assert [problem.column for problem in caught.value.problems] == ["announced_on"]
