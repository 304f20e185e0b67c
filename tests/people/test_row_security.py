"""Every table, every role, and a row of one's own, of another and of another state: by raw SQL.

The tables come from the database's own catalog: a new one without an entry here fails. A world is
built three times, around three persons: Ana, whom every actor here has to do with; Cleo, who lives
in the same state but has to do with others; Dora, in another state. Which rows of `people` belong
to whom is what each world added; rows of other rooms are put there by `elsewhere`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from lmb.config.paths import CLONE
from lmb.people import codes, consents, delegations, details, grants, queries, sessions, vault
from lmb.people.accounts import Residency, determine_eligibility
from lmb.people.acting import Acting, ActingClient
from lmb.people.approvals import APPROVERS
from lmb.people.assurance import Action
from lmb.people.codes import CodeKind
from lmb.people.homes import Home
from lmb.people.identifiers import DataClass
from lmb.people.keys import VaultKeys
from lmb.people.models import ApiClient, ApiKey, Identity, Invitation, Organisation, Person
from lmb.people.roles import Role
from lmb.people.scopes import SCOPES_OF
from tests.people.authenticator import approved
from tests.people.elsewhere import Around, Rooms, place_of_rows
from tests.people.signing_in import sign_in_everyhow
from tests.people.support import (
    ANA,
    BEN,
    CELL,
    CLEO,
    DORA,
    MARYLAND,
    NOW,
    VIRGINIA,
    as_self,
    enrolled,
    member,
    sure,
    vault_keys,
)
from tests.people.test_rights import REASON, SIGNER, handed_over, terms
from tests.people.who_sees import (
    ELSEWHERE,
    FOR_EVERYONE,
    HOUSE_ALONE,
    MATRIX,
    OPEN,
    PROGRAM_MATRIX,
    PROGRAMS,
    TRIED_ELSEWHERE,
)


@dataclass(frozen=True, slots=True)
class World:
    """Rows by table and by whose they are (a, o, e), and who acts in which role."""

    rows: dict[str, dict[str, set[str]]]
    actors: dict[str, Acting]
    programs: dict[str, ActingClient]


@pytest.fixture
def world(fresh_database: object, owner_connection: psycopg.Connection) -> World:
    keys = vault_keys()
    tables = tables_of_the_room(owner_connection)
    rooms = Rooms(owner_connection)
    rows: dict[str, dict[str, set[str]]] = {table: {} for table in tables}
    actors: dict[str, Acting] = {}
    programs: dict[str, ActingClient] = {}
    known: dict[str, set[str]] = {table: set() for table in tables}
    workers = {"a": ("ben", BEN), "o": ("eve", EVE), "e": ("finn", FINN)}
    subjects = {
        "a": ("ana", ANA, MARYLAND),
        "o": ("cleo", CLEO, MARYLAND),
        "e": ("dora", DORA, VIRGINIA),
    }
    for letter, (name, identifiers, home) in subjects.items():
        worker_name, worker_identifiers = workers[letter]
        # Whoever works there is nobody's row to look at: their own come first.
        worker = enrolled(keys, worker_name, worker_identifiers, home=FAR_AWAY).person
        helper = enrolled(keys, f"helper of {name}", helper_of(letter), home=FAR_AWAY).person
        known = everything(owner_connection, tables)
        acting = around(keys, name, identifiers, home, worker, helper)
        running = {role.value: program(keys, acting[role]) for role in PROGRAMS}
        now = everything(owner_connection, tables)
        for table in tables:
            rows[table][letter] = now[table] - known[table]
        codes = {role: code_of(acting[role]) for role in ("provider", "employer", "investor")}
        about = Around(letter, acting["citizen"].person, *codes.values())
        for entry, places in rooms.around(about).items():
            rows.setdefault(entry, {})[letter] = places
        if letter == "a":
            actors, programs = acting, running
    return World(rows, actors, programs)


def code_of(acting: Acting) -> str:
    assert acting.organisation is not None
    return str(Organisation.objects.get(cell=CELL, id=acting.organisation).code)


FAR_AWAY = Home("WY", "Cheyenne")
EVE = {
    "given_name": "Eve",
    "family_name": "Ibarra",
    "birth_date": "1981-01-09",
    "ssn": "219-09-9101",
}
FINN = {
    "given_name": "Finn",
    "family_name": "Olsen",
    "birth_date": "1975-03-22",
    "ssn": "219-09-9102",
}


def helper_of(letter: str) -> dict[str, str]:
    return {
        "given_name": "Helper",
        "family_name": f"Of {letter}",
        "birth_date": "1970-01-01",
        "ssn": f"219-09-92{ord(letter):02}"[:11],
    }


def around(
    keys: VaultKeys,
    name: str,
    identifiers: dict[str, str],
    home: Home,
    worker: UUID,
    helper: UUID,
) -> dict[str, Acting]:
    """A row in every table of the room that has to do with one person; who acts there."""
    person = enrolled(keys, name, identifiers, home=home).person
    enrolled(keys, f"twin of {name}", identifiers, home=home)
    actors = {"citizen": as_self(person)}
    for role in sorted(set(Role) - {Role.CITIZEN, Role.REPRESENTATIVE}):
        kind = {"state-board": "state-board", "provider": "provider", "employer": "employer"}.get(
            role, "investor" if role is Role.INVESTOR else "agency"
        )
        acting = member(keys, worker, kind, role, state=home.state)
        actors[role] = acting
        consent = consents.give(SIGNER, keys.randomness, as_self(person), terms(acting), NOW)
        consents.withdraw(SIGNER, keys.randomness, as_self(person), consent, NOW)
        consents.give(SIGNER, keys.randomness, as_self(person), terms(acting), NOW)
        invite(keys, acting)
    shown = codes.show(keys.randomness, as_self(person), CodeKind.ENROLMENT, NOW)
    codes.take(actors["provider"], CodeKind.ENROLMENT, shown.code, NOW)
    given = delegations.delegate(
        keys.randomness,
        as_self(person),
        handed_over(worker, data_classes=frozenset(DataClass)),
        NOW,
    )
    actors["representative"] = queries.acting_as_delegate(CELL, worker, given, sure(), NOW)
    details.change_contact(keys, actors["representative"], {"city": "Salisbury"}, NOW)
    details.change_bank(keys, as_self(person), "021000021", "12345678", NOW)
    determine_eligibility(keys, as_self(person), person, Residency.CITIZEN, NOW)
    sign_in_everyhow(keys, as_self(person), actors["state-board"], identifiers)
    auditor = actors["auditor"]
    second = member(keys, helper, "agency", Role.AUDITOR, organisation=auditor.organisation)
    assert auditor.membership is not None
    content = grants.opening(auditor.membership, person, [DataClass.SSN], REASON)
    proposal = approved(keys, auditor, second, Action.BREAK_GLASS, content)
    grants.open_record(keys.randomness, auditor, proposal, person, [DataClass.SSN], REASON, NOW)
    vault.read(keys, auditor, [person], ["ssn"], purpose="audit", at=NOW)
    return actors


def invite(keys: VaultKeys, acting: Acting) -> None:
    assert acting.organisation is not None
    with sessions.house():
        Invitation.objects.create(
            cell=CELL,
            id=UUID(bytes=keys.randomness(16)),
            organisation=acting.organisation,
            role=acting.role,
            administers=False,
            token_sha256=keys.randomness(32).hex(),
            expires_at=NOW + timedelta(days=1),
            invited_by=acting.person,
            recorded_at=NOW,
        )


def program(keys: VaultKeys, acting: Acting) -> ActingClient:
    """A program of somebody's organisation in their role, with a key."""
    assert acting.organisation is not None
    scopes = SCOPES_OF[acting.role]
    client = UUID(bytes=keys.randomness(16))
    with sessions.house():
        ApiClient.objects.create(
            cell=CELL,
            id=client,
            organisation=acting.organisation,
            role=acting.role,
            program="payroll",
            scopes=sorted(scopes),
            registered_by=acting.person,
            approved_by=Person.objects.exclude(id=acting.person).earliest("id").id,
            recorded_at=NOW,
        )
        ApiKey.objects.create(
            cell=CELL,
            id=UUID(bytes=keys.randomness(16)),
            client=client,
            prefix=keys.randomness(6).hex(),
            sha256=keys.randomness(32).hex(),
            expires_at=NOW + timedelta(days=1),
            issued_by=acting.person,
            recorded_at=NOW,
        )
    return ActingClient(CELL, client, acting.role, acting.organisation, "", None, scopes)


