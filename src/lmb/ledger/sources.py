"""How the books name the sources of money, so that every cent keeps its own."""

from __future__ import annotations


def bond_series(cusip: str) -> str:
    """The source of money that came from selling a bond."""
    return f"bond:{cusip}"


def debt_service(cusip: str) -> str:
    """The source of money appropriated to serve a bond."""
    return f"debt-service:{cusip}"
