"""Check a determination of outcomes of Labor Market Bonds, offline and alone.

    lmb-verify determination FOLDER      compute a statement again from its frozen records
    lmb-verify determination PROOF.json  was a participant's record counted?

FOLDER holds terms.json, records.csv, secret.txt and statement.json, and superseded/ where there was
a statement before. This computes the hashes, the Merkle root, who counts, every sum, figure, score
and cent again and compares. It shares no code with the system it checks and needs the standard
library alone. Exit code: 0 proven, 1 not proven, 2 not readable.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

TERMS_FORMAT, STATEMENT_FORMAT = "lmb-outcome-terms/1", "lmb-outcome-statement/1"
PROOF_FORMAT = "lmb-row-proof/1"
HEADER = "person,tranche,arm,block,source,recorded_on,status,outcome"
FILE_BYTES_MAX, CHAIN_MAX = 2**31, 100
PRECISE = Context(prec=60, rounding=ROUND_HALF_EVEN)
Row = dict[str, str]


class NotProvenError(Exception):
    """It is well written, but does not show what it claims."""


# ── writing and hashing ───────────────────────────────────────────────────────────────────────


def canonical(value: Any) -> bytes:
    """RFC 8785 for what statements hold: texts, whole numbers, lists, objects, null."""
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return b"{" + b",".join(canonical(k) + b":" + canonical(v) for k, v in ordered) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, float):
        raise ValueError(f"{value} is a number with a point")
    return json.dumps(value, ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def leaf(salt: bytes, line: str) -> bytes:
    return hashlib.sha256(b"\0" + salt + line.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_root(hashes: list[bytes]) -> bytes:
    """RFC 6962: pairs level by level, an odd last one moves up as it is."""
    while len(hashes) > 1:
        pairs = [node(*hashes[at : at + 2]) for at in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(pairs) * 2 :]
    return hashes[0] if hashes else hashlib.sha256(b"").digest()


def climbed(start: bytes, index: int, last: int, path: list[bytes]) -> bytes:
    """The root that a path of hashes leads to."""
    if not 0 <= index <= last:
        raise NotProvenError(f"row {index} is not in a table of {last + 1}")
    for sibling in path:
        while last and index == last and not index & 1:
            index, last = index >> 1, last >> 1
        if not last:
            raise NotProvenError("the proof has hashes too many")
        start = node(sibling, start) if index & 1 else node(start, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise NotProvenError("the proof has hashes too few")
    return start


# ── reading ───────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> bytes:
    if path.stat().st_size > FILE_BYTES_MAX:
        raise ValueError(f"{path} is larger than 2 GiB")
    return path.read_bytes()


def rows_of(content: bytes) -> list[Row]:
    """The frozen table: one header, rows in ascending order, each person, source and day once."""
    lines = content.decode("utf-8").split("\n")
    if lines[0] != HEADER or lines[-1] != "":
        raise ValueError(f"records.csv starts with {HEADER} and ends with a newline")
    names = HEADER.split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines[1:-1]]
    places = [(row["person"], row["source"], row["recorded_on"]) for row in rows]
    if any(a >= b for a, b in pairwise(places)):
        raise NotProvenError("records.csv is not in ascending order, or a record stands twice")
    for row in rows:
        date.fromisoformat(row["recorded_on"])
        if (row["status"] == "counted") != (row["outcome"] != ""):
            raise NotProvenError(f"the record of {row['person']} counts without an outcome")
        if row["outcome"]:
            int(row["outcome"])
    return rows


# ── who counts ────────────────────────────────────────────────────────────────────────────────


def chosen_rows(terms: dict[str, Any], rows: list[Row]) -> Iterator[Row]:
    """One row a person: of the best source, and of these the latest up to the freeze."""
    by_person: dict[str, list[Row]] = defaultdict(list)
    known = {
        "source": terms["sources"],
        "status": ["counted", "not_yet", *terms["exclusions"]],
        "tranche": [tranche["id"] for tranche in terms["tranches"]],
        "arm": ["treated", "control"],
    }
    for row in rows:
        for name, allowed in known.items():
            if row[name] not in allowed:
                raise NotProvenError(f"{row['person']}: {name} {row[name]!r} is not in the terms")
        if row["recorded_on"] <= terms["freeze_on"]:
            by_person[row["person"]].append(row)
    for person, candidates in by_person.items():
        if len({(row["tranche"], row["arm"], row["block"]) for row in candidates}) > 1:
            raise NotProvenError(f"{person} has records in two tranches, arms or blocks")
        best = min(terms["sources"].index(row["source"]) for row in candidates)
        source = terms["sources"][best]
        yield max(
            (row for row in candidates if row["source"] == source),
            key=lambda row: row["recorded_on"],
        )


def tallies_of(terms: dict[str, Any], rows: list[Row]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        tranche["id"]: {"outcomes": defaultdict(list), "excluded": Counter(), "not_yet": 0}
        for tranche in terms["tranches"]
    }
    for row in chosen_rows(terms, rows):
        tally = found[row["tranche"]]
        if row["status"] == "counted":
            tally["outcomes"][row["block"], row["arm"]].append(int(row["outcome"]))
        elif row["status"] == "not_yet":
            tally["not_yet"] += 1
            if terms["missing"] == "zero":
                tally["outcomes"][row["block"], row["arm"]].append(0)
        else:
            tally["excluded"][row["status"]] += 1
    return found


# ── figures ───────────────────────────────────────────────────────────────────────────────────


def to_decimal(value: Fraction) -> Decimal:
    return PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def digits(value: Decimal) -> str:
    """Twelve significant digits, half even; never -0."""
    rounded = Context(prec=12, rounding=ROUND_HALF_EVEN).plus(value)
    return str(rounded + 0 if rounded else abs(rounded))


def places(value: Decimal, count: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-count), context=PRECISE)


def plain(value: Decimal) -> str:
    """No exponent, no trailing zeros."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def measured(
    terms: dict[str, Any], tally: dict[str, Any]
) -> tuple[Fraction | None, str | None, dict[str, Any]]:
    """The value that pays, why there is none, and the figures told."""
    people = sum(map(len, tally["outcomes"].values()))
    counted = people - (tally["not_yet"] if terms["missing"] == "zero" else 0)
    known = counted + tally["not_yet"]
    coverage = Fraction(100 * counted, known) if known else Fraction(0)
    told = plain(places(to_decimal(coverage), 2))
    minimum = terms["minimum_coverage_percent"]
    thin = None
    if coverage < Fraction(minimum):
        thin = f"coverage of {told} % is below {minimum} %"
    measure = rate if terms["estimator"] == "rate/1" else difference
    value, other, figures = measure(terms, tally)
    reason = thin or other
    return None if reason else value, reason, {"coverage_percent": told, **figures}


