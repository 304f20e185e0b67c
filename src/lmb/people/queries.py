"""The only functions that read persons for others."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from lmb.people import models
from lmb.values.errors import NotFoundError


def person_keys(cell: int, references: Collection[str]) -> dict[str, UUID]:
    """The keys of persons by the references a state's file uses for them.

    Raises NotFoundError for a reference nobody is registered under.
    """
    rows = models.Person.objects.filter(cell=cell, reference__in=references)
    keys = dict(rows.values_list("reference", "id"))
    for reference in references:
        if reference not in keys:
            raise NotFoundError(f"no person is registered as {reference!r} in these books")
    return keys
