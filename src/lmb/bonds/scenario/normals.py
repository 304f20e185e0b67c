"""Normal and Student quantiles without SciPy."""

from __future__ import annotations

from functools import cache
from math import atan, cos, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_AT_ONCE = 8_192
"""So many at a time stay in a processor's cache from step to step."""

# Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988): about 1 part in 10^16.
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
_NEAR = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
_FAR = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip


def normal_quantiles(points: Floats) -> Floats:
    """The standard normal quantile of every point strictly between 0 and 1; same shape."""
    flat = points.ravel()
    found = np.empty_like(flat)
    for start in range(0, flat.size, _AT_ONCE):
        piece = flat[start : start + _AT_ONCE]
        found[start : start + _AT_ONCE] = _quantiles(piece)
    return found.reshape(points.shape)


def _quantiles(points: Floats) -> Floats:
    centred = points - 0.5
    squared = centred * centred
    found = _ratio(0.180625 - squared, _CENTRE)
    found *= centred
    (tails,) = np.nonzero(squared > 0.180625)
    if tails.size:
        found[tails] = _tail_quantiles(points[tails])
    return found


def normal_quantile(probability: float) -> float:
    """The standard normal quantile of one probability strictly between 0 and 1."""
    return float(normal_quantiles(np.array([probability]))[0])


def _tail_quantiles(points: Floats) -> Floats:
    lower = points < 0.5
    root = np.sqrt(-np.log(np.where(lower, points, 1.0 - points)))
    size = _ratio(root - 1.6, _NEAR)
    far = root > 5.0
    if far.any():
        size[far] = _ratio(root[far] - 5.0, _FAR)
    return np.where(lower, -size, size)


def _ratio(at: Floats, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Floats:
    top, bottom = (_polynomial(at, part) for part in coefficients)
    top /= bottom
    return top


def _polynomial(at: Floats, coefficients: tuple[float, ...]) -> Floats:
    """Horner's rule in place, from the highest power down."""
    value = np.full_like(at, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        value *= at
        value += coefficient
    return value


@cache
def student_quantile(probability: float, degrees: int) -> float:
    """The quantile of Student's t above the median, by halving an interval until it is a point."""
    if not 0.5 <= probability < 1 or degrees < 1:
        raise ValueError(f"no quantile for {probability} with {degrees} degrees of freedom")
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        if _student_probability(middle, degrees) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _student_probability(t: float, degrees: int) -> float:
    """P(T <= t), in closed form for whole degrees of freedom (Abramowitz and Stegun 26.7.3-4)."""
    theta = atan(t / sqrt(degrees))
    term = cos(theta) if degrees % 2 else 1.0
    total = 0.0
    for k in range(2 if degrees % 2 == 0 else 3, degrees + 1, 2):
        total += term
        term *= cos(theta) ** 2 * (k - 1) / k
    if degrees % 2:
        return 0.5 + (theta + sin(theta) * total) / pi
    return 0.5 + sin(theta) * total / 2
