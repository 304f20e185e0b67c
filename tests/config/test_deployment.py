"""Settings of a public site: Django's own list has nothing to add, and answers go by TLS alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HOST = "bonds.example.gov"
PUBLIC = {"LMB_HOSTS": HOST, "LMB_SECRET_KEY": "k3-" + "abcdefghij" * 6}
CHECK = """
import django
django.setup()
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
"""
ASK = """
import json, sys, django
django.setup()
from django.test import Client
answers = {}
for scheme, address in (("http", "/glossary/"), ("http", "/healthz"), ("https", "/glossary/")):
    response = Client(HTTP_HOST="bonds.example.gov").get(address, secure=scheme == "https")
    answers[scheme + address] = [response.status_code, dict(response.headers)]
response = Client(HTTP_HOST="elsewhere.example").get("/glossary/", secure=True)
answers["elsewhere"] = [response.status_code, {}]
response = Client(HTTP_HOST="bonds.example.gov").get("/receipt/", secure=True)
cookies = {name: cookie.OutputString() for name, cookie in response.cookies.items()}
answers["cookie"] = [response.status_code, cookies]
json.dump(answers, sys.stdout)
"""


def run(code: str, **said: str) -> subprocess.CompletedProcess[str]:
    # Without what tests say of themselves: their databases, and a browser's loop beside Django.
    ours = ("LMB_DB", "DJANGO_ALLOW_ASYNC_UNSAFE")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment = {**clean, "DJANGO_SETTINGS_MODULE": "lmb.config.settings", **said}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


def test_a_public_site_passes_the_check_of_deployments() -> None:
    done = run(CHECK, **PUBLIC)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_would_tell_what_is_missing() -> None:
    """On one's own machine there is no TLS, and the same check says so."""
    done = run(CHECK)
    assert done.returncode != 0
    assert "security.W008" in done.stderr


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[int, dict[str, str]]]:
    done = run(ASK, **PUBLIC)
    assert done.returncode == 0, done.stderr
    return {name: (status, headers) for name, (status, headers) in json.loads(done.stdout).items()}


def test_plain_requests_are_sent_to_tls_and_health_is_not(
    answers: dict[str, tuple[int, dict[str, str]]],
) -> None:
    status, headers = answers["http/glossary/"]
    assert (status, headers["Location"]) == (301, f"https://{HOST}/glossary/")
    assert answers["http/healthz"][0] == 200


def test_browsers_are_told_to_keep_to_tls_and_to_trust_nobody_else(
    answers: dict[str, tuple[int, dict[str, str]]],
) -> None:
    status, headers = answers["https/glossary/"]
    assert status == 200
    told = headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_cookies_go_by_tls_alone(answers: dict[str, tuple[int, dict[str, str]]]) -> None:
    _, cookies = answers["cookie"]
    assert cookies
    for cookie in cookies.values():
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite" in cookie


def test_a_host_that_is_not_ours_is_not_answered(
    answers: dict[str, tuple[int, dict[str, str]]],
) -> None:
    assert answers["elsewhere"][0] == 400