def tables_of_the_room(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND relnamespace = 'public'::regnamespace AND relname LIKE 'people\\_%' ORDER BY 1"
    )
    return [name for (name,) in found]


def everything(connection: psycopg.Connection, tables: list[str]) -> dict[str, set[str]]:
    """Where every row of some tables stands, as far as one may see it."""
    return {
        table: {
            place
            for (place,) in connection.execute(
                sql.SQL("SELECT {}::text FROM {}").format(
                    sql.Identifier(place_of_rows(table)), sql.Identifier(table)
                )
            )
        }
        for table in tables
    }


@contextmanager
def session(
    connection: psycopg.Connection, acting: Acting | ActingClient, **said: str
) -> Iterator[None]:
    """Say who acts, as a door does, in a transaction of raw SQL."""
    who = {"person": "", "membership": "", "delegation": "", "client": ""}
    if isinstance(acting, ActingClient):
        who["client"] = str(acting.client)
    else:
        who["person"] = str(acting.person)
        who["membership"] = str(acting.membership or "")
        who["delegation"] = str(acting.delegation or "")
    values = {
        "lmb.cell": str(acting.cell),
        **{f"lmb.{name}": value for name, value in who.items()},
        "lmb.at": NOW.isoformat(),
        "lmb.house": "",
        **{f"lmb.{name}": value for name, value in said.items()},
    }
    with connection.transaction(force_rollback=True):
        for name, value in values.items():
            connection.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield


