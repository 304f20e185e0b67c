"""The only functions that list providers and programs."""

from __future__ import annotations

from lmb.ledger.entries import NewAccount
from lmb.ledger.service import Books, open_accounts
from lmb.programs import models
from lmb.rules.sessions import house


def provider_account(code: str) -> str:
    """A provider's own money, outside these books."""
    return f"world/provider/{code}"


@house()
def list_program(
    books: Books, *, provider: str, provider_name: str, program: str, title: str
) -> None:
    """Put a provider and its program in the catalog and open the account it is paid to."""
    now = books.now()
    models.Provider.objects.bulk_create(
        [models.Provider(cell=books.cell, code=provider, name=provider_name, recorded_at=now)],
        ignore_conflicts=True,
    )
    models.Program.objects.bulk_create(
        [
            models.Program(
                cell=books.cell, code=program, provider=provider, title=title, recorded_at=now
            )
        ],
        ignore_conflicts=True,
    )
    open_accounts(books, [NewAccount(provider_account(provider), "provider", provider_name)])
