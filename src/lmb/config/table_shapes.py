"""Whether the tables of a database are those of this version.

Nothing is released yet, so a room's tables are still shaped by changing its first migration, not
by adding another. A database that an earlier development version made then looks up to date and is
not: its shape, a hash of all migrations, is kept with it and compared. From the first release on,
migrations are only added, and this module goes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

import lmb
from lmb.config.errors import OldTablesError

PACKAGE = Path(lmb.__file__).parent
PREFIX = "lmb tables "


def shape() -> str:
    """A hash of every migration of the rooms, with their SQL."""
    digest = hashlib.sha256()
    for file in sorted(PACKAGE.glob("*/migrations/**/*")):
        if file.suffix in {".py", ".sql"}:
            digest.update(str(file.relative_to(PACKAGE)).encode() + b"\0" + file.read_bytes())
    return PREFIX + digest.hexdigest()


def check_shape(owner: BaseDatabaseWrapper) -> None:
    """Refuse a database whose tables were made by another version. Raises OldTablesError."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('public.ledger_cell') IS NOT NULL,"
            " obj_description('public'::regnamespace, 'pg_namespace')"
        )
        exists, found = cursor.fetchone()
    if exists and found != shape():
        raise OldTablesError(
            "The tables in this database were made by another development version, and nothing "
            "has been released that could change them. Nothing was touched. `make clean` removes "
            "this clone's own data; with LMB_HOME or DATABASE_URL, name an empty place."
        )


def keep_shape(owner: BaseDatabaseWrapper) -> None:
    """Remember, with the tables about to be made, which version makes them."""
    with owner.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA public IS '{shape()}'")
