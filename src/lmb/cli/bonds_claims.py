"""`lmb bonds claims`: which outcomes of which people a rate card counts, and what they come to."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lmb.bonds.linked.claims import CountedClaims, count_claims
from lmb.bonds.linked.claims_file import load_claims
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.plan import determination_plan
from lmb.bonds.linked.sheet import LinkedSheet, PaysRateCard
from lmb.cli.bonds_coupon import FILE, file_content, terms_option
from lmb.values.canonical import Document
from lmb.values.errors import RefusedError

FORMAT = "lmb-counted-claims/1"


@click.command(epilog="Example: lmb bonds claims --terms dwp-rate-card.json --claims claims.csv")
@terms_option
@click.option("--claims", "claims_file", type=FILE, required=True, help="The claims, CSV.")
def claims(terms: Path, claims_file: Path) -> None:
    """Count the claims under a rate card, none twice and none past a person's cap.

    Prints one JSON document: the counts by window, which are the values of the card's indicators,
    and every claim that does not count with the reason.
    """
    sheet = load_linked_sheet(terms.name, file_content(terms))
    card = _card(sheet)
    found = count_claims(card, load_claims(claims_file.name, file_content(claims_file), sheet))
    document: dict[str, Document] = {
        "format": FORMAT,
        "terms_sha256": sheet.sha256,
        "claims": len(found.counted) + len(found.refused),
        "counts": _counts(sheet, card, found),
        "refused": [
            {
                "person": claim.person,
                "kpi": claim.kpi,
                "proved_on": claim.proved_on.isoformat(),
                "reason": str(reason),
            }
            for claim, reason in found.refused
        ],
    }
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _card(sheet: LinkedSheet) -> PaysRateCard:
    for component in sheet.components:
        if isinstance(component.pays, PaysRateCard):
            return component.pays
    raise RefusedError(
        f"the terms of {sheet.cusip} have no rate card (term-sheet.md, section 2.5): there is "
        "nothing to claim"
    )


def _counts(sheet: LinkedSheet, card: PaysRateCard, found: CountedClaims) -> list[Document]:
    """By window and outcome, those with a claim that counts, in the order of the windows."""
    counts: list[Document] = []
    for plan in determination_plan(sheet):
        for kpi, cents in plan.pays_card(card):
            window = plan.windows[kpi]
            assert window is not None, "a card pays for windows that are new"
            number = found.count(kpi, window)
            if number:
                counts.append(
                    {
                        "kpi": kpi,
                        "observed_from": window.first_day.isoformat(),
                        "observed_to": window.last_day.isoformat(),
                        "value": number,
                        "priced_cents": number * cents,
                        "period": plan.period.number,
                    }
                )
    return counts
