"""`lmb bonds quote`: what an outcome-linked bond is worth when outcomes are uncertain."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import click

from lmb.bonds.linked.document import load_linked_sheet
from lmb.cli.bonds_coupon import FILE, file_content, terms_option


@click.command(epilog="Example: lmb bonds quote --terms terms.json --model model.json --issuer")
@terms_option
@click.option("--model", type=FILE, required=True, help="The scenario model, JSON.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="Another seed than the model's.")
@click.option("--issuer", is_flag=True, help="Add debt service by fiscal year and the benefits.")
@click.option(
    "--what-if",
    "what_ifs",
    multiple=True,
    metavar="FIELD=VALUE[,FIELD=VALUE]",
    help="Add the same bond with other terms, such as limits.cap_percent=1.500; may be repeated.",
)
def quote(
    terms: Path, model: Path, seed: int | None, issuer: bool, what_ifs: tuple[str, ...]
) -> None:
    """Price a bond over scenarios, with a confidence interval.

    Prints one JSON document with the price, probabilities of floor and cap, the expected bonus,
    quantiles, the break-even bonus and every stress of the model. The same files and seed give the
    same bytes.
    """
    # NumPy takes a while to load: other commands do without.
    from lmb.bonds.scenario.issuer import issuer_view
    from lmb.bonds.scenario.model import load_model
    from lmb.bonds.scenario.quote import scenario_quote
    from lmb.bonds.scenario.what_if import design, read_change

    sheet = load_linked_sheet(terms.name, file_content(terms))
    scenarios = load_model(model.name, file_content(model), sheet)
    if seed is not None:
        scenarios = replace(scenarios, seed=seed)
    found = scenario_quote(sheet, scenarios)
    document = found.document()
    if issuer:
        document["issuer"] = issuer_view(sheet, scenarios, Fraction(found.base_percent)).document()
    if what_ifs:
        document["what_if"] = [
            design(sheet, scenarios, changes, terms.name).document()
            for changes in (tuple(map(read_change, text.split(","))) for text in what_ifs)
        ]
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
