"""A programme as its four files describe it, checked as a whole before anything is written. Pure.

terms.json + bids.csv + people.csv + earnings.csv ──load_programme──▶ Programme, or InputError
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from lmb.bonds.auction import AuctionResult, run_auction
from lmb.bonds.bids import Bid
from lmb.bonds.bids_file import load_bids
from lmb.bonds.dated_rules import auction_rules_on
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.measured import measured_on
from lmb.bonds.linked.sheet import Kpi, LinkedSheet
from lmb.bonds.linked.training import Delivery
from lmb.facts.importers.earnings_csv import load_earnings
from lmb.facts.importers.people_csv import load_people
from lmb.facts.importers.rows import Arm, EarningsRow, PersonRow
from lmb.values.canonical import fingerprint, sha256_hex
from lmb.values.errors import InputError, Problem, RefusedError
from lmb.values.money import format_cents

T = TypeVar("T")


class File(NamedTuple):
    """A file as given: the name to report problems under, and its bytes."""

    name: str
    content: bytes


class ProgrammeFiles(NamedTuple):
    """The four files of a programme."""

    terms: File
    bids: File
    people: File
    earnings: File

    @property
    def sha256(self) -> str:
        """One fingerprint of all four contents; names do not count."""
        return fingerprint([sha256_hex(file.content) for file in self])


@dataclass(frozen=True, slots=True)
class Programme:
    """One bond with its bids and people, checked. `sha256` is its files' fingerprint."""

    terms: LinkedSheet
    bids: tuple[Bid, ...]
    people: tuple[PersonRow, ...]
    earnings: tuple[EarningsRow, ...]
    sha256: str

    @property
    def name(self) -> str:
        """The name of its books: the same files always lead to the same books."""
        return f"programme-{self.sha256[:16]}"

    @property
    def training(self) -> Delivery:
        """Who trains people, where, and what each wallet is given."""
        return self.terms.delivery

    @property
    def indicator(self) -> Kpi:
        """The indicator the house measures."""
        return self.terms.measured_kpis[0]

    @property
    def measured_on(self) -> date:
        """The day the indicator is measured: that of the first determination that reads it."""
        return measured_on(self.terms)

    @property
    def winners(self) -> tuple[PersonRow, ...]:
        """Those the lottery offered training."""
        return tuple(person for person in self.people if person.arm is Arm.TREATED)


def load_programme(files: ProgrammeFiles) -> Programme:
    """Read and check all four files. Raises InputError with every problem of all of them."""
    problems: list[Problem] = []
    terms = _attempt(problems, lambda: _load_terms(files.terms))
    people = _attempt(problems, lambda: load_people(*files.people))
    earnings = _attempt(problems, lambda: load_earnings(*files.earnings, people))
    bids = None
    if terms is None:
        problems.append(
            Problem(
                files.bids.name,
                None,
                None,
                "bids not checked yet",
                f"a sound {files.terms.name} first: it says how much may be bid for",
            )
        )
    else:
        rules = auction_rules_on(terms.auction_on)
        bids = _attempt(problems, lambda: load_bids(*files.bids, terms.offering, rules))
    if terms is not None and people is not None:
        problems += _people_problems(files, terms, people)
    if terms is not None and people is not None and bids is not None:
        problems += _money_problems(files, terms, people, bids)
    if problems or terms is None or bids is None or people is None or earnings is None:
        raise InputError(problems)
    return Programme(terms, bids, people, earnings, files.sha256)


def _load_terms(file: File) -> LinkedSheet:
    """A term sheet the house can carry out. Raises InputError with what is missing for that."""
    terms = load_linked_sheet(*file)
    missing = []
    if terms.training is None or terms.training.delivery is None:
        missing.append(("training.delivery", "nothing", "who trains people, where and for what"))
    found = [kpi.id for kpi in terms.kpis]
    if [kpi.id for kpi in terms.measured_kpis] != found or len(found) != 1:
        measured = ", ".join(kpi.id for kpi in terms.measured_kpis) or "none"
        expected = "one indicator, measured by the house (measured)"
        missing.append(("kpis", f"{', '.join(found)}; measured by the house: {measured}", expected))
    if missing:
        cited = "term-sheet.md, section 2.8"
        raise InputError(
            [
                Problem(file.name, None, path, what, f"{expected} ({cited})")
                for path, what, expected in missing
            ]
        )
    return terms


def _attempt(problems: list[Problem], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except InputError as error:
        problems += error.problems
        return None


def _people_problems(
    files: ProgrammeFiles, terms: LinkedSheet, people: tuple[PersonRow, ...]
) -> Iterator[Problem]:
    """What only both files together show: boards the terms do not fund, and days outside the
    bond's life."""
    training, determined_on = terms.delivery, measured_on(terms)
    place = (training.state, training.board)
    for person in people:
        if (person.state, person.board) != place:
            yield Problem(
                files.people.name,
                None,
                f"state and board of {person.person}",
                f"{person.state} {person.board}",
                f"{training.state} {training.board}, the board the term sheet funds",
            )
        accepted, completed = person.accepted_on, person.completed_on
        last_day = min(training.spend_until, determined_on)
        if accepted is not None and not terms.issue_on <= accepted <= last_day:
            yield Problem(
                files.people.name,
                None,
                f"accepted_on of {person.person}",
                str(accepted),
                f"a day from the issue date {terms.issue_on} to {last_day}",
            )
        latest = max(filter(None, (person.enrolled_on, completed)), default=None)
        if latest is not None and latest > determined_on:
            yield Problem(
                files.people.name,
                None,
                f"enrolled_on or completed_on of {person.person}",
                str(latest),
                f"a day up to the determination on {determined_on}",
            )


def _money_problems(
    files: ProgrammeFiles,
    terms: LinkedSheet,
    people: tuple[PersonRow, ...],
    bids: tuple[Bid, ...],
) -> Iterator[Problem]:
    """Whether the auction comes off and raises what the wallets need."""
    try:
        result = run_auction(bids, terms.offering, auction_rules_on(terms.auction_on))
    except RefusedError as error:
        yield Problem(files.bids.name, None, None, str(error), "bids that make an auction")
        return
    winners = sum(person.arm is Arm.TREATED for person in people)
    needed_cents = winners * terms.delivery.grant_cents
    raised_cents = proceeds_cents(result)
    if raised_cents < needed_cents:
        yield Problem(
            files.terms.name,
            None,
            "offering_cents",
            f"an auction that raises {format_cents(raised_cents)}",
            f"at least {format_cents(needed_cents)}: {winners} people with "
            f"{format_cents(terms.delivery.grant_cents)} each",
        )


def proceeds_cents(result: AuctionResult) -> int:
    """What an auction brings in for training, accrued interest aside."""
    return sum(result.settlement(award).principal_cents for award in result.awards)
