"""Any sequence of operations does what the model says, and no sequence breaks the books.

A failure prints the shortest little ledger that shows it, ready to be pasted into a test.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.effort import Effort
from tests.ledger.books import START, Ledger, Line, parse
from tests.ledger.invariants import broken
from tests.ledger.model import Model, ModelAccount

ACCOUNTS = [
    "open world",
    "open wallet limit=debits<=credits fund=bond-a purpose=training",
    "open credit limit=debits<=credits fund=bond-a expires=2027-01-04",
    "open pool fund=bond-a",
    "open other fund=bond-b",
    "open loan limit=credits<=debits",
    "open school",
    "open face unit=912828XX0",
]
CODES = [line.split()[1] for line in ACCOUNTS]
USUAL = [
    ("world", "pool"),
    ("world", "credit"),
    ("world", "loan"),
    ("school", "loan"),
    ("pool", "wallet"),
    ("pool", "school"),
    ("wallet", "school"),
    ("credit", "school"),
    ("loan", "school"),
    ("wallet", "pool"),
    ("pool", "other"),
]
ANY = [*CODES, "nobody"]


def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Six times in seven the usual: a journal of several items should often stand."""
    return st.integers(0, 6).flatmap(lambda drawn: odd if drawn == 6 else usual)


PAIRS = mostly(st.sampled_from(USUAL), st.tuples(st.sampled_from(ANY), st.sampled_from(ANY)))
AMOUNTS = mostly(
    st.sampled_from([1, 7, 20, 40, 60]),
    st.sampled_from([0, -1, 1.5, '"10"', 2**63 - 1, 2**63 - 40, 2**63]),
)
# Small beside what is held, so that a hold is captured from several times.
PARTS = mostly(st.sampled_from([1, 6, 15, 30]), AMOUNTS)
# Mostly one of the last holds: counted back from the newest, 9 for one that is not there.
AGES = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3, 5, 9])
TRANSFERS = st.one_of(
    st.tuples(st.just("post"), PAIRS, AMOUNTS),
    st.tuples(st.just("hold"), PAIRS, AMOUNTS, st.integers(0, 4)),
    st.tuples(st.just("capture"), AGES, PARTS, st.booleans()),
    st.tuples(st.sampled_from(["void", "expire"]), AGES),
)
# Mostly a new key; now and then one that is known, with whatever content comes.
REUSES = mostly(st.none(), st.integers(0, 5))
JOURNALS = st.lists(st.tuples(REUSES, TRANSFERS), min_size=1, max_size=3)
CELLS = itertools.count()
EXAMPLES = 100


Transfer = tuple[Any, ...]


class Books(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(f"machine {next(CELLS)}")
        self.model = Model()
        self.script: list[str] = []
        self.keys = ["a"]
        self.posted: list[list[str]] = []
        self.day(0)

    @initialize(first=st.integers(50, 90))
    def open_accounts(self, first: int) -> None:
        self.ledger.run("\n".join(ACCOUNTS))
        for text in ACCOUNTS:
            self.model.open(parse(text))
        self.post_at_once(
            [["a post world credit 60"], ["b post pool wallet 60"], [f"c post loan school {first}"]]
        )

    @rule(days=st.just(1))
    def move_the_clock(self, days: int) -> None:
        self.day(days)

    @rule(batch=st.lists(JOURNALS, min_size=2, max_size=4))
    def post_a_batch(self, batch: list[list[tuple[int | None, Transfer]]]) -> None:
        self.post_at_once([self.journal(items) for items in batch])

    @rule(age=st.integers(0, 9), part=st.integers(0, 3))
    def post_an_earlier_journal_again(self, age: int, part: int) -> None:
        again = self.posted[-1 - age % len(self.posted)]
        # Whole, or without its first items: each item is known by its own key.
        rest = again[part % len(again) :]
        self.post_at_once([[rest[0].removeprefix("+ "), *rest[1:]]])

    def day(self, days: int) -> None:
        self.ledger.clock.move_to(self.ledger.clock.now() + timedelta(days=days))
        self.model.now = self.ledger.clock.now().date().isoformat()
        self.script.append(f"clock {self.model.now}")

    def journal(self, items: list[tuple[int | None, Transfer]]) -> list[str]:
        lines: list[str] = []
        used: set[str] = set()
        holds = list(self.model.holds)
        for reuse, transfer in items:
            key = f"k{len(self.keys)}"
            if reuse is not None and self.keys[-1 - reuse % len(self.keys)] not in used:
                key = self.keys[-1 - reuse % len(self.keys)]
            used.add(key)
            self.keys.append(key)
            if transfer[0] == "hold":
                holds.append(key)
            lines.append(("+ " if lines else "") + f"{key} {self.written(transfer, holds)}")
        return lines

    def written(self, transfer: Transfer, holds: list[str]) -> str:
        """A drawn transfer as a line; `holds` are those it may be about."""
        match transfer:
            case "post", (debit, credit), amount:
                return f"post {debit} {credit} {amount}"
            case "hold", (debit, credit), amount, days:
                until = (self.ledger.clock.now() + timedelta(days=days)).date().isoformat()
                end = f" until={until}" if days < 4 else ""
                return f"hold {debit} {credit} {amount}{end}"
            case "capture", age, amount, final:
                end = " final=yes" if final else ""
                return f"capture {at_age(holds, age)} {amount}{end}"
            case verb, age:
                return f"{verb} {at_age(holds, age)}"
            case _:
                raise AssertionError(transfer)

    def post_at_once(self, batch: list[list[str]]) -> None:
        groups = [[parse(text) for text in journal] for journal in batch]
        expected = [line for group in groups for line in answered(group, self.model.answer(group))]
        self.script += expected
        self.posted += batch
        assert self.ledger.answer_at_once(groups) == expected, self.told()
        balances = {balance(code, account) for code, account in self.model.accounts.items()}
        assert self.ledger.balances() == balances, self.told()

    def teardown(self) -> None:
        assert broken(self.ledger.cell) == [], self.told()

    def told(self) -> str:
        return "\n".join(["this little ledger must hold:", *ACCOUNTS, *self.script])


def at_age(holds: list[str], age: int) -> str:
    return holds[-1 - age % len(holds)] if holds and age < 9 else "nothing"


def answered(group: list[Line], results: list[str]) -> list[str]:
    return [f"{line.text} -> {result}" for line, result in zip(group, results, strict=True)]


def balance(code: str, account: ModelAccount) -> str:
    words = ["balance", code, str(account.credits - account.debits)]
    if account.coming_in:
        words.append(f"in={account.coming_in}")
    if account.going_out:
        words.append(f"out={account.going_out}")
    return " ".join(words)


@pytest.mark.django_db
def test_books_and_model_agree_on_any_sequence(machine_part: int, effort: Effort) -> None:
    # One seed of Hypothesis for each part of a long run; a brief run is one part.
    seed(effort.random(machine_part).getrandbits(64))(Books)
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    effort.tell(f"{EXAMPLES} examples")


def test_a_reader_of_the_script_can_run_it(db: None) -> None:
    """What a failure prints is a ledger that `Ledger.run` takes."""
    books = Books()
    books.open_accounts(50)
    books.post_a_batch([[(None, ("hold", ("pool", "school"), 5, 4))]])
    again = Ledger("again")
    again.run("\n".join([*ACCOUNTS, *books.script]))
    assert again.clock.now() >= START
