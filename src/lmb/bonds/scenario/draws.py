"""Random numbers for paths, and which of them drives what.

Plain random numbers come in antithetic pairs: each path has one with all shocks turned round, which
halves the numbers to draw and most of the error of what grows evenly with them.

Paths come in pieces: some paths of one replicate. The numbers of a piece depend on seed, replicate
and place alone, so any grouping of pieces into chunks gives the same paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lmb.bonds.linked.plan import Window, determination_plan
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.scenario.model import Kind, Process, ScenarioModel
from lmb.bonds.scenario.normals import normal_quantiles
from lmb.bonds.scenario.sobol import ScrambledSobol

Floats = NDArray[np.float64]

CHUNK_PATHS = 16_384
"""Paths worked on at once: long enough that the steps between cost little, bounded in memory."""

_PSEUDO_PIECE = 4_096


class Piece(NamedTuple):
    """So many paths of a replicate, from `start` on."""

    replicate: int
    start: int
    paths: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Which row of random numbers drives what: rows of the common shock by step, and of own shock,
    sampling noise and lateness by indicator and window. `step` is when a window is first read."""

    windows: Mapping[str, tuple[Window, ...]]
    step: Mapping[tuple[str, Window], int]
    common: Mapping[int, int]
    own: Mapping[tuple[str, Window], int]
    noise: Mapping[tuple[str, Window], int]
    late: Mapping[tuple[str, Window], int]
    rows: int


def layout(sheet: LinkedSheet, model: ScenarioModel) -> Layout:
    """The rows in the order of time, the common shock first; lateness comes last, so that a stress
    that adds some leaves all other numbers as they are."""
    windows: dict[str, list[Window]] = {kpi.id: [] for kpi in sheet.kpis}
    step: dict[tuple[str, Window], int] = {}
    for plan in determination_plan(sheet):
        for kpi in sorted(plan.new):
            window = plan.windows[kpi]
            if window is not None:
                windows[kpi].append(window)
                step[kpi, window] = plan.period.number
    common: dict[int, int] = {}
    own: dict[tuple[str, Window], int] = {}
    noise: dict[tuple[str, Window], int] = {}
    row = 0
    for (kpi, window), number in step.items():
        process = model.processes[kpi]
        if _moves(process):
            if model.correlation > 0 and number not in common:
                common[number], row = row, row + 1
            if model.correlation < 1:
                own[kpi, window], row = row, row + 1
        if _noisy(process):
            noise[kpi, window], row = row, row + 1
    late = {
        key: row + place
        for place, key in enumerate(key for key in step if model.processes[key[0]].late > 0)
    }
    fixed = {kpi: tuple(found) for kpi, found in windows.items()}
    return Layout(fixed, step, common, own, noise, late, row + len(late))


def chunks(model: ScenarioModel, chunk_paths: int) -> Iterator[list[Piece]]:
    """All pieces in order, grouped so that a chunk has about so many paths."""
    at_once = min(chunk_paths, model.paths) if model.sobol else _PSEUDO_PIECE
    group: list[Piece] = []
    for replicate in range(model.replicates):
        for start in range(0, model.paths, at_once):
            group.append(Piece(replicate, start, min(at_once, model.paths - start)))
            if sum(piece.paths for piece in group) >= chunk_paths:
                yield group
                group = []
    if group:
        yield group


class Normals:
    """Standard normal numbers of chunks, in one buffer that every chunk fills anew."""

    def __init__(self, model: ScenarioModel, rows: int, chunk_paths: int) -> None:
        self._model = model
        self._rows = rows
        most = max(sum(piece.paths for piece in group) for group in chunks(model, chunk_paths))
        self._buffer: Floats = np.empty((rows, most))

    def draw(self, pieces: Sequence[Piece]) -> Floats:
        """Rows by the paths of all pieces; good until the next chunk is drawn."""
        place = 0
        for piece in pieces:
            into = self._buffer[:, place : place + piece.paths]
            if self._rows:
                _fill(self._model, piece, into)
            place += piece.paths
        return self._buffer[:, :place]


def _fill(model: ScenarioModel, piece: Piece, into: Floats) -> None:
    if model.sobol:
        points = ScrambledSobol(len(into), model.paths, model.seed, piece.replicate)
        into[:] = normal_quantiles(points.points(piece.start, piece.paths))
        return
    source = np.random.SeedSequence([model.seed, piece.replicate, piece.start])
    half = -(-piece.paths // 2)
    into[:, :half] = np.random.Generator(np.random.SFC64(source)).standard_normal((len(into), half))
    np.negative(into[:, : piece.paths - half], out=into[:, half:])


def _moves(process: Process) -> bool:
    return process.kind is not Kind.FIXED and process.volatility > 0


def _noisy(process: Process) -> bool:
    return process.standard_error > 0 or (process.kind is Kind.LOGIT and bool(process.people))
