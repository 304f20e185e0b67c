"""The addresses of a person's own pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.citizen import codes, consents, helpers, looks, news, offline, wallet

app_name = "citizen"
urlpatterns = [
    path("", wallet.home, name="home"),
    path("history/", wallet.history, name="history"),
    path("history.csv", wallet.history_csv, name="history-csv"),
    path("lock/", wallet.lock, name="lock"),
    path("code/", codes.code, name="code"),
    path("news/", news.news, name="news"),
    path("looks/", looks.looks, name="looks"),
    path("looks.csv", looks.looks_csv, name="looks-csv"),
    path("consents/", consents.consents, name="consents"),
    path("consents/new/", consents.give, name="consent-new"),
    path("helpers/", helpers.helpers, name="helpers"),
    path("helpers/new/", helpers.add, name="helper-new"),
    path("offline.js", offline.worker, name="worker"),
    path("app.webmanifest", offline.manifest, name="manifest"),
]
