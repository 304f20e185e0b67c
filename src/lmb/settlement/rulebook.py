"""Every rule by name, and where the inputs of determinations are found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from lmb.bonds import determinations as bond_rules
from lmb.bonds import queries as bonds
from lmb.bonds import queries_coupons as coupons
from lmb.bonds.auction import rule as auction_rule
from lmb.bonds.dated_rules import AUCTION_RULE, OUTCOME_COUPON_RULE
from lmb.facts import queries as facts
from lmb.outcomes import measure
from lmb.people import accounts, eligibility, payouts, security
from lmb.rules import queries as rules
from lmb.rules.determination import Determination, Rule, in_order
from lmb.training import queries as training
from lmb.training.tranches import TRANCHES, rule_name, tranche_rule
from lmb.values.canonical import Document

RULES: Mapping[str, Rule] = {
    AUCTION_RULE: auction_rule.auction,
    OUTCOME_COUPON_RULE: bond_rules.outcome_coupon,
    measure.RULE: measure.earnings_gain,
    eligibility.RULE: eligibility.account_eligibility,
    payouts.RULE: payouts.payout_hold,
    **{rule_name(tranche): tranche_rule(tranche) for tranche in TRANCHES},
}


def replay(on_file: rules.DeterminationOnFile) -> Determination:
    """Compute a determination again from its stored inputs; see `lmb.rules.queries.replay`."""
    return rules.replay(on_file, RULES, resolve)


def resolve(kind: str, ids: Sequence[UUID]) -> Sequence[Document]:
    """The documents of inputs of one kind, in the order asked."""
    finders = {
        "attestation": facts.attestation_documents,
        "bid": bonds.bid_documents,
        "circumstances": accounts.circumstances_documents,
        "determination": _determination_documents,
        "enrolment": training.enrolment_documents,
        "interest-period": bonds.period_documents,
        "observation": coupons.observation_documents,
        "reopening": bonds.reopening_documents,
        "security-event": security.security_event_documents,
        "terms": bonds.terms_documents,
        "work-record": facts.work_documents,
    }
    return finders[kind](ids)


def _determination_documents(ids: Sequence[UUID]) -> list[Document]:
    found = {identifier: rules.find(identifier) for identifier in ids}
    return in_order(
        {identifier: on_file.document for identifier, on_file in found.items() if on_file},
        ids,
        "determination",
    )
