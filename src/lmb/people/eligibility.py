"""Who may open a lifetime account: a rule with three answers. Pure.

`not-yet-known` is an answer of its own: it says what is missing and what to do next, and it is
never a no. A single no decides; otherwise a single unknown keeps the question open (Kleene).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from lmb.rules.determination import Decision, Input, documents
from lmb.rules.parameters import ParameterSet

RULE = "account-eligibility"


class Answer(StrEnum):
    """The three answers."""

    YES = "yes"
    NO = "no"
    NOT_YET_KNOWN = "not-yet-known"


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion: its answer, why, and, where it is not yet known, what to do next."""

    criterion: str
    answer: Answer
    because: str
    next_step: str | None = None


def together(answers: Sequence[Answer]) -> Answer:
    """All of them: no if one is no, else not yet known if one is, else yes."""
    for answer in (Answer.NO, Answer.NOT_YET_KNOWN):
        if answer in answers:
            return answer
    return Answer.YES


def account_eligibility(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """The rule. Its one input is what is known of a person's circumstances on a day."""
    (known,) = documents(inputs, "circumstances")
    findings = [
        _age(parameters.values, known),
        _residency(parameters.values, known),
        _identity(parameters.values, known),
        _guardian(parameters.values, known),
        _one_account(known),
    ]
    answer = together([finding.answer for finding in findings])
    missing = [finding for finding in findings if finding.answer is Answer.NOT_YET_KNOWN]
    explanation = [finding.because for finding in findings]
    explanation += [f"Next: {finding.next_step}" for finding in missing]
    return Decision(
        {
            "answer": answer.value,
            "criteria": {finding.criterion: finding.answer.value for finding in findings},
            "missing": [finding.criterion for finding in missing],
            "next_steps": [cast(str, finding.next_step) for finding in missing],
        },
        tuple(explanation),
    )


def _age(values: Mapping[str, Any], known: Mapping[str, Any]) -> Finding:
    minimum, age = int(values["minimum_age_years"]), known["age_years"]
    if age is None:
        return Finding(
            "age",
            Answer.NOT_YET_KNOWN,
            "The person's age is not known.",
            "Prove your identity with a document that shows your birth date.",
        )
    if age < minimum:
        return Finding("age", Answer.NO, f"The person is {age} years old; {minimum} are asked for.")
    return Finding("age", Answer.YES, f"The person is at least {minimum} years old.")


def _residency(values: Mapping[str, Any], known: Mapping[str, Any]) -> Finding:
    status = known["residency"]
    if status is None:
        return Finding(
            "residency",
            Answer.NOT_YET_KNOWN,
            "Citizenship or lawful residence is not known.",
            "Show a document of citizenship or lawful residence at a counter or online.",
        )
    if status in values["residency_statuses"]:
        return Finding("residency", Answer.YES, f"The person's status is {status}.")
    return Finding(
        "residency",
        Answer.NO,
        f"The person's status is {status}; asked for is "
        f"{' or '.join(values['residency_statuses'])}.",
    )


def _identity(values: Mapping[str, Any], known: Mapping[str, Any]) -> Finding:
    asked = int(values["identity_level"])
    if int(known["ial"]) >= asked:
        return Finding("identity", Answer.YES, f"The person's identity is proofed at IAL{asked}.")
    return Finding(
        "identity",
        Answer.NOT_YET_KNOWN,
        f"The person's identity is not proofed at IAL{asked}.",
        "Prove your identity online, or bring a document to a counter with the code we give you.",
    )


def _guardian(values: Mapping[str, Any], known: Mapping[str, Any]) -> Finding:
    of_age, age = int(values["of_age_years"]), known["age_years"]
    if age is None:
        return Finding(
            "guardian",
            Answer.NOT_YET_KNOWN,
            "Whether a parent or guardian is needed depends on the age.",
            "Prove your identity with a document that shows your birth date.",
        )
    if age >= of_age:
        return Finding("guardian", Answer.YES, f"At {of_age} nobody needs a parent or guardian.")
    if known["guardian"]:
        return Finding("guardian", Answer.YES, "A parent or guardian acts with the person.")
    return Finding(
        "guardian",
        Answer.NOT_YET_KNOWN,
        f"Until {of_age} a parent or guardian acts with the person; none does yet.",
        "Ask a parent or guardian to sign in and name them as acting for you.",
    )


def _one_account(known: Mapping[str, Any]) -> Finding:
    if known["review_open"]:
        return Finding(
            "one-account",
            Answer.NOT_YET_KNOWN,
            "One thing about the person's details is being checked by two people.",
            "Wait for our message, or bring an identity document to a counter.",
        )
    return Finding("one-account", Answer.YES, "Nothing about the person's details is in question.")
