"""Pages for people who are no specialists are written so that an eighth-grader can read them, and
in words that mean something outside this house."""

from __future__ import annotations

import re

import pytest

from tests.web.support import WEB, messages_in_code

GRADE_MAX = 8.0
FOR_EVERYBODY = ("citizen", "personas", "representative", "sign_in")
JARGON = (
    r"amortiz",
    r"beneficiar(y|ies)",
    r"CUSIP",
    r"determination",
    r"disburse",
    r"endpoint",
    r"entit(y|ies)",
    r"idempoten",
    r"ledger",
    r"pursuant",
    r"tranche",
    r"transaction",
    r"UUID",
    r"utili[sz]e",
)
"""Words of the house, of the law and of the trade, as they begin."""


def sentences(folder: str) -> list[str]:
    """What the pages of a folder say in whole sentences, without the values put into it."""
    texts = {
        text
        for _, forms in messages_in_code(WEB / folder)
        for text in ((forms,) if isinstance(forms, str) else forms)
    }
    plain = [re.sub(r"%\(\w+\)s|%%|<[^>]+>", "7", text) for text in sorted(texts)]
    return [one for text in plain for one in re.findall(r"[^.?!:]+[.?!:]", text)]


def syllables(word: str) -> int:
    """About how many syllables an English word has: its groups of vowels, less a silent e."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = bool(re.search(r"[^aeiouyl]e(s|d)?$", word.lower())) and groups > 1
    return max(groups - silent, 1)


def grade(told: list[str]) -> float:
    """The Flesch-Kincaid grade of sentences (Kincaid and others 1975)."""
    spoken = [word for sentence in told for word in re.findall(r"[A-Za-z']+", sentence)]
    sounds = sum(syllables(word) for word in spoken)
    return 0.39 * len(spoken) / len(told) + 11.8 * sounds / len(spoken) - 15.59


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("training", 2), ("determination", 5), ("people", 2), ("agreed", 2), ("wage", 1)],
)
def test_syllables_are_counted_about_right(word: str, count: int) -> None:
    assert syllables(word) == count


def test_grade_tells_plain_words_from_those_of_an_office() -> None:
    plain = ["You have money for school.", "You can see who looked."]
    office = ["Disbursement is contingent upon verification of eligibility determinations."]
    assert grade(plain) < 4 < 12 < grade(office)


@pytest.mark.parametrize("folder", FOR_EVERYBODY)
def test_pages_for_everybody_are_read_by_an_eighth_grader(folder: str) -> None:
    told = sentences(folder)
    assert len(told) >= 3
    assert grade(told) <= GRADE_MAX, f"grade {grade(told):.1f}"


@pytest.mark.parametrize("folder", FOR_EVERYBODY)
def test_pages_for_everybody_use_no_word_of_the_house(folder: str) -> None:
    used = [
        (word, sentence)
        for sentence in sentences(folder)
        for word in JARGON
        if re.search(rf"\b{word}", sentence, re.IGNORECASE)
    ]
    assert used == []