def rate(
    terms: dict[str, Any], tally: dict[str, Any]
) -> tuple[Fraction | None, str | None, dict[str, Any]]:
    outcomes = [y for (_, arm), ys in tally["outcomes"].items() if arm == "treated" for y in ys]
    if not {*outcomes} <= {0, 1}:
        raise NotProvenError("a rate counts outcomes of 0 and 1; these records hold others")
    figures: dict[str, Any] = {"numerator": sum(outcomes), "denominator": len(outcomes)}
    if len(outcomes) < max(terms["minimum_people"], 1):
        thin = f"{len(outcomes)} people are fewer than {terms['minimum_people']}"
        return None, thin, {**figures, "rate_percent": None}
    value = Fraction(100 * sum(outcomes), len(outcomes))
    return value, None, {**figures, "rate_percent": str(places(to_decimal(value), 1))}


def difference(
    terms: dict[str, Any], tally: dict[str, Any]
) -> tuple[Fraction | None, str | None, dict[str, Any]]:
    nothing = dict.fromkeys(("estimate", "standard_error", "lower", "upper"))
    outcomes, sizes = tally["outcomes"], Counter[str]()
    blocks = sorted({block for block, _ in outcomes})
    for block in blocks:
        arms = [len(outcomes.get((block, arm), ())) for arm in ("control", "treated")]
        if min(arms) < 2:
            return None, f"block {block} has fewer than 2 people in an arm", nothing
        sizes.update(control=arms[0], treated=arms[1])
    for arm in ("control", "treated"):
        if sizes[arm] < max(terms["minimum_people"], 2):
            thin = f"the {arm} arm of {sizes[arm]} is smaller than {terms['minimum_people']}"
            return None, thin, nothing
    point = variance = Fraction(0)
    for block in blocks:
        treated, control = outcomes[block, "treated"], outcomes[block, "control"]
        weight = Fraction(len(treated) + len(control), sizes.total())
        point += weight * (mean(treated) - mean(control))
        variance += weight**2 * (spread(treated) / len(treated) + spread(control) / len(control))
    with localcontext(PRECISE):
        error = to_decimal(variance).sqrt()
        reach = Decimal(terms["interval_standard_errors"]) * error
        low, high = to_decimal(point) - reach, to_decimal(point) + reach
    value = point if terms["evaluate"] == "estimate" else Fraction(low)
    told = [digits(one) for one in (to_decimal(point), error, low, high)]
    return value, None, dict(zip(nothing, told, strict=True))


def mean(numbers: list[int]) -> Fraction:
    return Fraction(sum(numbers), len(numbers))


