"""What a protected table must not tell, and that it hides no more than it has to."""

from __future__ import annotations

import csv
import io
from random import Random

import pytest

from lmb.publish.policy import DisclosurePolicy
from lmb.publish.release import Finding, check_table, protect_table
from lmb.publish.tables import read_counts
from lmb.values.errors import InputError, RefusedError
from tests.effort import Effort
from tests.publish.made_up import made_up_table, shuffled

POLICY = DisclosurePolicy.newest()


def protected(text: str, released: str | None = None) -> str:
    before = None if released is None else read_counts("before", released.encode(), hidden=True)
    table = read_counts("table", text.encode(), hidden=False)
    return protect_table(table, POLICY, before).content.decode()


def findings(text: str) -> tuple[Finding, ...]:
    return check_table(read_counts("table", text.encode(), hidden=True), POLICY)


def hidden(text: str) -> list[str]:
    """The categories of the rows that hide a figure."""
    rows = csv.reader(io.StringIO(text))
    return [row[0] for row in rows if "*" in row]


def test_attack_on_made_up_tables_recovers_nothing(effort: Effort) -> None:
    tables = effort.amount(brief=25, long=1_000)
    counts = hidden = 0
    for number in range(tables):
        content = made_up_table(effort.random("table", number))
        release = protect_table(read_counts("table", content, hidden=False), POLICY)
        published = read_counts("published", release.content, hidden=True)
        assert check_table(published, POLICY) == (), f"seed {effort.seed}, table {number}"
        counts += release.counts
        hidden += release.protected.small + release.protected.further
    assert 0 < hidden < counts
    effort.tell(f"{tables:,} tables, {hidden:,} of {counts:,} counts hidden, none recovered")


def test_attack_on_the_same_tables_with_small_counts_alone_hidden_recovers_some(
    effort: Effort,
) -> None:
    recovered = 0
    for number in range(25):
        content = made_up_table(effort.random("table", number)).decode()
        lines = content.splitlines()
        if lines[0].endswith(",count"):
            cells = [line.rpartition(",") for line in lines[1:]]
            marked = [f"{head},{'*' if int(n) < 10 else n}" for head, _, n in cells]
            recovered += len(findings("\n".join([lines[0], *marked]) + "\n"))
    assert recovered > 0


def test_a_small_count_is_hidden_with_one_other_of_its_total() -> None:
    text = protected("sex,count\n,153\nfemale,3\nmale,50\nother,100\n")
    assert hidden(text) == ["female", "male"]
    assert text.startswith("sex,count\n,153\n")


def test_two_small_counts_that_add_up_to_a_small_one_are_not_enough() -> None:
    assert hidden(protected("sex,count\n,103\na,3\nb,4\nc,96\n")) == ["a", "b", "c"]


def test_two_small_counts_that_add_up_to_enough_are_enough() -> None:
    assert hidden(protected("sex,count\n,112\na,6\nb,6\nc,100\n")) == ["a", "b"]


def test_a_table_without_small_counts_is_shown_whole() -> None:
    text = "sex,age,count\n,,66\na,,30\nb,,36\n,x,31\n,y,35\na,x,14\na,y,16\nb,x,17\nb,y,19\n"
    assert protected(text) == text


def test_a_hidden_count_hides_in_its_row_and_its_column() -> None:
    text = protected(
        "sex,age,count\n,,236\na,,115\nb,,121\n,x,118\n,y,118\na,x,4\na,y,111\nb,x,114\nb,y,7\n"
    )
    assert [row for row in text.splitlines() if "*" in row] == ["a,x,*", "a,y,*", "b,x,*", "b,y,*"]


def test_a_total_left_out_is_as_good_as_shown_to_whoever_can_add() -> None:
    shown = "sex,age,count\na,x,*\na,y,50\nb,x,60\nb,y,70\n"
    assert findings(shown) == ()
    assert findings(shown + ",,183\n")[0].told == "3, by all that is shown"


def test_a_county_hides_among_the_counties_of_its_state() -> None:
    text = protected(
        "place,count\n,500\nOhio,200\nOhio > Adams,4\nOhio > Allen,46\nOhio > Ashland,150\n"
        "Utah,300\nUtah > Beaver,140\nUtah > Cache,160\n"
    )
    assert hidden(text) == ["Ohio > Adams", "Ohio > Allen"]


