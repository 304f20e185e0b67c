"""The page of the provider to practise with: whom to sign in as."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lmb.web.adapters import identity_providers
from lmb.web.practice.provider import Provider, ProviderError
from lmb.web.sign_in.providers import origin


@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Everyone one can practise as, and going back without a choice."""
    if not settings.PERSONAS:
        raise Http404
    provider = identity_providers().redeemer("practice", origin(request)).http
    assert isinstance(provider, Provider)
    try:
        asked = provider.read(request.GET.dict())
    except ProviderError as error:
        return render(request, "practice/refused.html", {"reason": str(error)}, status=400)
    if request.method == "POST":
        return HttpResponseRedirect(provider.answer(asked, request.POST.get("subject")))
    context = {"accounts": provider.accounts, "ial": asked.ial}
    return render(request, "practice/authorize.html", context)
