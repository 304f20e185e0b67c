"""A command works as the house; a process that answers strangers does not."""

from __future__ import annotations

import subprocess
import sys

from django.db import connection

from lmb.config import connections
from lmb.rules.sessions import house
from tests.conftest import Database

SAID = "SELECT coalesce(current_setting('lmb.house', true), '')"
# What `lmb run` does before the process of the pages is forked from it.
FORKED = f"""
import sys
from lmb.config import connections, runtime
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "lmb.config.settings"
django.setup()
connections.use_database(*sys.argv[1:])
import lmb.config.wsgi
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute({SAID!r})
    print(cursor.fetchone())
"""


def said() -> str:
    with connection.cursor() as cursor:
        cursor.execute(SAID)
        return str(cursor.fetchone()[0])


def test_a_process_that_serves_strangers_is_not_the_house(fresh_database: Database) -> None:
    assert said() == "yes"
    connections.serve_strangers()
    assert said() == ""
    with house():
        assert said() == "yes"
    assert said() == "", "what a service says ends with its transaction"


def test_the_server_of_pages_is_not_the_house_whatever_it_was_forked_from(
    fresh_database: Database,
) -> None:
    arguments = [sys.executable, "-c", FORKED, fresh_database.app_dsn, fresh_database.owner_dsn]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "('',)"