def spread(numbers: list[int]) -> Fraction:
    """The sample variance, with n - 1."""
    middle = mean(numbers)
    return sum(((y - middle) ** 2 for y in numbers), Fraction(0)) / (len(numbers) - 1)


# ── score and money ───────────────────────────────────────────────────────────────────────────


def decided(
    terms: dict[str, Any],
    tranche: dict[str, Any],
    value: Fraction | None,
    prior: dict[str, Any] | None,
) -> dict[str, Any]:
    score, by = None, "administrator"
    if value is not None:
        low, high = Fraction(terms["threshold"]), Fraction(terms["target"])
        reached = max((value - low) / (high - low), Fraction(terms["floor"]))
        score, by = min(reached, Fraction(terms["cap"])), "estimate"
    else:
        for step in terms["fallback"]:
            if step == "prior-statement" and prior and prior["score_exact"] is not None:
                score, by = Fraction(prior["score_exact"]), step
            elif step == "floor":
                score, by = Fraction(terms["floor"]), step
            elif step != "administrator":
                continue
            break
    if score is None:
        nothing = dict.fromkeys(("score", "score_exact", "cents", "payees"))
        return {"decided_by": by, **nothing}
    cents = round(score * tranche["full_cents"])
    return {
        "decided_by": by,
        "score": plain(places(to_decimal(score), 6)),
        "score_exact": str(score),
        "cents": cents,
        "payees": shared(cents, tranche["payees"]),
    }


