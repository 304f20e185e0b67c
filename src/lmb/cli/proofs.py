"""`lmb proofs`: the proof log from the command line, and its parts for tests from outside."""

from __future__ import annotations

from pathlib import Path

import click

from lmb.cli.proof_log import checkpoint, export, receipt
from lmb.cli.publishing import publish
from lmb.cli.trusting import trust
from lmb.proofs.checkpoints import check_empty_root, parse_checkpoint
from lmb.proofs.errors import MalformedError, NotProvenError
from lmb.proofs.keys import VerifierKey, parse_verifier_key
from lmb.proofs.notes import parse_note
from lmb.proofs.tiles import TILE_WIDTH, checked_tile_name, index_path
from lmb.proofs.tree import Tree, TreeAtSize, leaf_hash
from lmb.proofs.vectors import read_cases
from lmb.values.errors import InputError, Problem

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FILE_BYTES_MAX = 2**30
HEX_DIGITS = set("0123456789abcdefABCDEF")


@click.group()
def proofs() -> None:
    """Prove the books to anyone: receipts, checkpoints, Merkle proofs, tiles."""


@proofs.command(epilog="Example: lmb proofs root --leaves leaves.hex")
@click.option("--leaves", required=True, type=FILE, help="File of leaves in hex, one a line.")
@click.option("--size", type=int, help="Take so many leaves only.")
def root(leaves: Path, size: int | None) -> None:
    """Print the root of the RFC 6962 tree over the leaves of a file.

    A leaf is its bytes in hex; an empty line is an empty leaf, an empty file an empty tree.
    """
    click.echo(_tree(leaves, size).root.hex())


@proofs.command(epilog="Example: lmb proofs inclusion --leaves leaves.hex --index 3 --size 7")
@click.option("--leaves", required=True, type=FILE, help="File of leaves in hex, one a line.")
@click.option("--index", required=True, type=int, help="Which leaf, counted from 0.")
@click.option("--size", type=int, help="Size of the tree; all leaves unless given.")
def inclusion(leaves: Path, index: int, size: int | None) -> None:
    """Print the inclusion proof of a leaf: node hashes in hex from its sibling upwards."""
    _print_hashes(_tree(leaves, size).inclusion(index))


@proofs.command(epilog="Example: lmb proofs consistency --leaves leaves.hex --from 3 --to 7")
@click.option("--leaves", required=True, type=FILE, help="File of leaves in hex, one a line.")
@click.option("--from", "old_size", required=True, type=int, help="Size of the older tree.")
@click.option("--to", "size", type=int, help="Size of the newer tree; all leaves unless given.")
def consistency(leaves: Path, old_size: int, size: int | None) -> None:
    """Print the consistency proof between two sizes of the tree: node hashes in hex."""
    _print_hashes(_tree(leaves, size).consistency(old_size))


@proofs.command("check-vectors", epilog="Example: lmb proofs check-vectors vectors.jsonl")
@click.argument("file", type=FILE)
@click.pass_context
def check_vectors(context: click.Context, file: Path) -> None:
    """Print each published test case whose verdict differs from ours; exit code 1 if any does."""
    cases = read_cases(file.name, _text(file))
    differences = [(case, found) for case in cases if (found := case.difference())]
    for case, found in differences:
        click.echo(f"{file.name}, row {case.row}, {case.name}: {found}")
    click.echo(f"{len(cases)} cases, {len(differences)} differ", err=True)
    context.exit(1 if differences else 0)


@proofs.command(
    "note-verify", epilog='Example: lmb proofs note-verify --vkey "$(cat log.vkey)" checkpoint'
)
@click.option("--vkey", "keys", required=True, multiple=True, help="Verifier key; may be repeated.")
@click.argument("note", type=FILE)
def note_verify(keys: tuple[str, ...], note: Path) -> None:
    """Verify a signed note (C2SP signed-note) and print whose signatures it bears.

    Exit code 0 when a given key signed it and none of the given keys' signatures is false.
    """
    known = list(map(_verifier_key, keys))
    try:
        parsed = parse_note(_content(note))
    except MalformedError as error:
        raise _unreadable(note, error, "a signed note") from error
    verified = parsed.verified(known)
    if not verified:
        raise NotProvenError(f"{note.name} is not signed by any of the given keys")
    for signature in verified:
        click.echo(f"{signature.name} {signature.key_id.hex()}")


@proofs.command("checkpoint-parse", epilog="Example: lmb proofs checkpoint-parse checkpoint")
@click.argument("file", type=FILE)
def checkpoint_parse(file: Path) -> None:
    """Print the origin, size and root of a checkpoint (C2SP tlog-checkpoint), and who signed.

    Exit code 0 only for a valid one. No signature is verified: use note-verify for that.
    """
    try:
        stated, note = parse_checkpoint(_content(file))
        check_empty_root(stated)
    except (MalformedError, NotProvenError) as error:
        raise _unreadable(file, error, "a checkpoint") from error
    click.echo(f"origin {stated.origin}\nsize {stated.size}\nroot {stated.root.hex()}")
    for extension in stated.extensions:
        click.echo(f"extension {extension}")
    for signature in note.signatures:
        click.echo(f"signature {signature.name} {signature.key_id.hex()}")


@proofs.command("tile-path", epilog="Example: lmb proofs tile-path 1234067")
@click.argument("index", type=int)
@click.option("--level", type=int, help="Print the whole path of the tile at this level.")
@click.option("--width", type=int, help="Hashes in a partial tile, 1 to 255; needs --level.")
def tile_path(index: int, level: int | None, width: int | None) -> None:
    """Print the path of a tile index (C2SP tlog-tiles): 1234067 is x001/x234/067."""
    try:
        if level is None and width is None:
            click.echo(index_path(index))
        else:
            click.echo(checked_tile_name(level or 0, index, width or TILE_WIDTH).path)
    except MalformedError as error:
        raise click.UsageError(str(error)) from error


for command in (receipt, checkpoint, export, publish, trust):
    proofs.add_command(command)


def _tree(file: Path, size: int | None) -> TreeAtSize:
    tree = Tree(map(leaf_hash, _leaves(file)))
    return tree.at(tree.size if size is None else size)


def _leaves(file: Path) -> list[bytes]:
    text = _text(file)
    lines = text.removesuffix("\n").split("\n") if text else []
    leaves: list[bytes] = []
    problems: list[Problem] = []
    for row, line in enumerate(lines, 1):
        if len(line) % 2 == 0 and not set(line) - HEX_DIGITS:
            leaves.append(bytes.fromhex(line))
        else:
            found = repr(line if len(line) <= 60 else line[:60] + "…")
            problems.append(Problem(file.name, row, None, found, "the bytes of a leaf in hex"))
    if problems:
        raise InputError(problems)
    return leaves


def _content(file: Path) -> bytes:
    if file.stat().st_size > FILE_BYTES_MAX:
        found = f"{file.stat().st_size:,} bytes"
        raise InputError([Problem(file.name, None, None, found, "at most 1 GiB")])
    return file.read_bytes()


def _text(file: Path) -> str:
    try:
        return _content(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([Problem(file.name, None, None, str(error), "UTF-8 text")]) from error


def _verifier_key(text: str) -> VerifierKey:
    try:
        return parse_verifier_key(text)
    except MalformedError as error:
        raise click.BadParameter(str(error), param_hint="--vkey") from error


def _unreadable(file: Path, error: Exception, expected: str) -> InputError:
    return InputError([Problem(file.name, None, None, str(error), expected)])


def _print_hashes(hashes: list[bytes]) -> None:
    for content in hashes:
        click.echo(content.hex())
