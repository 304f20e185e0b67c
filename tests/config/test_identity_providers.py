"""Who vouches for people here, the key we show ourselves with, and the network between."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner
from joserfc.jwk import RSAKey
from pytest_django import Settings

from lmb.cli.people import people
from lmb.config import identity_providers
from lmb.config.identity_providers import client_key, of_this_clone
from lmb.config.network import ANSWER_BYTES_MAX, Network
from lmb.values.errors import EnvironmentProblem

ISSUERS = """
[issuers.login-gov]
title = "Login.gov"
url = "https://idp.example/"
client_id = "urn:a"
vocabulary = "login.gov"
"""
ORIGIN = "http://localhost:8000"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home of this test alone, and nothing remembered of another."""
    monkeypatch.setattr(identity_providers, "home", lambda: tmp_path)
    monkeypatch.delenv(identity_providers.VARIABLE, raising=False)
    of_this_clone.cache_clear()
    yield
    of_this_clone.cache_clear()


def test_issuers_come_from_the_file_and_practice_where_roles_are_tried_out(
    tmp_path: Path, settings: Settings
) -> None:
    settings.PERSONAS = False
    assert of_this_clone().issuers(ORIGIN) == {}
    of_this_clone.cache_clear()
    (tmp_path / "issuers.toml").write_text(ISSUERS)
    assert list(of_this_clone().issuers(ORIGIN)) == ["login-gov"]
    with pytest.raises(KeyError):
        of_this_clone().redeemer("practice", ORIGIN)
    settings.PERSONAS = True
    assert list(of_this_clone().issuers(ORIGIN)) == ["login-gov", "practice"]
    redeemer = of_this_clone().redeemer("login-gov", ORIGIN)
    assert isinstance(redeemer.http, Network)
    assert of_this_clone().redeemer("login-gov", ORIGIN) is redeemer


def test_a_file_that_is_named_must_be_there_and_leave_practice_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "elsewhere.toml"
    monkeypatch.setenv(identity_providers.VARIABLE, str(named))
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        of_this_clone()
    named.write_text(ISSUERS.replace("login-gov", "practice"))
    with pytest.raises(EnvironmentProblem, match="'practice' is taken"):
        of_this_clone()


def test_our_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "sign-in" / "key.pem"
    shown = CliRunner().invoke(people, ["sign-in-key"])
    assert shown.exit_code == 0, shown.output
    public = RSAKey.import_key(shown.output.encode())
    assert not public.is_private
    assert path.stat().st_mode & 0o777 == 0o600
    client_key.cache_clear()
    assert client_key(path).key.thumbprint() == public.thumbprint()
    client_key.cache_clear()
    path.chmod(0o644)
    with pytest.raises(EnvironmentProblem, match="chmod 600"):
        client_key(path)
    path.chmod(0o600)
    path.write_text("nonsense")
    with pytest.raises(EnvironmentProblem, match="RSA"):
        client_key(path)


# ── the network ──


class _Answers(BaseHTTPRequestHandler):
    """Says what it was asked, or what a path says it should."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        length = ANSWER_BYTES_MAX + 1 if self.path == "/long" else 0
        self._say(int(self.path[1:]) if self.path[1:].isdigit() else 200, b"x" * length)

    def do_POST(self) -> None:
        self._say(200, self.rfile.read(int(self.headers["Content-Length"])))

    def _say(self, status: int, content: bytes) -> None:
        told = content or json.dumps({"who": self.headers.get("Authorization")}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: a test's output is for the test."""


@pytest.fixture
def there() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _Answers.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_provider_is_asked_and_its_answer_read(there: str) -> None:
    network = Network()
    assert json.loads(network.get(f"{there}/me", {"Authorization": "Bearer a"})) == {
        "who": "Bearer a"
    }
    assert network.post(f"{there}/token", {"code": "a b&c"}) == b"code=a+b%26c"


@pytest.mark.parametrize("path", ["/moved", "/long", "/500", "/404", "/204"])
def test_anything_but_a_plain_bounded_answer_is_none(there: str, path: str) -> None:
    with pytest.raises(OSError, match="answered"):
        Network().get(f"{there}{path}", {})
    assert "/elsewhere" not in _Answers.asked, "a token does not travel to where an answer points"
