"""Scenario pricing: what an outcome-linked bond is worth when outcomes are uncertain.

Nouns: a *model* says how indicators move; *paths* are drawn from scrambled Sobol *replicates*; a
*quote* is the mean of their values with an interval; a *stress* changes the model; the *issuer's
view* adds payments up by fiscal year; a *design* is a sheet with other terms.

    sheet + model ──draws──▶ paths ──payoff──▶ payments ──▶ quote, issuer's view, what-if

Analytics in float64, with its own error stated; what is paid is determined by `lmb.bonds.linked`.
"""

from lmb.bonds.scenario.designer import Choice, Designed, Distribution, designed
from lmb.bonds.scenario.issuer import IssuerView, issuer_view
from lmb.bonds.scenario.model import MODEL_VERSION, ScenarioModel, load_model
from lmb.bonds.scenario.quote import Quote, ScenarioQuote, scenario_quote
from lmb.bonds.scenario.what_if import Change, Design, design, read_change

__all__ = [
    "MODEL_VERSION",
    "Change",
    "Choice",
    "Design",
    "Designed",
    "Distribution",
    "IssuerView",
    "Quote",
    "ScenarioModel",
    "ScenarioQuote",
    "design",
    "designed",
    "issuer_view",
    "load_model",
    "read_change",
    "scenario_quote",
]
