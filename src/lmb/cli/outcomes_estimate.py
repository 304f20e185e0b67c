"""`lmb outcomes estimate`: the effect of training from a file of rows."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import click

from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.diagnostics import Balance
from lmb.outcomes.estimators.estimate import estimate as estimate_effect
from lmb.outcomes.estimators.figures import Figures
from lmb.outcomes.estimators.request import (
    VERSION,
    Estimated,
    Estimator,
    Labels,
    Request,
    Safeguards,
    Sample,
)
from lmb.outcomes.samples import fingerprint_rows, read_rows
from lmb.values.canonical import Document, fingerprint

DEFAULT = {Estimator.ITT: Convention.NEYMAN, Estimator.QUANTILE: Convention.NEYMAN}
"""Standard errors where none is asked for; hc1 for the other estimators."""

PARTS = ("numpy", "pyarrow")
"""Installed parts that read or add numbers; their versions are part of a run's identity."""


@click.command(
    epilog="Example: lmb outcomes estimate people.csv --outcome earnings --treatment offered "
    "--estimator itt --se neyman"
)
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--outcome", required=True, metavar="COL", help="Column of the outcome.")
@click.option("--treatment", required=True, metavar="COL", help="Column of 1 (treated) or 0.")
@click.option("--covariates", metavar="A,B", default="", help="Columns with commas between.")
@click.option("--instrument", metavar="COL", help="Column of the offer, for wald and 2sls.")
@click.option("--cluster", metavar="COL", help="Column of clusters, for --se cluster.")
@click.option("--block", metavar="COL", help="Column of blocks of the lottery, or fixed effects.")
@click.option("--pre", metavar="COL", help="Column of the outcome before training.")
@click.option("--estimator", required=True, type=click.Choice([e.value for e in Estimator]))
@click.option("--quantile", default="0.5", show_default=True, help="For the estimator quantile.")
@click.option("--interacted", is_flag=True, help="Adjust itt by covariates as Lin (2013) does.")
@click.option(
    "--se",
    "convention",
    type=click.Choice([c.value for c in Convention]),
    help="Standard error; neyman for itt, else hc1, unless given (cluster with --cluster).",
)
def estimate(data: Path, **options: Any) -> None:
    """Print the effect of a treatment as JSON, to the same bytes on every machine.

    DATA is CSV, CSV in gzip, or Parquet. Effects that no lottery protects are printed with a
    balance table, a placebo (where --pre is given) and the bound that may be paid on.
    """
    request = _request(options)
    roles = _read(data, options)
    sample = Sample(
        outcome=roles["outcome"],
        treatment=roles["treatment"],
        covariates=tuple(roles[name] for name in roles if name.startswith("covariate ")),
        instrument=roles.get("instrument"),
        cluster=roles.get("cluster"),
        block=roles.get("block"),
        pre=roles.get("pre"),
    )
    found = estimate_effect(sample, request)
    inputs = fingerprint_rows(list(roles.items()))
    run: dict[str, Document] = {
        "estimators": VERSION,
        "code_sha256": code_sha256(),
        "environment": {part: importlib.metadata.version(part) for part in PARTS},
        "inputs_sha256": inputs,
        "estimator": request.estimator.value,
        "se": request.convention.value,
        "quantile": str(request.quantile),
        "interacted": request.interacted,
        "columns": [[role, column.name] for role, column in roles.items()],
    }
    click.echo(json.dumps(_document(found, fingerprint(run), inputs), indent=2))


def code_sha256() -> str:
    """One hash over the source of all estimators: the code that ran."""
    folder = resources.files("lmb.outcomes.estimators")
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _request(options: dict[str, Any]) -> Request:
    estimator = Estimator(options["estimator"])
    convention = options["convention"]
    if convention is None:
        convention = "cluster" if options["cluster"] else DEFAULT.get(estimator, Convention.HC1)
    try:
        quantile = Fraction(options["quantile"])
    except (ValueError, ZeroDivisionError) as error:
        raise click.UsageError(f"--quantile is {options['quantile']!r}, not a number") from error
    return Request(estimator, Convention(convention), quantile, options["interacted"])


def _read(data: Path, options: dict[str, Any]) -> dict[str, Any]:
    """The columns by role, in the order that names them in the fingerprint."""
    covariates = [name for name in options["covariates"].split(",") if name]
    single = {role: options[role] for role in ("outcome", "treatment", "instrument", "pre")}
    named = {role: name for role, name in single.items() if name is not None}
    labels = {role: options[role] for role in ("cluster", "block") if options[role] is not None}
    if len(set(covariates)) < len(covariates):
        raise click.UsageError("--covariates names a column twice")
    rows = read_rows(data, [*named.values(), *covariates, *labels.values()])
    roles: dict[str, Column | Labels] = {role: rows.number(name) for role, name in named.items()}
    for number, name in enumerate(covariates, start=1):
        roles[f"covariate {number}"] = rows.number(name)
    return {**roles, **{role: rows.labels(name) for role, name in labels.items()}}


def _document(found: Estimated, run_id: str, inputs: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        **_figures(found.figures),
        "n_treated": found.treated,
        "n_control": found.control,
        "convention": found.convention,
        "run_id": run_id,
        "inputs_sha256": inputs,
    }
    if found.unmatched_treated is not None:
        document["unmatched_treated"] = found.unmatched_treated
    if found.first_stage is not None:
        document["first_stage_f"] = float(found.first_stage)
    if found.certificate:
        document["certificate"] = {name: str(value) for name, value in found.certificate}
    if found.safeguards is not None:
        document.update(_safeguards(found.safeguards))
    return document


def _figures(figures: Figures) -> dict[str, Any]:
    """Twelve digits go through JSON's numbers unchanged."""
    return {
        "estimate": float(figures.estimate),
        "standard_error": float(figures.standard_error),
        "ci95": [float(end) for end in figures.ci95],
    }


def _safeguards(safeguards: Safeguards) -> dict[str, Any]:
    placebo = safeguards.placebo
    return {
        "by_lottery": False,
        "paid_bound": float(safeguards.paid_bound),
        "placebo": None if placebo is None else _figures(placebo),
        "balance": [_balance(row) for row in safeguards.balance],
    }


def _balance(row: Balance) -> dict[str, Document | float]:
    def shown(value: Decimal | None) -> float | None:
        return None if value is None else float(value)

    return {
        "covariate": row.name,
        "mean_treated": shown(row.mean_treated),
        "mean_control": shown(row.mean_control),
        "standardised_difference": shown(row.difference),
        "weighted_mean_control": shown(row.weighted_mean_control),
        "weighted_standardised_difference": shown(row.weighted_difference),
    }