def shared(cents: int, weights: dict[str, int]) -> dict[str, int]:
    """Whole cents by weight; what is left over to the largest remainders, the first where equal."""
    whole = sum(weights.values())
    parts = {name: cents * weight // whole for name, weight in weights.items()}
    order = sorted(weights, key=lambda name: -(cents * weights[name] % whole))
    for name in order[: cents - sum(parts.values())]:
        parts[name] += 1
    return parts


# ── the statement ─────────────────────────────────────────────────────────────────────────────


def check_folder(folder: Path, depth: int = 0) -> tuple[dict[str, Any], dict[str, Any], list[Row]]:
    """Terms, statement and rows of a folder, when the statement follows from the others."""
    if depth > CHAIN_MAX:
        raise ValueError("more than 100 corrections")
    terms = json.loads(read(folder / "terms.json"))
    content = read(folder / "statement.json")
    stated = json.loads(content)
    if terms["format"] != TERMS_FORMAT or stated["format"] != STATEMENT_FORMAT:
        raise ValueError("the formats are not those this program knows")
    if canonical(stated) + b"\n" != content:
        raise ValueError("statement.json is not canonical JSON and a newline")
    table = read(folder / "records.csv")
    rows = rows_of(table)
    secret = bytes.fromhex(read(folder / "secret.txt").decode().strip())
    older = folder / "superseded"
    before = check_folder(older, depth + 1) if older.is_dir() else None
    previous = read(older / "statement.json") if before else None
    lines = table.decode().split("\n")[1:-1]
    leaves = [leaf(hmac.digest(secret, line.encode(), "sha256"), line) for line in lines]
    cause = {
        "terms_sha256": sha256(canonical(terms)),
        "records": {
            "rows": len(rows),
            "sha256": sha256(table),
            "merkle_root": tree_root(leaves).hex(),
        },
        "code": stated["code"],
        "published_on": stated["published_on"],
        "supersedes": sha256(previous) if previous is not None else None,
        "answers": stated["answers"],
        "seed": None,
    }
    published = date.fromisoformat(stated["published_on"])
    kind, is_final = kind_of(terms, stated, before, published)
    expected = {
        "format": STATEMENT_FORMAT,
        "title": terms["title"],
        **cause,
        "run_id": sha256(canonical(cause)),
        "engines": ["python", "sql"],
        "kind": kind,
        "freeze_on": terms["freeze_on"],
        "challenge_until": (published + timedelta(terms["challenge_days"])).isoformat(),
        "longstop_on": terms["longstop_on"],
        "people_with_changed_records": changed(before, rows),
        "tranches": tranches_of(terms, rows, before, kind, is_final),
    }
    for name in {**expected, **stated}:
        if name not in stated or name not in expected or stated[name] != expected[name]:
            differs(name, stated.get(name), expected.get(name))
    return terms, stated, rows


def tranches_of(
    terms: dict[str, Any], rows: list[Row], before: Any, kind: str, is_final: bool
) -> list[dict[str, Any]]:
    tallies = tallies_of(terms, rows)
    found = []
    for place, tranche in enumerate(terms["tranches"]):
        tally = tallies[tranche["id"]]
        prior = before[1]["tranches"][place] if before else None
        value, thin, figures = measured(terms, tally)
        outcome = decided(terms, tranche, value, prior)
        settled = prior["settled_cents" if is_final else "settled_before_cents"] if prior else 0
        due = outcome["cents"] - settled if outcome["cents"] is not None else 0
        if kind == "true-up" and abs(due) < terms["materiality_cents"]:
            due = 0
        arms = [
            {
                "block": block,
                "arm": arm,
                "people": len(ys),
                "total": str(sum(ys)),
                "squares": str(sum(y * y for y in ys)),
            }
            for (block, arm), ys in sorted(tally["outcomes"].items())
        ]
        found.append(
            {
                "id": tranche["id"],
                "arms": arms,
                "excluded": {reason: tally["excluded"][reason] for reason in terms["exclusions"]},
                "not_yet": tally["not_yet"],
                "thin": thin,
                "figures": figures,
                **outcome,
                "settled_before_cents": settled,
                "due_cents": due,
                "settled_cents": settled + due,
            }
        )
    return found


def kind_of(
    terms: dict[str, Any], stated: dict[str, Any], before: Any, published: date
) -> tuple[str, bool]:
    """What a statement is by the one before it, and whether that one was final."""
    if published < date.fromisoformat(terms["freeze_on"]):
        raise NotProvenError("it was published before its data were frozen")
    if before is None:
        return "determination", False
    older, earlier, _ = before
    if {**older, "freeze_on": ""} != {**terms, "freeze_on": ""}:
        raise NotProvenError("the terms changed in more than freeze_on")
    if not earlier["published_on"] <= stated["published_on"] <= terms["longstop_on"]:
        raise NotProvenError("it was published before what it supersedes, or after the longstop")
    is_final = stated["published_on"] > earlier["challenge_until"] and not stated["answers"]
    return "true-up" if is_final or earlier["kind"] == "true-up" else "correction", is_final


def changed(before: Any, rows: list[Row]) -> int | None:
    if before is None:
        return None
    older, newer = ({tuple(row.items()) for row in table} for table in (before[2], rows))
    return len({dict(items)["person"] for items in older ^ newer})


def differs(name: str, stated: Any, expected: Any) -> None:
    """Name the first place where two values differ."""
    if isinstance(stated, dict) and isinstance(expected, dict):
        for key in sorted({*stated, *expected}):
            if stated.get(key, differs) != expected.get(key, differs):
                differs(f"{name}.{key}", stated.get(key), expected.get(key))
    if isinstance(stated, list) and isinstance(expected, list) and len(stated) == len(expected):
        for place, pair in enumerate(zip(stated, expected, strict=True)):
            if pair[0] != pair[1]:
                differs(f"{name}[{place}]", *pair)
    raise NotProvenError(f"{name} is {str(stated)[:80]}, computed again {str(expected)[:80]}")


def check_proof(content: bytes) -> list[str]:
    """Each row of a row proof leads to the root."""
    proof = json.loads(content)
    if proof["format"] != PROOF_FORMAT:
        raise ValueError(f"its format is {proof['format']!r}")
    for row in proof["rows"]:
        path = [bytes.fromhex(one) for one in row["path"]]
        start = leaf(bytes.fromhex(row["salt"]), row["row"])
        root = climbed(start, row["index"], row["size"] - 1, path)
        if root.hex() != proof["merkle_root"]:
            raise NotProvenError(f"row {row['index']} does not lead to the root")
    return [
        "PROVEN: these records are in the frozen table.",
        *(f"  {row['row']}" for row in proof["rows"]),
        f"  Merkle root {proof['merkle_root']}: compare it with the published statement",
        f"  of SHA-256 {proof['statement_sha256']}",
    ]


def told(stated: dict[str, Any]) -> list[str]:
    lines = [
        f"PROVEN: the {stated['kind']} follows from its terms and frozen records.",
        f"  {stated['title']}, {stated['records']['rows']} records, run {stated['run_id']}",
        f"  open to challenge until {stated['challenge_until']}",
    ]
    for tranche in stated["tranches"]:
        figures = ", ".join(f"{name} {value}" for name, value in tranche["figures"].items())
        lines.append(f"  {tranche['id']}: {figures}")
        lines.append(f"    score {tranche['score']}, due {tranche['due_cents']} cents")
    return lines


def main(words: list[str]) -> int:
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    path = Path(words[0])
    try:
        if path.is_dir():
            inner = path / "determination"
            folder = inner if inner.is_dir() and not (path / "statement.json").exists() else path
            lines = told(check_folder(folder)[1])
        else:
            lines = check_proof(read(path))
    except NotProvenError as error:
        print(f"NOT PROVEN: {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError, ArithmeticError) as error:
        print(f"NOT READABLE: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print("\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
