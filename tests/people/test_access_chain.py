"""Whoever changes, takes out or rewrites a look in the log is found out, the owner too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connections

from lmb.cli.people_log import anchor_log, check_log
from lmb.ledger.queries import instruction, instructions_of_kind
from lmb.people import access_anchors, access_log, vault
from lmb.people.access_chain import Anchor, Entry, Head, faults, lane_of, linked
from lmb.people.acting import Acting
from lmb.people.keys import VaultKeys
from lmb.values.errors import InputError, NotFoundError
from tests.ledger.books import Ledger
from tests.ledger.invariants import broken
from tests.people.support import ANA, BEN, MARYLAND, NOW, enrolled, sure, vault_keys

LOOKS = 4


@pytest.fixture
def ledger(fresh_database: object) -> Ledger:
    return Ledger("looked-at")


@pytest.fixture
def log(ledger: Ledger, owner_connection: psycopg.Connection) -> psycopg.Connection:
    """Ana and Ben have looked at their own records, and the owner may do anything."""
    keys = vault_keys()
    for subject, identifiers in (("ana", ANA), ("ben", BEN)):
        acting = enrol(ledger, keys, subject, identifiers)
        for number in range(LOOKS):
            look(keys, acting, number)
    owner_connection.execute("ALTER TABLE people_access DISABLE TRIGGER USER")
    return owner_connection


def enrol(ledger: Ledger, keys: VaultKeys, subject: str, identifiers: dict[str, str]) -> Acting:
    person = enrolled(keys, subject, identifiers, home=MARYLAND, cell=ledger.cell).person
    return Acting(ledger.cell, person, "citizen", sure())  # type: ignore[arg-type]


def look(keys: VaultKeys, acting: Acting, number: int) -> None:
    at = NOW + timedelta(seconds=number)
    vault.read(keys, acting, [acting.person], ["ssn"], purpose=f"Look {number}: ñ", at=at)


def a_lane(log: psycopg.Connection) -> int:
    (lane,) = log.execute("SELECT min(lane) FROM people_access").fetchone() or (None,)
    assert isinstance(lane, int)
    return lane


def told(ledger: Ledger, *kept: Anchor) -> list[tuple[int, int]]:
    return [(one.first, one.last) for one in access_anchors.check(ledger.cell, kept)]


def test_a_log_as_it_was_written_has_no_fault(ledger: Ledger, log: psycopg.Connection) -> None:
    assert told(ledger) == []
    heads = access_anchors.heads_now(ledger.cell)
    assert [head.seq for head in heads] == [LOOKS, LOOKS]
    access_anchors.anchor(ledger.books)
    assert told(ledger) == []


def test_a_changed_look_is_named(ledger: Ledger, log: psycopg.Connection) -> None:
    lane = a_lane(log)
    log.execute("CREATE TABLE kept AS TABLE people_access")
    for change in (
        "purpose = 'audit'",
        "at = at + interval '1 microsecond'",
        "fields = '{name}'",
        "fields = '{s,sn}'",
        "basis = 'state'",
        "organisation = person",
        "id = gen_random_uuid()",
    ):
        log.execute(f"UPDATE people_access SET {change} WHERE lane = {lane} AND seq = 2")
        (fault,) = access_anchors.check(ledger.cell)
        assert (fault.lane, fault.first, fault.last) == (lane, 2, 2), change
        assert "was changed" in fault.what
        log.execute("DELETE FROM people_access")
        log.execute("INSERT INTO people_access SELECT * FROM kept")
    assert told(ledger) == []


def test_looks_that_were_taken_out_are_counted(ledger: Ledger, log: psycopg.Connection) -> None:
    log.execute(f"DELETE FROM people_access WHERE lane = {a_lane(log)} AND seq IN (2, 3)")
    assert told(ledger) == [(2, 3)]


def test_two_looks_that_changed_places_do_not_follow(
    ledger: Ledger, log: psycopg.Connection
) -> None:
    lane = a_lane(log)
    log.execute(f"UPDATE people_access SET seq = -seq WHERE lane = {lane} AND seq IN (2, 3)")
    log.execute(f"UPDATE people_access SET seq = 5 + seq WHERE lane = {lane} AND seq < 0")
    assert told(ledger) == [(2, 2), (3, 3), (4, 4)]


def test_a_lane_whose_end_is_gone_no_longer_reaches_its_anchor(
    ledger: Ledger, log: psycopg.Connection
) -> None:
    _, document = access_anchors.anchor(ledger.books)
    log.execute(f"DELETE FROM people_access WHERE lane = {a_lane(log)} AND seq > 2")
    assert told(ledger) == [(3, 4)], "the books remember where it stood"
    kept = access_anchors.read_heads("kept.json", json.dumps(document).encode(), ledger.cell)
    assert told(ledger, kept) == [(3, 4)]


def test_a_lane_that_is_gone_is_missed(ledger: Ledger, log: psycopg.Connection) -> None:
    access_anchors.anchor(ledger.books)
    log.execute(f"DELETE FROM people_access WHERE lane = {a_lane(log)}")
    assert told(ledger) == [(1, LOOKS)]


def test_a_lane_written_anew_with_hashes_that_follow_is_told_from_what_was_anchored(
    ledger: Ledger, log: psycopg.Connection
) -> None:
    lane = a_lane(log)
    heads = access_anchors.heads_now(ledger.cell)
    first = Anchor(
        "an early one",
        tuple(replace(h, seq=2, hash=_hash(log, lane, 2)) for h in heads if h.lane == lane),
    )
    access_anchors.anchor(ledger.books)
    log.execute(f"UPDATE people_access SET purpose = 'audit' WHERE lane = {lane} AND seq = 3")
    _rewrite(log, lane)
    assert told(ledger) == [(1, LOOKS)]
    assert told(ledger, first) == [(3, LOOKS)], "an earlier anchor says what was sound"
    (fault,) = access_anchors.check(ledger.cell)
    assert "written anew" in fault.what


def test_without_an_anchor_a_whole_lane_can_be_written_anew(
    ledger: Ledger, log: psycopg.Connection
) -> None:
    """Why anchors are needed: chains alone do not hold against the owner."""
    lane = a_lane(log)
    log.execute(f"UPDATE people_access SET purpose = 'audit' WHERE lane = {lane} AND seq = 3")
    _rewrite(log, lane)
    assert told(ledger) == []


def _rewrite(log: psycopg.Connection, lane: int) -> None:
    """What the owner of the tables can do to one lane: make all its hashes follow."""
    log.execute(f"""
        DO $$ DECLARE a people_access; h bytea := ''; BEGIN
            FOR a IN SELECT * FROM people_access WHERE lane = {lane} ORDER BY seq LOOP
                h := sha256(h || people_access_content(a));
                UPDATE people_access SET hash = h WHERE lane = {lane} AND seq = a.seq;
            END LOOP;
        END $$""")


def _hash(log: psycopg.Connection, lane: int, seq: int) -> bytes:
    row = log.execute(
        "SELECT hash FROM people_access WHERE lane = %s AND seq = %s", [lane, seq]
    ).fetchone()
    assert row is not None
    return bytes(row[0])


def test_an_anchor_is_a_movement_caused_by_the_heads_and_the_same_log_has_one(
    ledger: Ledger, log: psycopg.Connection
) -> None:
    movement, document = access_anchors.anchor(ledger.books)
    assert access_anchors.anchor(ledger.books) == (movement, document)
    (on_file,) = instructions_of_kind(ledger.cell, access_anchors.KIND, limit=5)
    assert on_file.document == document
    assert instruction(on_file.id) == on_file
    assert broken(ledger.cell) == []


def test_where_nobody_looked_there_is_nothing_to_anchor(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError):
        access_anchors.anchor(ledger.books)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"format": "lmb-access-heads/1", "cell": 0, "heads": []}', b"\xff"],
)
def test_a_file_that_holds_no_heads_is_refused(ledger: Ledger, content: bytes) -> None:
    with pytest.raises(InputError, match=r"heads\.json"):
        access_anchors.read_heads("heads.json", content, ledger.cell)


def test_those_who_look_at_once_are_chained_without_a_gap(
    ledger: Ledger, owner_connection: psycopg.Connection
) -> None:
    keys = vault_keys()
    one = enrol(ledger, keys, "ana", ANA)
    other = enrol(ledger, keys, "ben", BEN)
    draws = [one, one, other, other]
    with ThreadPoolExecutor(len(draws)) as pool:
        for done in [pool.submit(eight_looks, acting, n) for n, acting in enumerate(draws)]:
            done.result()
    assert told(ledger) == []
    assert sorted(h.seq for h in access_anchors.heads_now(ledger.cell)) == [16, 16]


def eight_looks(acting: Acting, number: int) -> None:
    draw = vault_keys(f"at once {number}").randomness
    try:
        for turn in range(8):
            access_log.note(
                draw,
                acting,
                acting.person,
                record="wallet",
                fields=["balance"],
                purpose="statement",
                at=NOW + timedelta(seconds=turn),
            )
    finally:
        connections.close_all()


def test_the_commands_anchor_and_check(
    ledger: Ledger, log: psycopg.Connection, tmp_path: object
) -> None:
    runner = CliRunner()
    anchored = runner.invoke(anchor_log, ["--books", "looked-at"], catch_exceptions=False)
    assert anchored.exit_code == 0
    assert json.loads(anchored.stdout)["format"] == access_anchors.FORMAT
    file = tmp_path / "heads.json"  # type: ignore[operator]
    file.write_text(anchored.stdout)
    options = ["--books", "looked-at", "--heads", str(file)]
    assert runner.invoke(check_log, options, catch_exceptions=False).exit_code == 0
    log.execute(f"DELETE FROM people_access WHERE lane = {a_lane(log)} AND seq = {LOOKS}")
    found = runner.invoke(check_log, [*options, "--json"], catch_exceptions=False)
    assert found.exit_code == 1
    (fault,) = json.loads(found.stdout)["faults"]
    assert (fault["first"], fault["last"]) == (LOOKS, LOOKS)


# ── the pure part ─────────────────────────────────────────────────────────────────────────────

KEY = UUID("00000000-0000-7000-8000-0000000000ff")


def entry(seq: int, before: bytes, **changes: object) -> Entry:
    plain = Entry(
        cell=1,
        lane=lane_of(KEY),
        seq=seq,
        id=UUID(int=seq),
        person=KEY,
        principal=KEY,
        membership=None,
        delegation=None,
        role="citizen",
        organisation=None,
        purpose="test",
        basis="self",
        record="vault",
        fields=("ssn",),
        at=NOW,
        hash=b"",
    )
    made = replace(plain, **changes)  # type: ignore[arg-type]
    return replace(made, hash=linked(before, made.content))


def chain(length: int) -> Iterator[Entry]:
    before = b""
    for seq in range(1, length + 1):
        made = entry(seq, before)
        before = made.hash
        yield made


def test_parts_of_a_look_cannot_be_moved_into_each_other() -> None:
    one = entry(1, b"", purpose="a", basis="bc")
    assert one.content != entry(1, b"", purpose="ab", basis="c").content
    assert one.content != entry(1, b"", purpose="a", basis="b", record="cvault").content
    assert entry(1, b"", fields=("a", "b")).content != entry(1, b"", fields=("a,1:b",)).content
    assert entry(1, b"", organisation=None).content != entry(1, b"", organisation="").content


def test_the_first_look_of_a_lane_follows_from_nothing() -> None:
    (only,) = chain(1)
    assert only.hash == hashlib.sha256(only.content).digest()
    assert list(faults([only], [])) == []
    assert list(faults([replace(only, lane=7)], [])) != []


def test_a_head_of_a_lane_that_never_was_is_told() -> None:
    anchor = Anchor("kept.json", (Head(3, 2, b"x" * 32),))
    (fault,) = faults(chain(2), [anchor])
    assert (fault.lane, fault.first, fault.last) == (3, 1, 2)
