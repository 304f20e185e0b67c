"""A term sheet in words, complete: every field of the document has its line."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from lmb.bonds.terms import Evaluation, OutcomeTerms, TermSheet, TrainingTerms
from lmb.values.money import format_cents
from lmb.web.formats import day_text, dollars_text, percent_text, period_text

Line = tuple[str, str]
"""What a field is called, and what it says."""


@dataclass(frozen=True, slots=True)
class TermsGroup:
    """Fields that belong together."""

    title: str
    lines: tuple[Line, ...]


def terms_in_words(terms: TermSheet) -> tuple[TermsGroup, ...]:
    """The term sheet in four groups."""
    return (
        TermsGroup(_("The security"), _security(terms)),
        TermsGroup(_("What is measured"), _measured(terms.outcome)),
        TermsGroup(_("What the bonus is"), _bonus(terms.outcome)),
        TermsGroup(_("What the proceeds pay for"), _training(terms.training)),
    )


def _security(terms: TermSheet) -> tuple[Line, ...]:
    return (
        (_("Title"), terms.title),
        (_("Identifier (CUSIP)"), terms.cusip),
        (_("Offered"), format_cents(terms.offering_cents)),
        (
            _("Bids"),
            _("from %(minimum)s, in multiples of %(multiple)s")
            % {
                "minimum": format_cents(terms.minimum_cents),
                "multiple": format_cents(terms.multiple_cents),
            },
        ),
        (_("Announced"), day_text(terms.announced_on)),
        (_("Auction"), day_text(terms.auction_on)),
        (_("Issued"), day_text(terms.issue_on)),
        (_("Interest counts from"), day_text(terms.dated_on)),
        (_("First interest"), day_text(terms.first_interest_on)),
        (_("Matures"), day_text(terms.matures_on)),
        (_("Base coupon"), _("set by the auction; paid whatever the outcome")),
    )


def _measured(outcome: OutcomeTerms) -> tuple[Line, ...]:
    missing = outcome.missing_data
    return (
        (
            _("Outcome"),
            _("gain in yearly earnings: people offered training by lottery less people not"),
        ),
        (
            _("What counts"),
            _("the lower end of the 95 per cent interval")
            if outcome.evaluate is Evaluation.CI95_LOWER
            else _("the estimate"),
        ),
        (_("Baseline period"), period_text(outcome.baseline_from, outcome.baseline_to)),
        (_("Observed period"), period_text(outcome.observed_from, outcome.observed_to)),
        (
            _("Records complete"),
            _("%(days)s days after the observed period") % {"days": outcome.publication_lag_days},
        ),
        (_("Determined"), day_text(outcome.determined_on)),
        (
            _("If data are missing"),
            _(
                "with records of fewer than %(coverage)s of people, or fewer than %(people)s "
                "people in a group, the score is %(score)s"
            )
            % {
                "coverage": percent_text(missing.minimum_coverage_percent),
                "people": f"{missing.minimum_people_per_arm:,}",
                "score": missing.score,
            },
        ),
    )


def _bonus(outcome: OutcomeTerms) -> tuple[Line, ...]:
    return (
        (_("Threshold"), _a_year(dollars_text(outcome.threshold_dollars))),
        (_("Target"), _a_year(dollars_text(outcome.target_dollars))),
        (_("Bonus at target"), _a_year(percent_text(outcome.bonus_at_target_percent))),
        (_("At least"), _a_year(percent_text(outcome.bonus_floor_percent))),
        (_("At most (cap)"), _a_year(percent_text(outcome.bonus_cap_percent))),
        (
            _("Rounding"),
            _("half to even, once, to %(places)s decimals of a per cent")
            % {"places": outcome.rounding_places},
        ),
    )


def _training(training: TrainingTerms) -> tuple[Line, ...]:
    tranches = training.tranches
    return (
        (_("State"), training.state),
        (_("Workforce board"), training.board),
        (_("Training provider"), f"{training.provider_name} ({training.provider_id})"),
        (_("Program"), f"{training.program_title} ({training.program_id})"),
        (_("Credit for each person"), format_cents(training.grant_cents)),
        (_("Tuition for each person"), format_cents(training.tuition_cents)),
        (
            _("The provider is paid"),
            _(
                "%(enrolment)s on enrolment, %(completion)s on completion, %(placement)s on "
                "verified placement"
            )
            % {
                "enrolment": f"{tranches.enrolment_percent}\N{NO-BREAK SPACE}%",
                "completion": f"{tranches.completion_percent}\N{NO-BREAK SPACE}%",
                "placement": f"{tranches.placement_percent}\N{NO-BREAK SPACE}%",
            },
        ),
        (_("Credit may be spent until"), day_text(training.spend_until)),
    )


def _a_year(amount: str) -> str:
    return _("%(amount)s a year") % {"amount": amount}
