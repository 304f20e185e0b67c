"""Check a receipt of Labor Market Bonds, or a whole exported log, offline and alone.

    lmb-verify RECEIPT --witness VKEY            one payment: is it in the books everyone saw?
    lmb-verify FOLDER --witness VKEY             every leaf, tile and balance of an exported log
    lmb-verify FOLDER OLD NEW --witness VKEY     does the log of OLD go on in that of NEW?
    lmb-verify determination FOLDER              an outcome, by lmb_verify_determination.py

--policy FILE instead of keys names logs, witnesses and the quorum (C2SP tlog-policy). This file
shares no code with the system it checks and needs the standard library and `cryptography` alone.
Exit code: 0 proven, 1 not proven, 2 not readable.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import runpy
import struct
import sys
import uuid
from collections import defaultdict, namedtuple
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

__version__ = "0.1.0"

ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE = 1, 4, 6
PUBLIC_BYTES = {ED25519: 32, ED25519_COSIGNATURE: 32, ML_DSA_44_COSIGNATURE: 1312}
FILE_BYTES_MAX, SIZE_MAX = 2**30, 2**63 - 1
LEAF = struct.Struct(">HHIQq32s")
MOVEMENT = struct.Struct(">16s16s16s16s16s16s16s32sqqBB")
KINDS = {1: "post", 2: "hold", 3: "capture", 4: "void", 5: "expire"}
CAUSES = {1: "determination", 2: "instruction"}
Movement = namedtuple(
    "Movement",
    "transfer journal reverses debit credit hold cause cause_hash amount_cents effective"
    " kind cause_kind unit code journal_kind actor",
)


class MalformedError(Exception):
    """Something is not written as its format says."""


class NotProvenError(Exception):
    """It is well written, but does not show what it claims."""


def read(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise MalformedError(f"{path} is larger than 1 GiB")
        return path.read_bytes()
    except OSError as error:
        raise MalformedError(f"{path} cannot be read: {error.strerror}") from error


def decoded(content: bytes, what: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{what} is not UTF-8") from error


def number(text: str, what: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) > SIZE_MAX:
        raise MalformedError(f"{what} is {text[:40]!r}, not a decimal number without leading zeros")
    return int(text)


def from_base64(text: str, what: str, length: int | None = None) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedError(f"{what} is not base64: {text[:40]!r}") from error
    if base64.b64encode(content).decode() != text or length not in (None, len(content)):
        raise MalformedError(f"{what} is not canonical base64 of its length: {text[:40]!r}")
    return content


def prefixed(content: bytes, count: int, what: str) -> list[bytes]:
    """So many parts, each after its length in two bytes."""
    parts = []
    for _ in range(count):
        end = 2 + int.from_bytes(content[:2], "big")
        if len(content) < end:
            raise MalformedError(f"{what} is cut off")
        parts.append(content[2:end])
        content = content[end:]
    if content:
        raise MalformedError(f"{what} has bytes after its end")
    return parts


class Key(NamedTuple):
    name: str
    algorithm: int
    public: bytes

    @property
    def id(self) -> bytes:
        return digest(f"{self.name}\n".encode(), bytes([self.algorithm]), self.public)[:4]

    def verifies(self, text: str, signature: bytes) -> bool:
        """As C2SP signed-note and tlog-cosignature say what each algorithm signs."""
        try:
            if self.algorithm == ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
                return True
            when, raw = int.from_bytes(signature[:8], "big"), signature[8:]
            if self.algorithm == ED25519_COSIGNATURE:
                message = f"cosignature/v1\ntime {when}\n{text}".encode()
                Ed25519PublicKey.from_public_bytes(self.public).verify(raw, message)
            else:
                stated = Checkpoint.parse(text)
                who, log = self.name.encode(), stated.origin.encode()
                message = b"subtree/v1\n\0" + bytes([len(who)]) + who + signature[:8]
                message += bytes([len(log)]) + log + struct.pack(">QQ", 0, stated.size)
                MLDSA44PublicKey.from_public_bytes(self.public).verify(raw, message + stated.root)
        except (InvalidSignature, ValueError):
            return False
        return when <= SIZE_MAX


def key(text: str) -> Key:
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise MalformedError(f"{text[:60]!r} is no verifier key: <name>+<key ID>+<base64>")
    material = from_base64(parts[2], "a verifier key")
    algorithm, public = material[0] if material else 0, material[1:]
    if len(public) != PUBLIC_BYTES.get(algorithm):
        raise MalformedError(f"the key of {parts[0]} is of an unknown kind or length")
    found = Key(parts[0], algorithm, public)
    if found.id.hex() != parts[1]:
        raise MalformedError(f"the key ID of {parts[0]} is not its own")
    return found


class Trust:
    """Whose signatures count and how many cosigners are enough, from a policy's text."""

    def __init__(self, text: str) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""
        for line in text.split("\n"):
            words = line.split()
            if words and not words[0].startswith("#"):
                self.add(words)
        if not self.quorum or (self.quorum == "none" and not self.logs):
            raise MalformedError("give a witness or the log to trust, and one quorum in a policy")

    def add(self, words: list[str]) -> None:
        kind, count = words[0], len(words)
        if kind == "log" and count in (2, 3):
            self.logs.append(key(words[1]))
        elif kind == "witness" and count in (3, 4) and self.is_free(words[1]):
            found = key(words[2])
            if found.algorithm == ED25519 or found in self.witnesses.values():
                raise MalformedError(f"the key of {found.name} cosigns nothing, or is given twice")
            self.witnesses[words[1]] = found
        elif kind == "group" and count >= 4 and self.is_free(words[1]):
            members = self.known(words[3:])
            needed = {"any": "1", "all": str(len(members))}.get(words[2], words[2])
            count = number(needed, "a group's number")
            if not 1 <= count <= len(members) == len(set(members)):
                raise MalformedError(f"{words[1]} asks for {needed} of {len(members)} members")
            self.groups[words[1]] = (count, members)
        elif kind == "quorum" and count == 2 and not self.quorum:
            (self.quorum,) = words[1:] if words[1] == "none" else self.known(words[1:])
        else:
            raise MalformedError(f"{' '.join(words)[:60]!r} is no line of a policy here")

    def is_free(self, name: str) -> bool:
        return name != "none" and name not in self.witnesses and name not in self.groups

    def known(self, names: list[str]) -> list[str]:
        for name in names:
            used = any(name in members for _, members in self.groups.values())
            if used or (name not in self.witnesses and name not in self.groups):
                raise MalformedError(f"the policy uses {name} twice, or before it says who it is")
        return names

    def met(self, name: str, cosigned: set[Key]) -> bool:
        if name in self.groups:
            needed, members = self.groups[name]
            return sum(self.met(member, cosigned) for member in members) >= needed
        return name == "none" or self.witnesses[name] in cosigned


