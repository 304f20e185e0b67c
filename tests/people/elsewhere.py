"""Rows of other rooms that have to do with one person and the organisations around them, as the
owner of the tables can write them: what row-level security is tried on, not what services make."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.people.support import CELL, NOW

NAMESPACE = UUID("6d6e2f5a-0000-4000-8000-000000000000")
DAY = date(2027, 2, 1)
UNIT = "face:LMB270AA1"


def identifier(*names: object) -> UUID:
    """The same for the same names."""
    return uuid5(NAMESPACE, "/".join(map(str, names)))


@dataclass(frozen=True, slots=True)
class Around:
    """One person, and the codes of a provider, an employer and a holder they have to do with."""

    letter: str
    person: UUID
    provider: str
    employer: str
    holder: str


class Rooms:
    """Puts rows into tables and remembers where each stands, by the entry of the matrix."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self._owner = owner
        self._seq = 0
        self._put("ledger_cell", name="1", id=CELL, simulated=False, seq_last=0)
        self._put("ledger_unit", code="USD", scale=2, description="dollars")
        self._put("ledger_unit", code=UNIT, scale=2, description="face")
        self._account("purse", "board-fund", "MD-01")
        self._account("issuer", "issuer", "Treasury", UNIT, "credits<=debits")
        self.bond = identifier("bond")
        terms = "{}"
        self._put(
            "bonds_bond", id=self.bond, cusip="LMB270AA1", terms=terms, **_hash("terms", terms)
        )

    def around(self, one: Around) -> dict[str, set[str]]:
        """A row of every kind that has to do with one person."""
        rows: dict[str, set[str]] = {}
        wallet = f"wallet/{one.person}/A"
        provider = f"world/provider/{one.provider}"
        holding = f"holding/A/{one.holder}"
        self._account(wallet, "wallet", str(one.person))
        self._account(provider, "provider", "A school")
        self._account(holding, "holding", one.holder, UNIT, "debits<=credits")
        rows["web_session"] = self._put(
            "web_session",
            id=identifier("session", one.letter),
            key_sha256=one.letter,
            content="",
            person=one.person,
            device="test",
            started_at=NOW,
            seen_at=NOW,
            idle_seconds=1,
            ends_at=NOW,
        )
        self._facts(one, rows)
        self._training(one, wallet, provider, rows)
        self._securities(one, holding, rows)
        rows["ledger_refusal"] = self._put(
            "ledger_refusal",
            id=identifier("refusal", one.letter),
            asked=Jsonb({}),
            result="exceeds_balance",
        )
        # Movements changed the accounts: a row that changes stands elsewhere.
        for code in (wallet, provider, holding):
            kind = code.removeprefix("world/").partition("/")[0]
            rows[f"ledger_account {kind}"] = self._place_of_account(code)
        return rows

    def _facts(self, one: Around, rows: dict[str, set[str]]) -> None:
        rows["facts_work_record"] = self._put(
            "facts_work_record",
            id=identifier("work", one.letter),
            person=one.person,
            employer=one.employer,
            period_from=DAY,
            period_to=DAY,
            earnings_cents=1,
            source="test",
        )
        rows["facts_hire"] = self._put(
            "facts_hire",
            id=identifier("hire", one.letter),
            person=one.person,
            employer=one.employer,
            hired_on=DAY,
            source="test",
        )
        for kind in ("assigned", "completed"):
            rows[f"facts_attestation {kind}"] = self._put(
                "facts_attestation",
                id=identifier(kind, one.letter),
                person=one.person,
                kind=kind,
                value="",
                happened_on=DAY,
                source="test",
            )

    def _training(self, one: Around, wallet: str, provider: str, rows: dict[str, set[str]]) -> None:
        self._put("programs_provider", code=one.provider, name="A school")
        self._put(
            "programs_program", code=f"welding {one.letter}", provider=one.provider, title="Welding"
        )
        hold = identifier("hold", one.letter)
        rows["ledger_hold"] = self._put(
            "ledger_hold",
            id=hold,
            debit=identifier(wallet),
            credit=identifier(provider),
            unit="USD",
            amount_cents=100,
            captured_cents=0,
            released_cents=0,
            state="open",
        )
        rows["training_enrolment"] = self._put(
            "training_enrolment",
            id=identifier("enrolment", one.letter),
            bond=self.bond,
            person=one.person,
            program=f"welding {one.letter}",
            hold=hold,
            tuition_cents=100,
            accepted_on=DAY,
        )
        order, rows["ledger_instruction acceptance"] = self._instruction("acceptance", one.letter)
        rows["ledger_transfer grant"], _ = self._moved("purse", wallet, instruction=order)
        rows["ledger_transfer hold"], rows["ledger_journal of an instruction"] = self._moved(
            wallet, provider, instruction=order, hold=hold
        )
        decided, rows["rules_determination"], rows["rules_determination_input"] = self._determined(
            f"bond/A/enrolment/{one.person}"
        )
        rows["ledger_transfer tuition"], rows["ledger_journal of a determination"] = self._moved(
            wallet, provider, determination=decided
        )

    def _securities(self, one: Around, holding: str, rows: dict[str, set[str]]) -> None:
        holder, letter, auction = one.holder, one.letter, {"bond": self.bond, "auction": 1}
        other = f"somebody else {letter}"
        rows["bonds_securities_account"] = self._put(
            "bonds_securities_account", code=holder, mode="commercial"
        )
        self._put("bonds_securities_account", code=other, mode="commercial")
        rows["bonds_sealed_bid"] = self._put(
            "bonds_sealed_bid",
            id=identifier("sealed", letter),
            bidder=holder,
            kind="competitive",
            commitment=hashlib.sha256(letter.encode()).hexdigest(),
            **auction,
        )
        bid = identifier("bid", letter)
        rows["bonds_bid"] = self._put(
            "bonds_bid",
            id=bid,
            bidder=holder,
            kind="noncompetitive",
            par_cents=100,
            net_long_cents=0,
            **auction,
        )
        decided, _, _ = self._determined(f"auction/{letter}")
        rows["bonds_award"] = self._put(
            "bonds_award",
            bid=bid,
            determination=decided,
            bidder=holder,
            par_cents=100,
            price_cents=100,
            accrued_cents=0,
            **auction,
        )
        rows["bonds_award_event"] = self._put(
            "bonds_award_event", bid=bid, event="unpaid", **auction
        )
        rows["bonds_entitlement"] = self._put(
            "bonds_entitlement",
            run=identifier("run", letter),
            place=1,
            account=holder,
            par_cents=100,
            base_cents=1,
            bonus_cents=0,
        )
        rows["bonds_payment_stop"] = self._put(
            "bonds_payment_stop", account=holder, number=1, stopped=True, reason="test"
        )
        order, rows["ledger_instruction trade"] = self._instruction("bond-trade", letter)
        rows["ledger_transfer of bonds"], _ = self._moved(
            "issuer", holding, instruction=order, unit=UNIT
        )
        hold = identifier("hold of a trade", letter)
        self._put(
            "ledger_hold",
            id=hold,
            debit=identifier(holding),
            credit=identifier("issuer"),
            unit=UNIT,
            amount_cents=100,
            captured_cents=0,
            released_cents=0,
            state="open",
        )
        rows["bonds_trade"] = self._put(
            "bonds_trade",
            id=identifier("trade", letter),
            bond=self.bond,
            reference=letter,
            seller=other,
            buyer=holder,
            face_cents=100,
            price_per_100=100,
            traded_on=DAY,
            settles_on=date(2027, 2, 2),
            principal_cents=100,
            accrued_cents=0,
            instruction=order,
            hold=hold,
        )

    def _account(
        self, code: str, kind: str, owner: str, unit: str = "USD", limit: str | None = None
    ) -> set[str]:
        return self._put(
            "ledger_account",
            id=identifier(code),
            code=code,
            kind=kind,
            owner=owner,
            unit=unit,
            limit_side=limit,
            state="open",
            posted_debit_cents=0,
            posted_credit_cents=0,
            held_debit_cents=0,
            held_credit_cents=0,
            seq_last=0,
            opened_at=NOW,
        )

    def _place_of_account(self, code: str) -> set[str]:
        found = self._owner.execute("SELECT ctid::text FROM ledger_account WHERE code = %s", [code])
        return {place for (place,) in found}

    def _instruction(self, kind: str, letter: str) -> tuple[UUID, set[str]]:
        found = identifier(kind, letter)
        content = "{}"
        return found, self._put(
            "ledger_instruction",
            id=found,
            kind=kind,
            subject=letter,
            content=content,
            actor="test",
            **_hash("content", content),
        )

    def _determined(self, subject: str) -> tuple[UUID, set[str], set[str]]:
        found = identifier(subject)
        said = {"rule": "test", "rule_version": "1", "subject": subject, "inputs_count": 1}
        content = json.dumps(said)
        row = self._put(
            "rules_determination",
            id=found,
            rule="test",
            rule_version="1",
            subject=subject,
            content=content,
            actor="test",
            **_hash("content", content),
        )
        return (
            found,
            row,
            self._put(
                "rules_determination_input",
                determination=found,
                position=0,
                kind="test",
                input=identifier("input", subject),
                sha256="0",
            ),
        )

    def _moved(
        self,
        debit: str,
        credit: str,
        *,
        unit: str = "USD",
        hold: UUID | None = None,
        **cause: UUID,
    ) -> tuple[set[str], set[str]]:
        """A movement in a journal of its own: where both stand."""
        self._seq += 1
        journal = identifier("journal", self._seq)
        found = self._put(
            "ledger_journal",
            id=journal,
            kind="test",
            actor="test",
            linked=False,
            seq_first=self._seq,
            seq_last=self._seq,
            effective_at=NOW,
            **cause,
        )
        return self._put(
            "ledger_transfer",
            id=hold or identifier("transfer", self._seq),
            seq=self._seq,
            amount_cents=100,
            effective_at=NOW,
            debit_balance_after_cents=0,
            credit_balance_after_cents=0,
            debit_seq_before=0,
            credit_seq_before=0,
            journal=journal,
            debit=identifier(debit),
            credit=identifier(credit),
            hold=hold,
            kind="post" if hold is None else "hold",
            code="test",
            unit=unit,
        ), found

    def _put(self, table: str, **columns: Any) -> set[str]:
        named: dict[str, Any] = {"cell": CELL, "recorded_at": NOW, **columns}
        has = {
            name
            for (name,) in self._owner.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass", [table]
            )
        }
        values = {name: value for name, value in named.items() if name in has}
        assert set(columns) <= has, set(columns) - has
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}::text").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
            sql.Identifier(place_of_rows(table)),
        )
        return {place for (place,) in self._owner.execute(statement, list(values.values()))}


def place_of_rows(table: str) -> str:
    """The column that tells the rows of a table apart: where it stands, which no table repeats."""
    return "id" if table == "web_session" else "ctid"


def _hash(name: str, content: str) -> dict[str, str]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"terms_sha256" if name == "terms" else "sha256": digest}
