"""Drawing determinations by a seed and computing each again while the auditor watches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from lmb.rules import queries as rules
from lmb.rules.queries import DeterminationOnFile
from lmb.web.public.replays import Replay, Verdict, replayed
from lmb.web.public.words import rule
from lmb.web.tables import Column, Kind, Table

SIZE_DEFAULT = 12
SIZE_MAX = 60
SEED_CHARACTERS_MAX = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for. `problem` says what is wrong with it, and is empty where nothing is;
    nothing is drawn before a seed is given."""

    seed: str
    size: str
    problem: str

    @classmethod
    def from_request(cls, request: HttpRequest) -> Asked:
        seed = request.GET.get("seed", "").strip()
        size = request.GET.get("size", str(SIZE_DEFAULT)).strip()
        problem = ""
        if len(seed) > SEED_CHARACTERS_MAX or "\0" in seed:
            problem = _("A seed has at most %(number)s characters.") % {
                "number": SEED_CHARACTERS_MAX
            }
        elif not (size.isascii() and size.isdigit() and 1 <= int(size[:9]) <= SIZE_MAX):
            problem = _("Draw a whole number from 1 to %(number)s.") % {"number": SIZE_MAX}
        return cls(seed, size, problem)

    @property
    def is_complete(self) -> bool:
        return bool(self.seed) and not self.problem


@dataclass(frozen=True, slots=True)
class Drawn:
    """A determination of the sample and what came of computing it again."""

    on_file: DeterminationOnFile
    replay: Replay

    @property
    def is_equal(self) -> bool:
        return self.replay.verdict is Verdict.EQUAL


def draw(cell: int, asked: Asked) -> list[Drawn]:
    """The sample a seed draws, replayed."""
    return [
        Drawn(on_file, replayed(on_file))
        for on_file in rules.sample(cell, asked.seed, int(asked.size))
    ]


def sample_table(drawn: Iterable[Drawn]) -> Table:
    """One row per determination drawn."""
    said = {
        Verdict.EQUAL: _("the same, byte for byte"),
        Verdict.DIFFERENT: _("different"),
        Verdict.TOO_MANY: _("too many facts to compute on a page"),
    }
    return Table(
        "sample",
        _("Determinations drawn, each computed again from its stored facts and rule version"),
        (
            Column("rule", _("What was determined")),
            Column("recorded_at", _("On file since"), Kind.MOMENT),
            Column("rule_version", _("Rule version")),
            Column("facts", _("Facts read"), Kind.COUNT, adds_up=True),
            Column("verdict", _("Computed again")),
            Column("determination_id", _("Why"), Kind.TRACE),
        ),
        [
            (
                rule(each.on_file.rule, each.on_file.result.get("period")),
                each.on_file.recorded_at,
                each.on_file.rule_version,
                each.replay.inputs,
                said[each.replay.verdict]
                + (f": {each.replay.reason}" if each.replay.reason else ""),
                each.on_file.id,
            )
            for each in drawn
        ],
        _("What you draw will appear here."),
        rows_a_page=SIZE_MAX,
    )
