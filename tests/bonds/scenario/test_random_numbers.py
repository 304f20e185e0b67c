"""Points that spread evenly, quantiles to the last digits, and nothing that depends on grouping."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from itertools import combinations
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from lmb.bonds.scenario.normals import normal_quantiles, student_quantile
from lmb.bonds.scenario.sobol import DIMENSIONS_MAX, ScrambledSobol, direction_numbers
from lmb.config.paths import CLONE


def test_every_dimension_has_one_point_in_each_interval() -> None:
    points = ScrambledSobol(DIMENSIONS_MAX, 256, seed=1, replicate=0).points(0, 256)
    cells = np.sort(np.floor(points * 256), axis=1)
    assert np.array_equal(cells, np.tile(np.arange(256.0), (DIMENSIONS_MAX, 1)))
    assert points.min() > 0
    assert points.max() < 1


def test_the_first_dimensions_are_the_sobol_points_that_are_published() -> None:
    # Dimensions 1 and 2 leave no choice: the radical inverse, and Pascal's triangle modulo 2.
    one, two = (columns >> np.uint32(29) for columns in direction_numbers()[:2, :3])
    assert one.tolist() == [4, 2, 1]
    assert two.tolist() == [4, 6, 5]


def test_the_table_is_what_the_script_writes() -> None:
    written = subprocess.run(
        [sys.executable, CLONE / "scripts" / "direction_numbers.py", "30"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    table = resources.files("lmb.bonds.scenario") / "direction_numbers.txt"
    assert len(written.splitlines()) == 30
    assert table.read_text("ascii").startswith(written)


def test_almost_every_pair_of_dimensions_spreads_perfectly_evenly() -> None:
    """1,024 points put 16 into each of 8 by 8 cells; plain random numbers never do."""
    points = ScrambledSobol(48, 1024, seed=1, replicate=0).points(0, 1024)
    chance = np.random.Generator(np.random.PCG64(1)).random((48, 1024))

    def even(sample: NDArray[np.float64]) -> float:
        cells = (sample * 8).astype(int)
        pairs = list(combinations(range(48), 2))
        found = [bool(np.all(np.bincount(cells[one] * 8 + cells[two]) == 16)) for one, two in pairs]
        return sum(found) / len(pairs)

    assert even(points) > 0.95
    assert even(chance) == 0


def test_replicates_differ_and_each_is_uniform() -> None:
    first = [ScrambledSobol(3, 64, seed=5, replicate=r).points(0, 64)[:, 0] for r in range(400)]
    means = np.mean(first, axis=0)
    assert np.all(np.abs(means - 0.5) < 4 / np.sqrt(12 * 400))
    assert len({tuple(each) for each in first}) == 400


def test_points_do_not_depend_on_how_they_are_cut_or_how_many_dimensions_follow() -> None:
    whole = ScrambledSobol(40, 512, seed=3, replicate=2)
    pieces = [whole.points(start, 64) for start in range(0, 512, 64)]
    assert np.array_equal(np.hstack(pieces), whole.points(0, 512))
    fewer = ScrambledSobol(25, 512, seed=3, replicate=2).points(0, 512)
    assert np.array_equal(fewer, whole.points(0, 512)[:25])


@pytest.mark.parametrize(("start", "count"), [(0, 3), (2, 4), (0, 0)])
def test_points_come_in_aligned_powers_of_two(start: int, count: int) -> None:
    with pytest.raises(ValueError, match="aligned powers of two"):
        ScrambledSobol(2, 64, seed=1, replicate=0).points(start, count)


def test_normal_quantiles_agree_with_the_standard_library() -> None:
    points = np.concatenate([np.linspace(1e-4, 1 - 1e-4, 997), [1e-300, 1e-12, 1 - 1e-12]])
    expected = [NormalDist().inv_cdf(float(point)) for point in points]
    assert np.allclose(normal_quantiles(points), expected, rtol=1e-14, atol=1e-15)


def test_student_quantiles_are_those_of_the_tables() -> None:
    found = [round(student_quantile(0.975, degrees), 3) for degrees in (1, 2, 3, 10, 15, 30, 120)]
    assert found == [12.706, 4.303, 3.182, 2.228, 2.131, 2.042, 1.980]
    assert student_quantile(0.975, 255) == pytest.approx(NormalDist().inv_cdf(0.975), rel=6e-3)
