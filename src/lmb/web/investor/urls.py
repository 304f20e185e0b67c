"""The addresses of an investor's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.investor import papers, views

app_name = "investor"
urlpatterns = [
    path("", views.home, name="home"),
    path("statement/", views.statement, name="statement"),
    path("bids/", views.bids, name="bids"),
    path("papers/<uuid:identifier>/coupon-<int:number>.pdf", papers.coupon, name="coupon-paper"),
    path("papers/<uuid:identifier>/redemption.pdf", papers.redemption, name="redemption-paper"),
    path("papers/holdings-<int:year>.pdf", papers.holdings, name="holdings-paper"),
]
