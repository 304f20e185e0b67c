"""What a provider is owed for one person, tranche by tranche. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lmb.rules.determination import Decision, Input, Rule, documents
from lmb.rules.parameters import ParameterSet
from lmb.values.money import format_cents, share_out

TRANCHES = ("enrolment", "completion", "placement")
"""In the order they can fall due; the order also decides who gets a remainder cent."""


def rule_name(tranche: str) -> str:
    """The name of a tranche's rule."""
    return f"{tranche}-tranche"


def tranche_rule(tranche: str) -> Rule:
    """The rule of one tranche. Its inputs: the bond's terms, the enrolment, the person's
    attestations and, for placement, their work records of the observed period."""

    def decide(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
        terms = documents(inputs, "terms")[0]["training"]["delivery"]
        tuition_cents = int(documents(inputs, "enrolment")[0]["tuition_cents"])
        shares = [int(terms["tranches"][f"{name}_percent"]) for name in TRANCHES]
        position = TRANCHES.index(tranche)
        due_cents = share_out(tuition_cents, shares)[position]
        explanation = [
            f"Tuition of {format_cents(tuition_cents)} is paid {shares[0]} % on enrolment, "
            f"{shares[1]} % on completion and {shares[2]} % on verified placement; the {tranche} "
            f"tranche is {format_cents(due_cents)}."
        ]
        payable, findings = _evidence(parameters, inputs)
        explanation += findings
        explanation.append(
            f"The tranche is payable: {format_cents(due_cents)}."
            if payable
            else "The tranche is not payable; what is held for it goes back to the fund."
        )
        return Decision(
            {
                "tranche": tranche,
                "tuition_cents": tuition_cents,
                "payable": payable,
                "amount_cents": due_cents if payable else 0,
            },
            tuple(explanation),
        )

    return decide


def _evidence(parameters: ParameterSet, inputs: Sequence[Input]) -> tuple[bool, list[str]]:
    wanted = str(parameters.values["evidence"])
    attested = [
        attestation
        for attestation in documents(inputs, "attestation")
        if attestation["kind"] == wanted
    ]
    if not attested:
        return False, [f"Nobody attested that the person {wanted}."]
    findings = [
        f"{attested[0]['source']} attested that the person {wanted} on "
        f"{attested[0]['happened_on']}."
    ]
    if "minimum_earnings_cents" not in parameters.values:
        return True, findings
    least_cents = cast(int, parameters.values["minimum_earnings_cents"])
    records = documents(inputs, "work-record")
    earned_cents = sum(int(record["earnings_cents"]) for record in records)
    noun = "work record" if len(records) == 1 else "work records"
    found = "show earnings" if earned_cents >= least_cents else "show no earnings"
    if len(records) == 1:
        found = found.replace("show", "shows")
    findings.append(f"{len(records)} {noun} of the observed period {found}.")
    return earned_cents >= least_cents, findings