def test_a_second_release_does_not_tell_who_came_since_the_first() -> None:
    first = "place,period,count\n,2024Q1,90\na,2024Q1,40\nb,2024Q1,50\n"
    assert protected(first) == first
    both = first + ",2024Q1..2024Q2,142\na,2024Q1..2024Q2,43\nb,2024Q1..2024Q2,99\n"
    later = protected(both, first)
    assert hidden(later) == ["a", "b"]
    assert first in later
    told = findings(both)
    assert [(each.line, each.told) for each in told] == [(None, "3, by all that is shown")]


def test_an_unchanged_group_tells_of_nobody_and_is_shown_again() -> None:
    text = (
        "place,period,count\n,2024Q1,90\na,2024Q1,40\nb,2024Q1,50\n"
        ",2024Q1..2024Q2,190\na,2024Q1..2024Q2,40\nb,2024Q1..2024Q2,150\n"
    )
    assert protected(text) == text


def test_rolling_quarters_do_not_tell_the_one_that_left() -> None:
    rolling = "period,count\n2023Q1..2023Q4,100\n2023Q2..2024Q1,{}\n"
    assert findings(rolling.format(97)) == ()
    quarter = rolling.format(97) + "2023Q2..2023Q4,{}\n"
    assert findings(quarter.format(60)) == ()
    assert [(each.what, each.told) for each in findings(quarter.format(95))] == [
        ("count of all 2023Q1", "5, by all that is shown"),
        ("count of all 2024Q1", "2, by all that is shown"),
    ]


def test_what_is_out_and_tells_cannot_be_protected_any_more() -> None:
    with pytest.raises(RefusedError, match="released already"):
        protected("sex,count\n,53\na,3\nb,50\n", "sex,count\n,53\na,*\nb,50\n")


def test_a_count_that_was_hidden_stays_hidden() -> None:
    assert hidden(protected("sex,count\n,120\na,60\nb,60\n", "sex,count\n,120\na,*\nb,*\n")) == [
        "a",
        "b",
    ]


def test_a_count_that_was_released_cannot_change() -> None:
    with pytest.raises(InputError, match="what is released stays as it is"):
        protected("sex,count\n,120\na,60\nb,60\n", "sex,count\n,119\na,59\nb,60\n")


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (20, 40, "20,40,50.0"),
        (3, 40, "3,40,7.5"),
        (2, 40, "*,40,*"),
        (0, 40, "*,40,*"),
        (38, 40, "*,40,*"),
        (40, 40, "*,40,*"),
        (5, 9, "*,*,*"),
    ],
)
def test_rates_hide_small_numerators_and_small_rests(
    numerator: int, denominator: int, shown: str
) -> None:
    text = protected(f"sex,numerator,denominator\nall,{numerator},{denominator}\n")
    assert text.splitlines()[1] == f"all,{shown}"
    assert findings(text) == ()


def test_a_rate_beside_a_hidden_numerator_is_found() -> None:
    assert findings("sex,numerator,denominator,rate_percent\nall,*,40,5.0\n")[0].what == (
        "rate_percent"
    )


@pytest.mark.parametrize(
    ("count", "cents", "shown"), [(30, "1234500", "1230000"), (29, "1234500", "*"), (30, "", "")]
)
def test_medians_are_rounded_and_need_thirty_people(count: int, cents: str, shown: str) -> None:
    text = protected(f"sex,count,median_cents\nall,{count},{cents}\n")
    assert text.splitlines()[1] == f"all,{count},{shown}"


def test_an_exact_median_in_a_released_table_is_found() -> None:
    assert findings("sex,count,median_cents\nall,30,1234500\n")[0].what == "median_cents"


def test_the_order_of_rows_changes_nothing() -> None:
    for number in range(5):
        content = made_up_table(Random(number), 12)
        other = shuffled(content, Random(number))
        one, two = (
            protect_table(read_counts("table", each, hidden=False), POLICY).content
            for each in (content, other)
        )
        assert sorted(one.splitlines()) == sorted(two.splitlines())


def test_nobody_may_choose_a_smallest_count_below_the_floor() -> None:
    assert POLICY.with_people_min(3).people_min == 3
    with pytest.raises(RefusedError, match="below 3 are never shown"):
        POLICY.with_people_min(2)


def test_a_total_that_is_not_the_sum_is_refused_with_its_line() -> None:
    with pytest.raises(InputError, match=r"row 2.*not the sum of its parts"):
        protected("sex,count\n,54\na,3\nb,50\n")
