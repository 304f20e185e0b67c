"""ETA-9171: a record for each program of study, of all its students and of those under the Act."""

from __future__ import annotations

import pytest

from lmb.outcomes.reports.filling import Filled
from lmb.outcomes.reports.form import COUNT
from lmb.outcomes.reports.studies import KEY, Study, load_studies, provider_report
from lmb.values.errors import InputError
from tests.outcomes.reports.students import YEAR, cohort, made_up

HEADER = (
    "study_id,provider,name,description,street,city,state,zip,entity_types,reciprocity,"
    "tuition_cents,ita_cents\n"
)
ROW = "{},Central College,Welding,Gas and arc,1 Main St,Columbus,OH,43215,1;3,0,450000,\n"


def listed(*ids: str) -> tuple[Study, ...]:
    return load_studies("studies.csv", (HEADER + "".join(map(ROW.format, ids))).encode())


def told(filled: Filled, study: str, column: str) -> object:
    return filled.form.figure(f"programs/{study}/{column}").value


def test_every_count_is_the_number_of_its_students() -> None:
    studies = listed("study-1", "study-2", "study-3")
    with cohort(*made_up(people=200), key=KEY) as made:
        filled = provider_report(made, YEAR, studies)
        checked = 0
        for _, figure in filled.form.figures():
            if figure.column.kind == COUNT:
                assert figure.value == len(filled.lineage(figure.name).numerator)
                checked += 1
        wioa = set(filled.lineage("programs/study-1/wioa_served").numerator)
        assert wioa < set(filled.lineage("programs/study-1/all_served").numerator)
    assert checked == 3 * 2 * 9


def test_a_program_without_students_has_its_record() -> None:
    with cohort(*made_up(people=60), key=KEY) as made:
        filled = provider_report(made, YEAR, listed("study-0", "study-1", "study-2", "study-3"))
    assert filled.form.sheets[0].lines[0].name == "study-0"
    assert told(filled, "study-0", "name") == "Welding"
    assert told(filled, "study-0", "all_served") == 0
    assert told(filled, "study-0", "all_employment_q2.rate") is None
    assert str(told(filled, "study-0", "tuition")) == "4500.00"
    assert told(filled, "study-0", "ita") is None


def test_elements_100_to_104_have_their_numbers() -> None:
    with cohort(*made_up(people=5), key=KEY) as made:
        filled = provider_report(made, YEAR, listed("study-1", "study-2", "study-3"))
    numbers = [column.item for column in filled.form.sheets[0].columns]
    assert numbers[:9] == ["100", "101", "", "102", "103A", "103B", "103C", "103D", "104"]
    assert set(numbers[9:]) == {""}


def test_students_of_a_program_that_is_not_listed_are_refused() -> None:
    with cohort(*made_up(people=60), key=KEY) as made, pytest.raises(InputError, match="'study-3'"):
        provider_report(made, YEAR, listed("study-1", "study-2"))


def test_a_file_that_does_not_say_who_is_under_the_act_is_refused() -> None:
    periods, wages = made_up(people=60)
    for each in periods:
        del each["wioa"]
    with cohort(periods, wages, key=KEY) as made, pytest.raises(InputError, match="wioa"):
        provider_report(made, YEAR, listed("study-1", "study-2", "study-3"))


def test_a_study_listed_twice_is_refused() -> None:
    with pytest.raises(InputError, match="each only once"):
        listed("study-1", "study-1")
