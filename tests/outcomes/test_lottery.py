"""The lottery: drawn again by anyone, bent by nobody."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lmb.cli.outcomes_planning import commit
from lmb.cli.outcomes_planning import draw as draw_command
from lmb.outcomes.lottery import Ceremony, Entrant, ceremony_of, commitment, draw, roster_sha256
from lmb.values.errors import RefusedError

ROSTER = [Entrant(f"p{number:03}", f"site {number % 3}") for number in range(60)]
SECRETS = {"Treasury": "1f" * 32, "Provider": "a0" * 32}


def finished(roster: list[Entrant], secrets: dict[str, str]) -> Ceremony:
    fixed = roster_sha256(roster)
    return Ceremony(
        roster_sha256=fixed,
        offers={"site 0": 5, "site 1": 10, "site 2": 15},
        commitments={party: commitment(party, secret, fixed) for party, secret in secrets.items()},
        secrets=secrets,
    )


CEREMONY = finished(ROSTER, SECRETS)


@given(st.permutations(ROSTER))
def test_the_order_of_the_roster_changes_nothing(roster: list[Entrant]) -> None:
    assert draw(roster, CEREMONY) == draw(ROSTER, CEREMONY)


def test_every_block_has_its_offers() -> None:
    drawn = draw(ROSTER, CEREMONY)
    offered = Counter(entrant.block for entrant in ROSTER if drawn[entrant.person])
    assert offered == CEREMONY.offers


def test_a_stranger_draws_the_same_with_nothing_but_hashes() -> None:
    said = (
        '{"format":"lmb-lottery/1","offers":{"site 0":5,"site 1":10,"site 2":15},'
        f'"roster_sha256":"{CEREMONY.roster_sha256}",'
        f'"secrets":{{"Provider":"{"a0" * 32}","Treasury":"{"1f" * 32}"}}}}'
    )
    seed = hashlib.sha256(said.encode()).digest()
    members = [entrant.person for entrant in ROSTER if entrant.block == "site 1"]
    ranked = sorted(members, key=lambda person: hashlib.sha256(seed + person.encode()).digest())
    drawn = draw(ROSTER, CEREMONY)
    assert {person for person in members if drawn[person]} == set(ranked[:10])


def test_a_name_a_secret_or_an_offer_changed_after_the_fact_is_found() -> None:
    with pytest.raises(RefusedError, match="not the one whose hash"):
        draw([*ROSTER[:-1], Entrant("p999", "site 2")], CEREMONY)
    other = {**SECRETS, "Treasury": "2f" * 32}
    with pytest.raises(RefusedError, match="secret of Treasury is not the one"):
        draw(ROSTER, replace(CEREMONY, secrets=other))
    more = draw(ROSTER, replace(CEREMONY, offers={**CEREMONY.offers, "site 0": 6}))
    changed = [
        person for person, offered in draw(ROSTER, CEREMONY).items() if more[person] != offered
    ]
    assert len(changed) > 1


def test_either_party_alone_decides_nothing() -> None:
    for party in SECRETS:
        other = finished(ROSTER, {**SECRETS, party: "77" * 32})
        assert draw(ROSTER, other) != draw(ROSTER, CEREMONY)
    with pytest.raises(RefusedError, match="at least 2 parties"):
        draw(ROSTER, finished(ROSTER, {"Treasury": "1f" * 32}))
    with pytest.raises(RefusedError, match="each of them reveals"):
        draw(ROSTER, replace(CEREMONY, secrets={"Treasury": "1f" * 32}))


def test_everybody_is_drawn_about_equally_often() -> None:
    roster = [Entrant(f"p{number}", "one") for number in range(8)]
    times: Counter[str] = Counter()
    for number in range(2_000):
        secrets = {"A": f"{number:064x}", "B": "0" * 64}
        drawn = draw(roster, replace(finished(roster, secrets), offers={"one": 2}))
        times.update(person for person, offered in drawn.items() if offered)
    # 2,000 draws of 2 in 8: mean 500, deviation 19.4; five deviations.
    assert all(abs(count - 500) < 97 for count in times.values())


@pytest.mark.parametrize(
    ("offers", "reason"),
    [
        ({"site 0": 20, "site 1": 1, "site 2": 1}, "both arms need one"),
        ({"site 0": 1, "site 1": 1}, "no offers for block 'site 2'"),
    ],
)
def test_blocks_without_two_arms_are_refused(offers: dict[str, int], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        draw(ROSTER, replace(CEREMONY, offers=offers))


def test_the_command_line_commits_and_draws(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    lines = [f"{entrant.person},{entrant.block}" for entrant in ROSTER]
    roster.write_text("\n".join(["person,block", *lines]) + "\n")
    run = partial(CliRunner().invoke, catch_exceptions=False)
    fixed = run(draw_command, ["--roster", str(roster)]).stdout.strip()
    commitments = {
        party: run(commit, ["--party", party, "--roster", str(roster)], input=secret + "\n").stdout
        for party, secret in SECRETS.items()
    }
    ceremony = tmp_path / "ceremony.json"
    document = {
        "format": "lmb-lottery/1",
        "roster_sha256": fixed,
        "offers": dict(CEREMONY.offers),
        "commitments": {party: text.strip() for party, text in commitments.items()},
        "secrets": SECRETS,
    }
    ceremony.write_text(json.dumps(document))
    result = run(draw_command, ["--roster", str(roster), "--ceremony", str(ceremony)])
    expected = [f"{person},{int(offered)}" for person, offered in draw(ROSTER, CEREMONY).items()]
    assert result.stdout.splitlines() == ["person,offered", *expected]
    with pytest.raises(RefusedError, match="a ceremony is a JSON object"):
        ceremony_of({**document, "offers": {"site 0": "5"}})
