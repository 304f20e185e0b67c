"""The people of a state in numbers, and the programs they can choose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from lmb.facts.queries import attested_counts
from lmb.people.queries_bodies import OrganisationOnFile, residents
from lmb.programs.queries import ProgramOnFile
from lmb.values.clock import fiscal_date
from lmb.web.formats import people_text
from lmb.web.tables import Column, Kind, Table
from lmb.web.visits import Visit

STEPS = ("assigned", "accepted", "enrolled", "completed")


def served(visit: Visit, board: OrganisationOnFile) -> Counter[str]:
    """How many people each board of the state serves today."""
    return residents(visit.by.cell, board.state or "", fiscal_date(visit.at))


def boards_table(listed: Counter[str]) -> Table:
    """One row per workforce board."""
    return Table(
        "boards",
        _("People by the workforce board that serves them; fewer than 10 are not told apart"),
        (Column("board", _("Workforce board")), Column("people", _("People"), Kind.COUNT)),
        [(board, people_text(people)) for board, people in sorted(listed.items())],
        _("People will appear here when they open an account and live in your state."),
    )


def steps_table(visit: Visit) -> Table:
    """One row per step of training."""
    names = {
        "assigned": _("drawn in a lottery, in either group"),
        "accepted": _("accepted an offer"),
        "enrolled": _("enrolled"),
        "completed": _("completed"),
    }
    counted = attested_counts(visit.by.cell)
    return Table(
        "steps",
        _("How far people came, in people; fewer than 10 are not told apart"),
        (Column("step", _("Step")), Column("people", _("People"), Kind.COUNT)),
        [(names[step], people_text(counted[step])) for step in STEPS if counted[step]],
        _("Steps will appear here when people of your state are offered training."),
    )


def programs_table(programs: Iterable[ProgramOnFile]) -> Table:
    """One row per program of the catalog."""
    return Table(
        "programs",
        _("Programs people of your state can choose, with who trains"),
        (
            Column("program", _("Program")),
            Column("provider", _("Provider")),
            Column("code", _("Code")),
        ),
        [(program.title, program.provider_name, program.code) for program in programs],
        _("Programs will appear here when a provider lists one."),
    )
