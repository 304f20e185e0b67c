"""The addresses of the way in and out, of how one signs in, and of proving and approving."""

from __future__ import annotations

from django.urls import path

from lmb.web.sign_in import (
    approving,
    asking,
    counter,
    devices,
    entering,
    newcomers,
    views,
)

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/passkey/", entering.with_passkey, name="sign-in-passkey"),
    path("sign-in/password/", entering.with_password, name="sign-in-password"),
    path("sign-in/recover/", entering.with_recovery_codes, name="sign-in-recover"),
    path("sign-in/new/", newcomers.new_here, name="new-here"),
    path("sign-in/new/way/", newcomers.new_way, name="new-way"),
    path("sign-in/new/passkey/", newcomers.with_passkey, name="new-passkey"),
    path("sign-in/new/password/", newcomers.with_password, name="new-password"),
    path("sign-in/at/<slug:name>/", asking.start, name="sign-in-at"),
    path("sign-in/at/<slug:name>/answer/", asking.answer, name="sign-in-answer"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("acting/", views.act, name="acting"),
    path("devices/", devices.devices, name="devices"),
    path("devices/sessions/end/", devices.end_session, name="end-session"),
    path("devices/passkeys/", devices.add_passkey, name="add-passkey"),
    path("devices/passkeys/<uuid:passkey>/remove/", devices.remove_passkey, name="remove-passkey"),
    path("devices/password/", devices.password, name="set-password"),
    path("devices/password/remove/", devices.remove_password, name="remove-password"),
    path("devices/app/", devices.app, name="set-app"),
    path("devices/app/remove/", devices.remove_app, name="remove-app"),
    path("devices/recovery-codes/", devices.recovery_codes, name="recovery-codes"),
    path("counter-code/", counter.code, name="counter-code"),
    path("counter/", counter.desk, name="counter"),
    path("approve/", approving.proposals, name="proposals"),
    path("approve/<uuid:identifier>/", approving.proposal, name="proposal"),
]
