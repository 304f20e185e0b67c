"""ETA-9169 and ETA-9173: every figure is the number of its rows, and what the engine counts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from random import Random

import openpyxl
import pytest

from lmb.outcomes.indicators.duckdb_engine import measure
from lmb.outcomes.indicators.results import Rate
from lmb.outcomes.indicators.rules import Window
from lmb.outcomes.reports.filling import Filled
from lmb.outcomes.reports.form import COUNT, PERCENT, Form
from lmb.outcomes.reports.statewide import Given, annual_report, quarterly_report
from lmb.outcomes.reports.writers import form_csv, form_page, form_workbook
from lmb.values.errors import NotFoundError
from lmb.values.quarters import Quarter
from tests.outcomes.reports.students import END, INDICATORS, RULES, YEAR, cohort, made_up

GIVEN = Given(
    {
        ("adult", "career"): 1_000_000,
        ("adult", "training"): 2_500_001,
        ("adult", "administration"): 388_889,
    },
    {("adult", "employment_q2"): Decimal("71.5"), ("adult", "median_q2"): Decimal("6500")},
)


OTHERS = ("dislocated/", "youth/", "aefla/")


@pytest.fixture(scope="module")
def annual() -> Iterator[Filled]:
    with cohort(*made_up()) as made:
        yield annual_report(made, YEAR, GIVEN)


@pytest.fixture(scope="module")
def quarterly() -> Iterator[Filled]:
    with cohort(*made_up()) as made:
        yield quarterly_report(made, END)


@pytest.mark.parametrize("form", ["annual", "quarterly"])
def test_every_figure_is_the_number_of_its_rows(form: str, request: pytest.FixtureRequest) -> None:
    filled: Filled = request.getfixturevalue(form)
    counts = percents = 0
    for _, figure in filled.form.figures():
        # The sheets of the other programs are made by the same lines of code.
        if figure.name not in filled.origins or figure.name.startswith(OTHERS):
            continue
        found = filled.lineage(figure.name)
        assert len(set(found.numerator)) == len(found.numerator)
        if figure.column.kind == COUNT:
            assert figure.value == len(found.numerator), figure.name
            counts += 1
        elif figure.column.kind == PERCENT:
            assert found.denominator is not None
            assert set(found.numerator) <= set(found.denominator)
            rate = Rate(len(found.numerator), len(found.denominator))
            assert figure.value == rate.percent, figure.name
            percents += 1
    assert counts > 100
    assert percents > (0 if form == "quarterly" else 50)


def test_the_total_of_a_program_is_what_the_engine_counts(annual: Filled) -> None:
    connection = annual.cohort.connection
    windows = {
        "employment_q2": Window(date(2022, 7, 1), date(2023, 6, 30)),
        "employment_q4": Window(date(2022, 1, 1), date(2022, 12, 31)),
        "credential": Window(date(2022, 1, 1), date(2022, 12, 31)),
        "skill_gain": Window(date(2023, 7, 1), date(2024, 6, 30)),
    }
    names = {"credential": "credential_attainment", "skill_gain": "measurable_skill_gains"}
    for figure, window in windows.items():
        measured = measure(connection, INDICATORS, window, window, ["program"])
        for (program,), group in measured.groups.items():
            rate = group.rates()[names.get(figure, figure)]
            for part, value in (("numerator", rate.numerator), ("rate", rate.percent)):
                name = f"{program}/total/{figure}.{part}"
                assert annual.form.figure(name).value == value
    measured = measure(connection, INDICATORS, windows["credential"], windows["credential"])
    retained = annual.form.figure("serving_employers/statewide/same_employer.numerator")
    assert retained.value == measured.total.serving_employers.numerator


def test_median_earnings_are_told_in_dollars_of_those_paid(annual: Filled) -> None:
    window = Window(date(2022, 7, 1), date(2023, 6, 30))
    measured = measure(annual.cohort.connection, INDICATORS, window, window, ["program"])
    cents = measured.groups[("adult",)].median_earnings_q2_cents
    assert cents is not None
    told = annual.form.figure("adult/total/median_q2").value
    assert isinstance(told, Decimal)
    assert abs(told * 100 - Decimal(cents.numerator) / cents.denominator) <= Decimal("0.5")


def test_windows_of_an_annual_report_end_where_its_periods_sheet_says() -> None:
    shown = {name: str(RULES.window(name, END)) for name in RULES.quarters_before_end}
    assert shown["employment_q2"] == shown["median_q2"] == "2022-07-01..2023-06-30"
    assert shown["employment_q4"] == shown["credential"] == "2022-01-01..2022-12-31"
    assert shown["same_employer"] == "2022-01-01..2022-12-31"
    assert shown["skill_gain"] == shown["served"] == "2023-07-01..2024-06-30"


def test_summary_items_have_their_numbers_and_costs_leave_administration_out(
    annual: Filled,
) -> None:
    (summary,) = [sheet for sheet in annual.form.sheets if sheet.name == "summary"]
    items = [column.item for column in summary.columns]
    assert items == [*"12345678", "11", "11", "11", "12", "12", "12", "13"]
    value = {
        f.column.name: f.value
        for _, f in annual.form.figures()
        if f.name.startswith("summary/adult/")
    }
    assert value["career_funds"] == Decimal("10000.00")
    served = value["training_served"]
    assert isinstance(served, int)
    assert value["training_cost"] == round(Decimal("25000.01") / served, 2)
    assert value["administration"] == Decimal("10.0")


def test_those_in_two_programs_are_co_enrolled_in_both(annual: Filled) -> None:
    found = annual.lineage("summary/adult/co_enrolled.rate")
    people = dict(
        annual.cohort.connection.execute(
            "SELECT period_id, list_distinct(list(program) OVER (PARTITION BY person_id)) "
            "FROM served"
        ).fetchall()
    )
    assert found.numerator
    assert all(len(people[period]) > 1 for period in found.numerator)
    assert {p for p in found.denominator or () if len(people[p]) > 1} == set(found.numerator)


def test_negotiated_levels_stand_under_the_total_and_count_nobody(annual: Filled) -> None:
    assert annual.form.figure("adult/negotiated/employment_q2.rate").text == "71.5"
    assert annual.form.figure("youth/negotiated/employment_q2.rate").text == ""
    with pytest.raises(NotFoundError, match="counts no periods"):
        annual.lineage("adult/negotiated/employment_q2.rate")
    with pytest.raises(NotFoundError, match="no cell 'adult/nobody/served'"):
        annual.lineage("adult/nobody/served")


def test_a_file_without_a_column_leaves_its_lines_blank_and_says_so() -> None:
    periods, wages = made_up(people=40)
    for each in periods:
        del each["sex"], each["training"]
    with cohort(periods, wages) as made:
        form = annual_report(made, YEAR, GIVEN).form
        assert {"Male", "Female", "training services"} <= set(form.not_reported)
        assert form.figure("adult/female/served").value is None
        assert form.figure("summary/adult/training_served").value is None
        assert form.figure("summary/adult/training_related.rate").value is None
        assert form.figure("adult/homeless/served").value is not None
        assert b"Not reported, as the file has no such column: training services" in form_page(form)


def test_groups_of_one_column_add_up_to_those_it_is_known_of(quarterly: Filled) -> None:
    def served(line: str) -> int:
        value = quarterly.form.figure(f"adult/{line}/served").value
        assert isinstance(value, int)
        return value

    assert served("male") + served("female") + served("sex_not_told") == served("total")
    ages = [group.name for group in RULES.groups if group.column == "age_at_entry"]
    assert sum(map(served, ages)) == served("total")


def test_a_quarterly_report_moves_with_its_quarter() -> None:
    with cohort(*made_up(people=100), end=Quarter(2023, 4)) as made:
        form = quarterly_report(made, Quarter(2023, 4)).form
    assert form.period == "four quarters to 2023-12-31"
    assert "2023-01-01..2023-12-31: served, exited, skill_gain." in form.notes


def test_the_same_rows_in_any_order_give_the_same_bytes() -> None:
    periods, wages = made_up(people=120)
    made = []
    for seed in (None, 1, 2):
        if seed is not None:
            Random(seed).shuffle(periods)
            Random(seed).shuffle(wages)
        with cohort(periods, wages) as each:
            form = annual_report(each, YEAR, GIVEN).form
        made.append((form_csv(form), form_workbook(form), form_page(form)))
    assert made[0] == made[1] == made[2]


def test_the_workbook_says_what_the_csv_says(annual: Filled) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form_workbook(annual.form)))
    assert book.sheetnames == [sheet.name for sheet in annual.form.sheets] + ["notes"]
    cells = 0
    for sheet in annual.form.sheets:
        page = book[sheet.name]
        assert [page.cell(2, 3 + n).value or "" for n in range(len(sheet.columns))] == [
            column.item for column in sheet.columns
        ]
        for row, line in enumerate(sheet.lines, start=4):
            assert page.cell(row, 2).value == line.label
            for place, value in enumerate(line.figures, start=3):
                found = page.cell(row, place).value
                if isinstance(value, Decimal):
                    found = Decimal(str(found)).quantize(value)
                assert found == value
                cells += found is not None
    assert cells > 800


class Reader(HTMLParser):
    """What a screen reader goes by: heads with a scope, captions, and tags that close."""

    def __init__(self) -> None:
        super().__init__()
        self.scopes: list[str] = []
        self.captions = self.bare_heads = 0
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        scope = dict(attrs).get("scope")
        if tag == "th" and scope is None:
            self.bare_heads += 1
        if scope is not None:
            self.scopes.append(scope)
        self.captions += tag == "caption"
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_names_every_row_and_column(annual: Filled) -> None:
    page = form_page(annual.form).decode()
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert reader.bare_heads == 0
    assert reader.captions == len(annual.form.sheets)
    lines = sum(len(sheet.lines) for sheet in annual.form.sheets)
    columns = sum(len(sheet.columns) + 1 for sheet in annual.form.sheets)
    assert reader.scopes.count("row") == lines
    assert reader.scopes.count("col") == columns
    assert '<html lang="en">' in page
    assert "<script" not in page


def test_what_a_file_says_cannot_become_markup_or_a_formula() -> None:
    form = Form("ETA-9169", "=1+1 <b>", "now", (), ("<script>",))
    assert b"<script>" not in form_page(form)
    book = openpyxl.load_workbook(io.BytesIO(form_workbook(form)))
    assert book["notes"].cell(1, 1).value == "<script>"