def policy_of(logs: list[str], witnesses: list[str], needed: int) -> str:
    """The policy of keys given one by one; keys with one name are one witness."""
    lines = [f"log {text}" for text in logs]
    members: dict[str, str] = defaultdict(str)
    for place, text in enumerate(witnesses):
        lines.append(f"witness {place} {text}")
        members["@" + text.partition("+")[0]] += f" {place}"
    lines += [f"group {name} any{places}" for name, places in members.items()]
    enough = [f"group enough {needed} {' '.join(members)}", "quorum enough"]
    return "\n".join([*lines, *(enough if members else ["quorum none"])])


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        lines = text[:-1].split("\n")
        if not text.endswith("\n") or len(lines) < 3 or "" in lines:
            raise MalformedError("a checkpoint has three lines or more, none of them empty")
        root = from_base64(lines[2], "the root", 32)
        return cls(lines[0], number(lines[1], "the size"), root)


def signatures_in(block: str) -> Iterator[tuple[str, bytes, bytes]]:
    lines = block[:-1].split("\n")
    if not block.endswith("\n") or len(lines) > 64:
        raise MalformedError("a note ends with 1 to 64 signature lines")
    for line in lines:
        found = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})", line)
        content = from_base64(found[2], "a signature") if found else b""
        if found is None or len(content) < 5:
            raise MalformedError(f"{line[:60]!r} is no signature line")
        yield found[1], content[:4], content[4:]


