"""A small model to change at will."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.scenario.model import ScenarioModel, load_model
from lmb.values.errors import InputError

EXAMPLE = resources.files("lmb.bonds.scenario") / "examples" / "four-indicators.json"

_SMALL: dict[str, Any] = {
    "schema": "lmb-scenario-model/1",
    "settle_on": "2027-02-16",
    "yield_percent": "3.500",
    "correlation": "0",
    "seed": 7,
    "replicates": 4,
    "paths": 64,
    "kpis": {"jobs": {"is": "normal", "mean": "55", "volatility": "4"}},
}


def model_document(**changes: Any) -> dict[str, Any]:
    """The small model with top fields changed; a value of `...` takes the field away."""
    made = {**_SMALL, **changes}
    return {name: value for name, value in made.items() if value is not ...}


def model(sheet: LinkedSheet, **changes: Any) -> ScenarioModel:
    """The small model changed, which must be sound for the sheet."""
    return load_model("model.json", json.dumps(model_document(**changes)).encode(), sheet)


def model_problems(sheet: LinkedSheet, **changes: Any) -> dict[str | None, str]:
    """What is wrong with the small model changed, by field."""
    try:
        model(sheet, **changes)
    except InputError as error:
        return {problem.column: str(problem) for problem in error.problems}
    return {}


def example_model(sheet: LinkedSheet) -> ScenarioModel:
    """The model shipped as an example, for the sheet of the same name."""
    return load_model("four-indicators.json", EXAMPLE.read_bytes(), sheet)
