"""Errors of the environment this package starts for itself.

EnvironmentProblem
├── DatabaseStartError     the embedded PostgreSQL cannot be made, started or reached
├── DatabaseUrlError       DATABASE_URL names a server that cannot be used
├── OldTablesError         the tables were made by another development version
└── SettingsError          the environment has settings that cannot be used
"""

from __future__ import annotations

from lmb.values.errors import EnvironmentProblem


class DatabaseStartError(EnvironmentProblem):
    """The embedded PostgreSQL cannot be made, started or reached."""


class DatabaseUrlError(EnvironmentProblem):
    """DATABASE_URL or DATABASE_OWNER_URL names a server that cannot be used."""


class OldTablesError(EnvironmentProblem):
    """The tables of the database were made by another development version."""


class SettingsError(EnvironmentProblem):
    """The environment has settings that cannot be used; the message lists all of them."""