def verified_checkpoint(content: bytes, trust: Trust) -> tuple[Checkpoint, dict[str, int]]:
    """A trusted checkpoint, and when each known witness saw it last. One false signature of a
    known key spoils it."""
    whole = decoded(content, "the checkpoint")
    if re.search("[\x00-\x09\x0b-\x1f]", whole):
        raise MalformedError("a signed note holds no control characters but newlines")
    body, _, block = whole.rpartition("\n\n")
    stated = Checkpoint.parse(text := body + "\n")
    own = [one for one in trust.logs if one.name == stated.origin]
    known = {(one.name, one.id): one for one in [*own, *trust.witnesses.values()]}
    valid: set[Key] = set()
    times: dict[str, int] = {}
    for name, identifier, signature in signatures_in(block):
        if signer := known.get((name, identifier)):
            if not signer.verifies(text, signature):
                raise NotProvenError(f"the signature of {name} is false")
            valid.add(signer)
            if signer in trust.witnesses.values():
                times[name] = max(times.get(name, 0), int.from_bytes(signature[:8], "big"))
    if trust.logs and not valid & set(own):
        raise NotProvenError(f"the log {stated.origin} did not sign with a key that is trusted")
    if not trust.met(trust.quorum, valid):
        raise NotProvenError(f"cosigned by {', '.join(times) or 'no known witness'}: not enough")
    return stated, times


def digest(*parts: bytes) -> bytes:
    """SHA-256. A leaf's hash is that of 0 and its bytes, a node's of 1 and its two children."""
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(hashes: list[bytes]) -> bytes:
    """The root over hashes: pairs level by level, an odd last one moves up as it is."""
    while len(hashes) > 1:
        pairs = [digest(b"\1", *hashes[at : at + 2]) for at in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(pairs) * 2 :]
    return hashes[0] if hashes else digest()


