"""The papers of a bond that are for everyone, as PDF in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lmb.bonds import queries as bonds
from lmb.bonds import queries_papers
from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.auction import auction_notice, auction_results
from lmb.bonds.papers.impact import impact_report
from lmb.bonds.papers.offering import offering_circular
from lmb.bonds.papers.paper import Paper
from lmb.bonds.papers.redemption import redemption_notice
from lmb.bonds.queries import BondOnFile
from lmb.settlement.impact import published_impact
from lmb.settlement.report import Report, report
from lmb.values.errors import NotFoundError, RefusedError
from lmb.web.downloads import paper_language, public_paper
from lmb.web.public.finding import bond_or_404
from lmb.web.public.reading import reads_the_books
from lmb.web.workspaces import Words


def _offering(bond: BondOnFile, language: Language) -> Paper:
    return offering_circular(bond.terms, language)


def _announcement(bond: BondOnFile, language: Language) -> Paper:
    return auction_notice(bonds.announcement(bond), language, bond.terms_sha256)


def _results(bond: BondOnFile, language: Language) -> Paper:
    return auction_results(queries_papers.held_auction(bond), language, bond.terms_sha256)


def _redemption(bond: BondOnFile, language: Language) -> Paper:
    if not bonds.is_auctioned(bond):
        raise NotFoundError(f"bond {bond.cusip} was not sold, so there is nothing to redeem")
    return redemption_notice(queries_papers.redemption_of(bond), language)


def _impact(bond: BondOnFile, language: Language) -> Paper:
    return impact_report(published_impact(report(bond)), language)


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A paper that can be asked for: the last part of its address, and its name."""

    kind: str
    title: Words


_MADE: Mapping[str, Callable[[BondOnFile, Language], Paper]] = {
    "offering": _offering,
    "announcement": _announcement,
    "results": _results,
    "redemption": _redemption,
    "impact": _impact,
}
_TITLES = {
    "offering": gettext_lazy("Offering circular"),
    "announcement": gettext_lazy("Auction notice"),
    "results": gettext_lazy("Auction results"),
    "redemption": gettext_lazy("Redemption notice"),
    "impact": gettext_lazy("Impact report"),
}
_FROM_THE_START = ("offering", "announcement")


@reads_the_books
def paper(request: HttpRequest, identifier: str, kind: str) -> HttpResponse:
    """One paper of a bond; a 404 that says why where it is not there or not for everyone."""
    bond = bond_or_404(identifier)
    if kind not in _MADE:
        raise Http404(_("A bond has no paper of this name. Its page lists its papers."))
    try:
        made = _MADE[kind](bond, paper_language())
    except NotFoundError as error:
        said = _("The auction of this bond has not been held. This paper will be here when it has.")
        raise Http404(said) from error
    except RefusedError as error:
        raise Http404(_refusal(kind)) from error
    return public_paper(request, made)


def papers_of(report: Report) -> list[PaperLink]:
    """The papers of a bond that can be asked for now. Those its auction brings are listed once it
    was held; where one is not for everyone yet, its address says why."""
    kinds = _FROM_THE_START if report.auction is None else tuple(_MADE)
    return [PaperLink(kind, _TITLES[kind]) for kind in kinds]


def _refusal(kind: str) -> str:
    """Why a paper is not shown, in the visitor's language."""
    if kind == "impact":
        return _(
            "A group of people in this programme is so small that its count could tell of persons. "
            "The impact report will be here when more people are in it."
        )
    return _(
        "The outcome decides at what this bond is repaid, and its last coupon has not been "
        "determined. The redemption notice will be here when it has."
    )
