"""What the proceeds of a bond pay for, as its term sheet promises it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Tranches:
    """Whole per cent of the tuition paid at each step; together 100."""

    enrolment_percent: int
    completion_percent: int
    placement_percent: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who trains people, where, and what each person's wallet is given."""

    state: str
    board: str
    provider_id: str
    provider_name: str
    program_id: str
    program_title: str
    grant_cents: int
    tuition_cents: int
    tranches: Tranches
    spend_until: date


@dataclass(frozen=True, slots=True)
class Training:
    """How many people are trained, in what. `delivery` is None where the house does not carry the
    training out."""

    people: int
    description: str
    delivery: Delivery | None


def training_from_document(document: Any) -> Training:
    """The training of a document that was checked before."""
    delivery = document.get("delivery")
    return Training(
        document["people"],
        document["description"],
        None if delivery is None else _delivery(delivery),
    )


def _delivery(document: Any) -> Delivery:
    return Delivery(
        state=document["state"],
        board=document["board"],
        provider_id=document["provider"]["id"],
        provider_name=document["provider"]["name"],
        program_id=document["program"]["id"],
        program_title=document["program"]["title"],
        grant_cents=document["grant_cents"],
        tuition_cents=document["tuition_cents"],
        tranches=Tranches(**document["tranches"]),
        spend_until=date.fromisoformat(document["spend_until"]),
    )