def seen(world: World, app: psycopg.Connection, entry: str) -> str:
    """Whose rows are seen of a table, by letters."""
    table = table_of(entry)
    places = everything(app, [table])[table]
    return "".join(letter for letter in "aoe" if places & world.rows[entry][letter])


def table_of(entry: str) -> str:
    return entry.partition(" ")[0]


def test_every_table_is_in_the_matrix_the_houses_alone_or_open_to_all(
    owner_connection: psycopg.Connection,
) -> None:
    found = owner_connection.execute(
        "SELECT relname, relrowsecurity,"
        " EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname <> 'house')"
        " FROM pg_class c WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    shown = {name for name, secured, sessions_see in found if secured and sessions_see}
    hidden = {name for name, secured, sessions_see in found if secured and not sessions_see}
    unsecured = {name for name, secured, _ in found if not secured}
    assert shown == set(map(table_of, MATRIX)).union(*TRIED_ELSEWHERE.values())
    for test, tables in TRIED_ELSEWHERE.items():
        words = (CLONE / test).read_text(encoding="utf-8")
        assert {table for table in tables if f'"{table}"' not in words} == set()
    assert hidden == HOUSE_ALONE
    assert unsecured == set(OPEN)


def test_what_is_open_names_nobody(owner_connection: psycopg.Connection) -> None:
    found = owner_connection.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relname = ANY (%s) AND a.attname IN ('account', 'bidder', 'employer', 'owner',"
        " 'organisation', 'person', 'principal', 'seller', 'buyer')",
        [list(OPEN)],
    ).fetchall()
    assert found == []


def test_each_role_sees_what_the_matrix_says(
    world: World, app_connection: psycopg.Connection
) -> None:
    found: dict[str, dict[str, str]] = {table: {} for table in MATRIX}
    for role, acting in world.actors.items():
        with session(app_connection, acting):
            for table in MATRIX:
                found[table][role] = seen(world, app_connection, table)
    expected = {
        table: {role: MATRIX[table].get(role, "") for role in world.actors} for table in MATRIX
    }
    assert found == expected
    assert set(world.actors) == set(Role)
    assert set(world.rows) == set(MATRIX)
    for table, letters in world.rows.items():
        assert all(letters.values()), f"{table} has no row of somebody"


def test_a_program_sees_what_has_to_do_with_its_organisation(
    world: World, app_connection: psycopg.Connection
) -> None:
    found: dict[str, dict[str, str]] = {}
    for role, acting in world.programs.items():
        with session(app_connection, acting):
            for table in MATRIX:
                found.setdefault(table, {})[role] = seen(world, app_connection, table)
    expected = {
        table: {role: PROGRAM_MATRIX.get(table, {}).get(role, "") for role in PROGRAMS}
        for table in MATRIX
    }
    assert found == expected


def test_a_program_that_has_ended_or_comes_with_a_person_sees_nothing(
    world: World, app_connection: psycopg.Connection, owner_connection: psycopg.Connection
) -> None:
    auditor, ana = world.programs["auditor"], world.actors["citizen"]
    with session(app_connection, auditor, person=str(ana.person)):
        assert seen(world, app_connection, "people_access") == "a"
    owner_connection.execute(
        "UPDATE people_api_client SET ended_at = recorded_at, ended_by = registered_by,"
        " ended_because = 'over'"
    )
    for acting in world.programs.values():
        with session(app_connection, acting):
            for table in set(MATRIX) - FOR_EVERYONE:
                assert seen(world, app_connection, table) == "", (acting.role, table)


def test_where_nothing_is_said_nothing_is_seen(
    world: World, app_connection: psycopg.Connection
) -> None:
    found = everything(app_connection, [*map(table_of, MATRIX), *HOUSE_ALONE])
    assert {table for table, places in found.items() if places} == set()


def test_a_capacity_that_is_not_ones_own_opens_nothing_of_others(
    world: World, app_connection: psycopg.Connection
) -> None:
    auditor, ana = world.actors["auditor"], world.actors["citizen"]
    delegation = str(world.actors["representative"].delegation)
    claims: list[tuple[Acting, dict[str, str]]] = [
        (ana, {"membership": str(auditor.membership)}),
        (ana, {"delegation": delegation}),
        (ana, {"membership": str(auditor.membership), "delegation": delegation}),
        (auditor, {"cell": "2"}),
        (auditor, {"person": ""}),
    ]
    for acting, said in claims:
        with session(app_connection, acting, **said):
            for table in set(MATRIX) - FOR_EVERYONE:
                assert seen(world, app_connection, table) in ("", "a"), (said, table)


def test_a_membership_or_delegation_that_has_ended_opens_nothing(
    world: World, app_connection: psycopg.Connection, owner_connection: psycopg.Connection
) -> None:
    for table in ("people_membership", "people_delegation"):
        owner_connection.execute(
            sql.SQL(
                "UPDATE {} SET ended_at = starts_at + interval '40 days', ended_by = granted_by,"
                " ended_because = 'over'"
            ).format(sql.Identifier(table))
        )
    later = {"at": (NOW + timedelta(days=41)).isoformat()}
    for role in set(world.actors) - {"citizen"}:
        with session(app_connection, world.actors[role], **later):
            for table in (
                "people_person",
                "people_consent",
                "people_access",
                "people_circumstances",
                *(set(ELSEWHERE) - FOR_EVERYONE),
            ):
                assert seen(world, app_connection, table) == "", (role, table)


def test_a_session_writes_nothing(world: World, app_connection: psycopg.Connection) -> None:
    for role, acting in world.actors.items():
        with session(app_connection, acting), pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(
                "INSERT INTO people_person (cell, id, recorded_at)"
                " VALUES (1, gen_random_uuid(), now())"
            )
        with session(app_connection, acting):
            for table in ("people_membership", "people_delegation", "people_record_grant"):
                changed = app_connection.execute(
                    sql.SQL("UPDATE {} SET ended_at = now()").format(sql.Identifier(table))
                )
                assert changed.rowcount == 0, (role, table)


def test_the_application_cannot_lift_row_security(app_connection: psycopg.Connection) -> None:
    (bypasses,) = app_connection.execute(
        "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone() or (None,)
    assert bypasses is False
    for statement in (
        "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY house ON people_person",
        "CREATE POLICY all_of_it ON people_person USING (true)",
        "SET ROLE lmb_owner",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(statement)


def test_the_database_and_the_services_agree_on_who_approves(
    owner_connection: psycopg.Connection,
) -> None:
    for action in Action:
        for role in Role:
            (may,) = owner_connection.execute(
                "SELECT people_approves(%s, %s)", [role.value, action.value]
            ).fetchone() or (None,)
            assert may == (role in APPROVERS.get(action, frozenset())), (action, role)


@pytest.mark.django_db
def test_doors_and_services_say_who_acts_for_one_transaction(
    keys: VaultKeys, ana: UUID, cleo: UUID
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lmb.house', '', true)")
    assert Person.objects.count() == 0
    with sessions.acting(as_self(ana), NOW):
        assert [row.id for row in Person.objects.all()] == [ana]
        assert queries.home_on(CELL, ana, NOW.date()) == MARYLAND
        assert queries.home_on(CELL, cleo, NOW.date()) is None
        with sessions.house():
            assert Person.objects.count() == 2
        assert [row.subject for row in Identity.objects.all()] == ["ana"]
        with pytest.raises(RuntimeError), sessions.house():
            raise RuntimeError
        assert Person.objects.count() == 1, "a failed service leaves the session as it was"
    assert Person.objects.count() == 0
