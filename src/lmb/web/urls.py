"""The pages, which have an address in every language. `config` puts the language before it."""

from __future__ import annotations

from django.urls import include, path

from lmb.web.public import audit, files, papers, receipts, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("bonds/<str:identifier>/", views.bond, name="bond"),
    path("bonds/<str:identifier>/terms.json", files.term_sheet, name="terms"),
    path("bonds/<str:identifier>/cash-flows.csv", files.cash_flows, name="cash-flows"),
    path("bonds/<str:identifier>/money-flow.csv", files.money_flow, name="money-flow"),
    path("bonds/<str:identifier>/demand.csv", files.auction_demand, name="demand"),
    path("bonds/<str:identifier>/outcome.csv", files.outcome, name="outcome"),
    path("bonds/<str:identifier>/papers/<str:kind>.pdf", papers.paper, name="paper"),
    path("trace/", views.trace_search, name="trace-search"),
    path("trace/<str:identifier>/", views.trace, name="trace"),
    path("receipt/", receipts.receipt, name="receipt"),
    path("audit/", audit.audit, name="audit"),
    path("audit/<int:cell>/", audit.audit_of_books, name="audit-books"),
    path("audit/<int:cell>/checkpoint", audit.checkpoint, name="checkpoint"),
    path("glossary/", views.glossary, name="glossary"),
    path("", include("lmb.web.sign_in.urls")),
    path("practice/", include("lmb.web.practice.urls")),
    path("personas/", include("lmb.web.personas.urls")),
    path("wallet/", include("lmb.web.citizen.urls", namespace="citizen")),
    path("agency/", include("lmb.web.agency.urls", namespace="agency")),
    path("auditor/", include("lmb.web.auditor.urls", namespace="auditor")),
    path("board/", include("lmb.web.board.urls", namespace="board")),
    path("employer/", include("lmb.web.employer.urls", namespace="employer")),
    path("investor/", include("lmb.web.investor.urls", namespace="investor")),
    path("provider/", include("lmb.web.provider.urls", namespace="provider")),
    path("representative/", include("lmb.web.representative.urls", namespace="representative")),
    path("security/", include("lmb.web.security.urls", namespace="security")),
    path("treasury/", include("lmb.web.treasury.urls", namespace="treasury")),
]
