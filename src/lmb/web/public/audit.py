"""The auditor's page: can one believe these books, and who else has seen them?"""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from lmb.proofs import queries
from lmb.proofs.standing import (
    LogStanding,
    checkpoint_count,
    sets_of_books,
    signed_sizes,
    standing,
)
from lmb.proofs.trust import PolicyInForce
from lmb.values.errors import NotFoundError
from lmb.web.formats import age_text
from lmb.web.public.audit_words import found_kinds
from lmb.web.public.reading import reads_the_books

CHECKPOINTS_A_PAGE = 10


@reads_the_books
def audit(request: HttpRequest) -> HttpResponse:
    """The books that were signed last, or how to make some."""
    listed = sets_of_books()
    if not listed:
        return render(request, "lmb/audit_empty.html")
    return _page(request, _standing_or_404(listed[0].cell))


@reads_the_books
def audit_of_books(request: HttpRequest, cell: int) -> HttpResponse:
    """One set of books by its number."""
    return _page(request, _standing_or_404(cell))


@reads_the_books
def checkpoint(request: HttpRequest, cell: int) -> HttpResponse:
    """The newest checkpoint with its cosignatures, as the log and its witnesses signed it."""
    newest = queries.newest_checkpoint(cell)
    if newest is None:
        raise Http404(_("No checkpoint has been signed of books with this number."))
    response = HttpResponse(newest.note.content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="checkpoint-{cell}"'
    return response


def _page(request: HttpRequest, found: LogStanding) -> HttpResponse:
    """The page of one log; of its checkpoints only those shown are read."""
    cell = found.books.cell
    positions = Paginator(range(checkpoint_count(cell)), CHECKPOINTS_A_PAGE)
    listed = positions.get_page(request.GET.get("page"))
    first = max(listed.start_index() - 1, 0)
    now = timezone.now()
    last = max((witness.timestamp for witness in found.witnesses), default=None)
    audited = found.audit
    context = {
        "found": found,
        "now": now,
        "last_answer": None if last is None else _age(last, now),
        "patience": _patience(found.trusted),
        "exceptions": [] if audited is None else found_kinds(audited.findings),
        "unlisted": 0 if audited is None else audited.findings_total - len(audited.findings),
        "listed": listed,
        "checkpoints": signed_sizes(cell, first, CHECKPOINTS_A_PAGE),
        "others": [books for books in sets_of_books() if books.cell != cell],
    }
    return render(request, "lmb/audit.html", context)


def _age(seconds: int, now: datetime) -> str:
    """How long ago a witness answered, by its own clock."""
    return age_text(datetime.fromtimestamp(min(seconds, int(now.timestamp())), UTC), now)


def _patience(trusted: PolicyInForce | None) -> str | None:
    """For how long payouts go on without witnesses, None where they are not held back."""
    if trusted is None or trusted.patience is None:
        return None
    return age_text(trusted.recorded_at, trusted.recorded_at + trusted.patience)


def _standing_or_404(cell: int) -> LogStanding:
    try:
        return standing(cell, timezone.now())
    except NotFoundError as error:
        raise Http404(
            _("There are no books with this number. The page Audit lists those there are.")
        ) from error
