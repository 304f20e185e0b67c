"""The scenario model: how indicators may turn out, read and checked as a file.

kpi(window) = mean with shock,  shock = persistence x last + sqrt(1 - persistence^2) x z,
z = sqrt(rho) x common + sqrt(1 - rho) x own
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from lmb.bonds.linked.plan import determination_plan
from lmb.bonds.linked.shape import shape_findings
from lmb.bonds.linked.sheet import Impact, LinkedSheet
from lmb.bonds.terms_reading import Finding, JsonObject, parse, problems
from lmb.values.canonical import canonical_bytes, sha256_hex
from lmb.values.errors import InputError

SCHEMA = "scenario_model.schema.json"
MODEL_VERSION = "lmb-scenario/1"
"""Of the equations and the random numbers: any change of them that moves a price changes this."""

_PAGE = "scenario-pricing.md"
SECTIONS = {
    "": f"{_PAGE}, section 2",
    "kpis": f"{_PAGE}, section 3",
    "stress": f"{_PAGE}, section 4",
    "benefits": f"{_PAGE}, section 6",
}


class Kind(StrEnum):
    """How an indicator takes its shock."""

    FIXED = "fixed"
    NORMAL = "normal"
    LOGNORMAL = "lognormal"
    LOGIT = "logit"


@dataclass(frozen=True, slots=True)
class Process:
    """How one indicator moves. `people` None means enough for the terms; `late` is a share."""

    kind: Kind
    mean: float
    volatility: float
    persistence: float
    loading: float
    people: int | None
    standard_error: float
    late: float


@dataclass(frozen=True, slots=True)
class Stress:
    """A change of the model: common shock in standard deviations for windows that end between two
    days, people and counts as a share, and at least so large a share of late values."""

    name: str
    common_shock: float
    first_day: date
    last_day: date
    people: float
    late: float


@dataclass(frozen=True, slots=True)
class Benefit:
    """What an indicator is worth to the public: cents for each unit above a value, each window."""

    name: str
    kpi: str
    above: float
    cents_per_unit: int


@dataclass(frozen=True, slots=True)
class ScenarioModel:
    """A checked model. `content` is the canonical bytes of its document."""

    content: bytes
    settle_on: date
    yield_percent: float
    base_coupon_text: str | None
    correlation: float
    seed: int
    sobol: bool
    replicates: int
    paths: int
    processes: Mapping[str, Process]
    stresses: tuple[Stress, ...]
    benefits: tuple[Benefit, ...]

    @property
    def sha256(self) -> str:
        """The fingerprint a quote keeps."""
        return sha256_hex(self.content)

    def under(self, stress: Stress) -> ScenarioModel:
        """The model with its people and late values under a stress; the shock comes on top."""
        processes = {
            kpi: replace(
                process,
                people=None if process.people is None else round(process.people * stress.people),
                late=max(process.late, stress.late),
            )
            for kpi, process in self.processes.items()
        }
        return replace(self, processes=processes)


def load_model(file_name: str, content: bytes, sheet: LinkedSheet) -> ScenarioModel:
    """The model in a JSON file, for a term sheet. Raises InputError with every problem."""
    document, wrong = parse(content)
    if document is not None:
        wrong += shape_findings(document, SCHEMA, SECTIONS)
        if not wrong:
            model = model_from_document(document)
            wrong = list(_findings(model, sheet))
            if not wrong:
                return model
    raise InputError(problems(file_name, wrong))


def model_from_document(document: JsonObject) -> ScenarioModel:
    """The model of a document that was checked before."""
    return ScenarioModel(
        content=canonical_bytes(dict(document)),
        settle_on=date.fromisoformat(document["settle_on"]),
        yield_percent=float(document["yield_percent"]),
        base_coupon_text=document.get("base_coupon_percent"),
        correlation=float(document["correlation"]),
        seed=document["seed"],
        sobol=document.get("method", "sobol") == "sobol",
        replicates=document.get("replicates", 16),
        paths=document.get("paths", 1024),
        processes={kpi: _process(process) for kpi, process in document["kpis"].items()},
        stresses=tuple(map(_stress, document.get("stress", ()))),
        benefits=tuple(
            Benefit(row["name"], row["kpi"], float(row.get("above", "0")), row["cents_per_unit"])
            for row in document.get("benefits", ())
        ),
    )


def _process(document: JsonObject) -> Process:
    return Process(
        kind=Kind(document["is"]),
        mean=float(document["mean"]),
        volatility=float(document.get("volatility", "0")),
        persistence=float(document.get("persistence", "0")),
        loading=-1.0 if document.get("loading") == "against" else 1.0,
        people=document.get("people"),
        standard_error=float(document.get("standard_error", "0")),
        late=float(document.get("late_percent", "0")) / 100,
    )


def _stress(document: JsonObject) -> Stress:
    return Stress(
        name=document["name"],
        common_shock=float(document.get("common_shock", "0")),
        first_day=date.fromisoformat(document.get("from", "1900-01-01")),
        last_day=date.fromisoformat(document.get("to", "2199-12-31")),
        people=float(document.get("people_percent", "100")) / 100,
        late=float(document.get("late_percent", "0")) / 100,
    )


_RULE = f"rule of models, {_PAGE}, section 3"


def _findings(model: ScenarioModel, sheet: LinkedSheet) -> Iterator[Finding]:
    known = [kpi.id for kpi in sheet.kpis]
    for kpi in known:
        if kpi not in model.processes:
            expected = f"how {kpi} of the term sheet moves ({_RULE})"
            yield Finding(f"kpis.{kpi}", "nothing", expected)
    for kpi, process in model.processes.items():
        if kpi not in known:
            expected = f"an indicator of the term sheet: {', '.join(known)} ({_RULE})"
            yield Finding(f"kpis.{kpi}", "an unknown indicator", expected)
        else:
            yield from _process_findings(f"kpis.{kpi}", process, sheet, kpi)
    for number, benefit in enumerate(model.benefits, start=1):
        if benefit.kpi not in known:
            expected = f"an indicator of the term sheet: {', '.join(known)} ({_RULE})"
            yield Finding(f"benefits.{number}.kpi", f'"{benefit.kpi}"', expected)
    if model.sobol and model.paths & (model.paths - 1):
        expected = f"a power of two for sobol ({_PAGE}, section 2)"
        yield Finding("paths", str(model.paths), expected)
    yield from _day_findings(model, sheet)


def _process_findings(
    path: str, process: Process, sheet: LinkedSheet, kpi: str
) -> Iterator[Finding]:
    if process.kind is Kind.LOGIT and not 0 < process.mean < 100:
        expected = f"a per cent above 0 and below 100 for logit ({_RULE})"
        yield Finding(f"{path}.mean", str(process.mean), expected)
    if process.kind is Kind.LOGNORMAL and process.mean <= 0:
        yield Finding(f"{path}.mean", str(process.mean), f"above 0 for lognormal ({_RULE})")
    if process.persistence >= 1:
        yield Finding(f"{path}.persistence", str(process.persistence), f"below 1 ({_RULE})")
    basis = sheet.kpi(kpi).basis
    needs = isinstance(basis, Impact) and (
        basis.significance is not None or basis.evaluate == "ci95-lower"
    )
    if needs and process.standard_error <= 0:
        expected = f"above 0: the terms ask for a p-value or an interval ({_RULE})"
        yield Finding(f"{path}.standard_error", str(process.standard_error), expected)


def _day_findings(model: ScenarioModel, sheet: LinkedSheet) -> Iterator[Finding]:
    """The price is for a day on which nothing is known yet of what the terms look at."""
    plans = determination_plan(sheet)
    first_due = next((plan for plan in plans if any(map(plan.is_due, sheet.components))), None)
    latest = plans[-1].period.ends_on if first_due is None else first_due.determined_on
    if not sheet.issue_on <= model.settle_on < min(latest, plans[-1].period.ends_on):
        expected = (
            f"from issue_on ({sheet.issue_on}) to before the first determination that scores "
            f"({latest}) ({_PAGE}, section 2)"
        )
        yield Finding("settle_on", str(model.settle_on), expected)
