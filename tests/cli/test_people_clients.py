"""`lmb people api-client` as an operator meets it: from registration to the last key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from joserfc.jwk import ECKey
from pytest_django.plugin import DjangoDbBlocker

from lmb.cli.people_clients import api_client
from lmb.people import clients
from lmb.people.acting import Acting
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.values.errors import LmbError, NotFoundError
from tests.conftest import Database
from tests.people.support import BEN, enrolled, member, vault_keys


@pytest.fixture
def settled(fresh_database: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[Acting]:
    """Ben, who administers an employer; committed, for commands have connections of their own."""
    with django_db_blocker.unblock():
        keys = vault_keys()
        person = enrolled(keys, "ben", BEN).person
        with house():
            acting = member(keys, person, "employer", Role.EMPLOYER)
        yield acting


def lmb(*words: object) -> Result:
    result = CliRunner().invoke(api_client, list(map(str, words)))
    if isinstance(result.exception, LmbError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_an_operator_registers_a_program_gives_it_keys_and_takes_them_back(
    settled: Acting, tmp_path: Path
) -> None:
    by = ("--by", settled.person)
    told = ("--program", "Payroll", "--role", "employer", "--scope", "work:attest")
    client = lmb("add", "--organisation", settled.organisation, *told, *by).stdout.strip()

    issued = lmb("key", client, *by, "--days", 30)
    assert "shown once" in issued.stderr
    secret = clients.read_secret(issued.stdout.strip(), "k")
    assert secret is not None
    now = datetime.now(UTC)
    assert clients.admit(secret, now) is not None

    jwk = tmp_path / "public.json"
    jwk.write_text(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)))
    prefix = lmb("key", client, *by, "--public-key", jwk).stdout.strip()

    (listed,) = json.loads(lmb("list", settled.organisation, "--json").stdout)["clients"]
    assert (listed["client"], listed["program"]) == (client, "Payroll")
    assert {(key["prefix"], key["kind"]) for key in listed["keys"]} == {
        (secret.prefix, "secret"),
        (prefix, "public-key"),
    }
    shown = lmb("list", settled.organisation).stdout
    assert secret.prefix in shown
    assert secret.text not in shown

    lmb("revoke", client, secret.prefix, *by, "--because", "a laptop was stolen")
    assert clients.admit(secret, now) is None
    lmb("end", client, *by, "--because", "replaced")
    (listed,) = json.loads(lmb("list", settled.organisation, "--json").stdout)["clients"]
    assert listed["ended_at"] is not None


def test_what_is_no_client_or_organisation_is_told(settled: Acting) -> None:
    refused = lmb("key", "payroll", "--by", settled.person)
    assert refused.exit_code == 2
    assert "'payroll' is no client id" in refused.stderr
    with pytest.raises(NotFoundError, match="no organisation"):
        lmb("list", UUID(int=1))
