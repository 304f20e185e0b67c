"""A receipt that somebody gives is read, checked against the log here, told of, and forgotten.

It is given by POST because it is long and tells of a payment: an address would stand in histories
and in logs of requests. This is the only page that takes one.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from lmb.proofs.receipt_check import DoubtError, check_receipt
from lmb.web.public.receipt_words import (
    BOTH,
    NOTHING,
    RECEIPT_BYTES_MAX,
    TOO_LARGE,
    Refusal,
    RefusalError,
    opening,
    refusal,
)

BODY_BYTES_MAX = 1_000_000
"""A longer request is refused unread; a shorter one stays in memory and is never written."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """The form, and what the receipt given with it proves.

    The check against forgery reads the body, so it comes after the check of its length.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > BODY_BYTES_MAX:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return _page(request, refusal(TOO_LARGE), status)
    return _answered(request)


@csrf_protect
def _answered(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    try:
        proven = check_receipt(_given(request))
    except RefusalError as error:
        return _page(request, error.refusal)
    except DoubtError as error:
        return _page(request, refusal(error.doubt, str(error)))
    shown = {"proven": proven, "opening": opening(proven.movement)}
    return render(request, "lmb/receipt.html", {"refusal": None, "given": "", **shown})


def _page(
    request: HttpRequest, refused: Refusal | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The form; after a refusal with the text as it was given, to be put right."""
    kept = status == HTTPStatus.OK and refused is not None
    given = request.POST.get("receipt", "") if kept else ""
    context = {"refusal": refused, "given": given, "proven": None, "opening": None}
    return render(request, "lmb/receipt.html", context, status=status)


def _given(request: HttpRequest) -> bytes:
    """The bytes of the receipt. Raises RefusalError when there is none, or two, or too much.

    A file is taken byte for byte. Text loses its line ends on the way through a clipboard and a
    form, so those are put right.
    """
    text = request.POST.get("receipt", "").strip(" \t\r\n")
    file = request.FILES.get("file")
    if file is not None and text:
        raise RefusalError(BOTH)
    content = f"{text}\n".replace("\r\n", "\n").encode() if file is None else file.read()
    if len(content) > RECEIPT_BYTES_MAX:
        raise RefusalError(TOO_LARGE)
    if not content.strip():
        raise RefusalError(NOTHING)
    return content
