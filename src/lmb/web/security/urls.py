"""The addresses of the security officer's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.security import views

app_name = "security"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-ins/", views.sign_ins, name="sign-ins"),
    path("looks/", views.looks, name="looks"),
    path("members/", views.members, name="members"),
    path("sessions/<uuid:session>/end/", views.end_session, name="end-session"),
    path("members/<uuid:membership>/end/", views.end_membership, name="end-membership"),
]
