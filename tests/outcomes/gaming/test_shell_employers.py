"""An employer that pays one provider's participants in measured quarters alone is flagged."""

from __future__ import annotations

from lmb.outcomes.gaming.shell_employers import Wage, paid_only_when_measured

PARTICIPANTS = [f"p{number}" for number in range(10)]
PROVIDER_OF = dict.fromkeys(PARTICIPANTS, "provider-1")
MEASURED = dict.fromkeys(PARTICIPANTS, frozenset({"2024Q2", "2024Q4"}))
SHELL = [
    Wage(person, "shell", quarter)
    for person in PARTICIPANTS[:6]
    for quarter in ("2024Q2", "2024Q4")
]


def flagged(wages: list[Wage]) -> list[str]:
    return [flag.subject for flag in paid_only_when_measured(wages, PROVIDER_OF, MEASURED)]


def test_a_payroll_of_participants_in_measured_quarters_alone_is_flagged() -> None:
    (flag,) = paid_only_when_measured(SHELL, PROVIDER_OF, MEASURED)
    assert (flag.found, flag.of) == (6, 6)
    assert (
        "participants of provider-1; 6 of them are paid there in no other quarter" in flag.sentence
    )


def test_an_employer_that_keeps_them_is_left_alone() -> None:
    lasting = [Wage(person, "shell", "2024Q3") for person in PARTICIPANTS[:2]]
    assert flagged([*SHELL, *lasting]) == []


def test_an_employer_with_other_staff_is_left_alone() -> None:
    others = [Wage(f"staff {number}", "shell", "2024Q2") for number in range(3)]
    assert flagged([*SHELL, *others]) == []


def test_a_few_people_prove_nothing() -> None:
    assert flagged([wage for wage in SHELL if wage.person in PARTICIPANTS[:4]]) == []


def test_wages_outside_measured_quarters_alone_are_no_sign() -> None:
    assert flagged([Wage(person, "early", "2024Q1") for person in PARTICIPANTS]) == []