def climbed(node: bytes, index: int, last: int, path: list[bytes]) -> bytes:
    """The root that a path leads to from a node of a level whose last node is `last`."""
    if index > last:
        raise NotProvenError(f"leaf {index} is not in a log of {last + 1}")
    for sibling in path:
        while last and index == last and not index & 1:
            index, last = index >> 1, last >> 1
        if not last:
            raise NotProvenError("the proof has hashes too many")
        node = digest(b"\1", sibling, node) if index & 1 else digest(b"\1", node, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise NotProvenError("the proof has hashes too few")
    return node


def movement(content: bytes) -> Movement:
    if len(content) < MOVEMENT.size:
        raise MalformedError("the movement is cut off")
    *identifiers, cause_hash, cents, effective, kind, cause = MOVEMENT.unpack_from(content)
    if kind not in KINDS or cause not in CAUSES:
        raise MalformedError(f"a movement of kind {kind}, cause {cause} is not known here")
    fields: list[object] = [uuid.UUID(bytes=part) for part in identifiers]
    fields += [cause_hash, cents, effective, KINDS[kind], CAUSES[cause]]
    texts = prefixed(content[MOVEMENT.size :], 4, "the movement")
    return Movement._make([*fields, *(decoded(text, "the movement") for text in texts)])


def opened(leaf: bytes, salt: bytes, content: bytes) -> tuple[int, int, int, Movement]:
    """Cell, number, time and movement of a leaf, when the leaf commits to this movement."""
    if len(leaf) != LEAF.size:
        raise MalformedError(f"a leaf has {LEAF.size} bytes, not {len(leaf)}")
    version, kind, cell, seq, recorded, commitment = LEAF.unpack(leaf)
    if (version, kind) != (1, 1):
        raise MalformedError(f"a leaf of version {version}, type {kind} is not known here")
    parsed = movement(content)
    if not hmac.compare_digest(hmac.digest(salt, content, "sha256"), commitment):
        raise NotProvenError("the leaf commits to another movement than the one shown")
    return cell, seq, recorded, parsed


def check_receipt(content: bytes, trust: Trust) -> list[str]:
    """What a receipt proves, in plain words."""
    head, _, note = content.partition(b"\n\n")
    form = r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (\S+)((?:\n\S+){0,63})"
    found = re.fullmatch(form, decoded(head, "the receipt"))
    if found is None:
        raise MalformedError("a receipt is: c2sp.org/tlog-proof@v1, extra, index, hashes, a note")
    extra, index = from_base64(found[1], "the extra data"), number(found[2], "the index")
    proof = [from_base64(line, "a hash", 32) for line in found[3].split("\n")[1:]]
    stated, times = verified_checkpoint(note, trust)
    leaf = extra[: LEAF.size]
    cell, seq, recorded, shown = opened(leaf, extra[56:88], extra[88:])
    if climbed(digest(b"\0", leaf), index, stated.size - 1, proof) != stated.root:
        raise NotProvenError("the proof does not lead from this leaf to the root that was signed")
    whole, part = divmod(shown.amount_cents, 100)
    return [
        "PROVEN: this movement is in the books that were signed.",
        f"  {shown.kind} of {whole:,}.{part:02d} {shown.unit} for {shown.code}",
        f"  from account {shown.debit}",
        f"  to account   {shown.credit}",
        f"  because of {shown.cause_kind} {shown.cause}, sha256 {shown.cause_hash.hex()}",
        f"  by {shown.actor}, effective {moment(shown.effective)}, recorded {moment(recorded)}",
        f"  transfer {shown.transfer}, number {seq} of books {cell}",
        *told(stated, times, f"leaf {index}"),
    ]


def told(stated: Checkpoint, times: dict[str, int], what: str) -> list[str]:
    seen = [f"  seen by {name} at {moment(at * 10**6)}" for name, at in sorted(times.items())]
    root = stated.root.hex()
    return [f"  {what} of the log {stated.origin}, {stated.size} leaves, root {root}", *seen]


def moment(microseconds: int) -> str:
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return f"{microseconds} microseconds since 1970"


def tile_path(kind: str, index: int, width: int) -> str:
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{kind}/{name}" + ("" if width == 256 else f".p/{width}")


def entries_of(folder: Path, size: int) -> list[bytes]:
    leaves: list[bytes] = []
    for first in range(0, size, 256):
        path = tile_path("entries", first // 256, min(256, size - first))
        leaves += prefixed(read(folder / path), min(256, size - first), path)
    return leaves


def check_tiles(folder: Path, hashes: list[bytes]) -> int:
    """Compare every tile with the hashes of the leaves; return how many there are."""
    level = count = 0
    while hashes:
        for first in range(0, len(hashes), 256):
            part = hashes[first : first + 256]
            path = tile_path(str(level), first // 256, len(part))
            if read(folder / path) != b"".join(part):
                raise NotProvenError(f"{path} is not the tile of these leaves")
            count += 1
        full = len(hashes) // 256 * 256
        hashes = [tree_root(hashes[at : at + 256]) for at in range(0, full, 256)]
        level += 1
    return count


def balances_of(folder: Path, leaves: list[bytes]) -> dict[str, list[int]] | None:
    """Posted, pending in and pending out of each account, in cents, from opened leaves alone;
    None where a leaf can no longer be opened."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    lines = decoded(read(folder / "openings.jsonl"), "openings.jsonl").split("\n")[:-1]
    if len(lines) != len(leaves):
        raise NotProvenError(f"openings.jsonl opens {len(lines)} of {len(leaves)} leaves")
    closed = False
    for place, line in enumerate(lines):
        try:
            fields = json.loads(line)
            if fields["index"] != place:
                raise ValueError(f"opens leaf {fields['index']}")
            closed = closed or "salt" not in fields
            if "salt" not in fields:
                continue
            salt, content = bytes.fromhex(fields["salt"]), bytes.fromhex(fields["movement"])
        except (ValueError, TypeError, KeyError) as error:
            raise MalformedError(f"openings.jsonl, row {place + 1}: {error}") from error
        found = opened(leaves[place], salt, content)[3]
        debit, credit = sums[str(found.debit)], sums[str(found.credit)]
        posted = found.amount_cents if found.kind in ("post", "capture") else 0
        held = {"post": 0, "hold": 1}.get(found.kind, -1) * found.amount_cents
        debit[0], credit[0] = debit[0] - posted, credit[0] + posted
        debit[2], credit[1] = debit[2] + held, credit[1] + held
    return None if closed else sums


def check_export(folder: Path, trust: Trust) -> list[str]:
    stated, times = verified_checkpoint(read(folder / "checkpoint"), trust)
    leaves = entries_of(folder, stated.size)
    if tree_root(hashes := [digest(b"\0", leaf) for leaf in leaves]) != stated.root:
        raise NotProvenError("the leaves do not lead to the root that was signed")
    lines = told(stated, times, f"all leaves and {check_tiles(folder, hashes)} tiles")
    if (folder / "openings.jsonl").exists():
        lines.append(check_balances(folder, balances_of(folder, leaves)))
    return ["PROVEN: the exported log is the one that was signed.", *lines]


def check_balances(folder: Path, sums: dict[str, list[int]] | None) -> str:
    """Compare recomputed balances with those the books state."""
    if sums is None:
        return "  some leaves are closed for ever: balances cannot be recomputed"
    listed: dict[str, list[int]] = {}
    for row in decoded(read(folder / "balances.csv"), "balances.csv").split("\n")[1:-1]:
        account, _unit, *cents = row.split(",")
        if account in listed or not re.fullmatch("(-?[0-9]{1,19} ?){3}", " ".join(cents)):
            raise MalformedError(f"balances.csv: {row[:60]!r} is no row or a second one")
        listed[account] = list(map(int, cents))
    wrong = sorted(one for one in {**sums, **listed} if sums[one] != listed.get(one))
    if wrong:
        raise NotProvenError(f"balances differ from the leaves: {', '.join(wrong[:20])}")
    return f"  balances of {len(listed)} accounts recomputed, all equal"


def check_consistency(folder: Path, checkpoints: list[Path], trust: Trust) -> list[str]:
    """Both checkpoints state the exported leaves, as far as each goes."""
    both = [verified_checkpoint(read(path), trust)[0] for path in checkpoints]
    hashes = [digest(b"\0", one) for one in entries_of(folder, max(one.size for one in both))]
    for path, stated in zip(checkpoints, both, strict=True):
        if tree_root(hashes[: stated.size]) != stated.root:
            raise NotProvenError(f"{path} states another history than the exported leaves")
    if both[0].origin != both[1].origin or both[0].size > both[1].size:
        raise NotProvenError("the checkpoints are of two logs, or the second is the older one")
    return [f"PROVEN: {both[1].size} leaves begin with the {both[0].size} of the older checkpoint."]


def main(words: list[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    if words[:1] == ["determination"]:
        other = runpy.run_path(str(Path(__file__).with_name("lmb_verify_determination.py")))
        return int(other["main"](words[1:]))
    given = parsed_arguments(words)
    text = policy_of(given.log, given.witness, given.quorum)
    try:
        trust = Trust(decoded(read(given.policy), "the policy") if given.policy else text)
        if given.checkpoints:
            lines = check_consistency(given.path, given.checkpoints, trust)
        elif given.path.is_dir():
            lines = check_export(given.path, trust)
        else:
            lines = check_receipt(read(given.path), trust)
    except (MalformedError, NotProvenError) as error:
        readable = isinstance(error, NotProvenError)
        print(f"NOT {'PROVEN' if readable else 'READABLE'}: {error}", file=sys.stderr)
        return 1 if readable else 2
    # What a receipt says may be another's: nothing of it may steer the terminal.
    print("\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines))
    return 0


def parsed_arguments(words: list[str] | None) -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("path", type=Path, help="a receipt, or the folder of an exported log")
    parser.add_argument("checkpoints", type=Path, nargs="*", help="an older and a newer one")
    for option in ("--log", "--witness"):
        parser.add_argument(option, action="append", default=[], metavar="VKEY")
    parser.add_argument("--quorum", type=int, default=1, help="witnesses needed, 1 unless given")
    parser.add_argument("--policy", type=Path, help="a file with all of that instead")
    parser.add_argument("--version", action="version", version=__version__)
    given = parser.parse_args(words)
    if len(given.checkpoints) not in (0, 2):
        parser.error("give two checkpoints, the older one first")
    return given


if __name__ == "__main__":
    sys.exit(main())
