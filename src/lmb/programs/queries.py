"""The only functions that read the catalog for others."""

from __future__ import annotations

from dataclasses import dataclass

from lmb.programs import models


@dataclass(frozen=True, slots=True)
class ProgramOnFile:
    """A program with the provider that offers it, each by its code and name."""

    code: str
    title: str
    provider: str
    provider_name: str


def programs(cell: int, provider: str | None = None) -> list[ProgramOnFile]:
    """The programs of the catalog by title, those of one provider if asked."""
    rows = models.Program.objects.filter(cell=cell)
    if provider is not None:
        rows = rows.filter(provider=provider)
    names = dict(models.Provider.objects.filter(cell=cell).values_list("code", "name"))
    return [
        ProgramOnFile(row.code, row.title, row.provider, names[row.provider])
        for row in rows.order_by("title", "code")
    ]
