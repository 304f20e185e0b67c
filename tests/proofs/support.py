"""Keys and a small log that the tests of the proof log share."""

from __future__ import annotations

from lmb.proofs.checkpoints import Checkpoint
from lmb.proofs.keys import Algorithm, SigningKey
from lmb.proofs.notes import Note
from lmb.proofs.tree import Tree, leaf_hash
from lmb.proofs.witness import AddCheckpoint

ORIGIN = "books.example/log"
NOON = 1_900_000_000
"""A moment in 2030, in seconds since 1970."""


def signing_key(name: str, algorithm: Algorithm = Algorithm.ED25519) -> SigningKey:
    """A key that is the same in every run."""
    return SigningKey(name, algorithm, leaf_hash(f"{name}/{algorithm}".encode()))


LOG = signing_key(ORIGIN)
LOG_ML_DSA = signing_key(ORIGIN, Algorithm.ML_DSA_44_COSIGNATURE)
WITNESS = signing_key("witness.example/w1", Algorithm.ED25519_COSIGNATURE)
WITNESS_ML_DSA = signing_key("witness.example/w1", Algorithm.ML_DSA_44_COSIGNATURE)

SECOND = signing_key("second.example", Algorithm.ED25519_COSIGNATURE)
THIRD = signing_key("third.example", Algorithm.ML_DSA_44_COSIGNATURE)
POLICY = f"""
# who is trusted
log {LOG.verifier.text} https://books.example/log
log {LOG_ML_DSA.verifier.text}
\twitness one {WITNESS.verifier.text} http://w1.example
witness  one-pq {WITNESS_ML_DSA.verifier.text}\thttp://w1.example
witness two {SECOND.verifier.text} http://w2.example
witness thrée {THIRD.verifier.text}
group either any one one-pq
group outside 2 either two thrée
quorum outside
"""

ENTRIES = [f"entry {number}".encode() for number in range(600)]
TREE = Tree(map(leaf_hash, ENTRIES))
OTHER_TREE = Tree(leaf_hash(b"forged " + entry) for entry in ENTRIES)


def checkpoint(size: int, tree: Tree = TREE, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, tree.at(size).root)


def signed(stated: Checkpoint, *keys: SigningKey, timestamp: int = NOON) -> Note:
    """The checkpoint as a note, signed by the log unless other keys are given."""
    signers = keys or (LOG,)
    return Note(stated.text, tuple(key.sign(stated.text, timestamp) for key in signers))


def request(
    old_size: int, size: int, tree: Tree = TREE, proof: tuple[bytes, ...] | None = None
) -> AddCheckpoint:
    """A log's request to a witness, with the right proof unless another is given."""
    stated = checkpoint(size, tree)
    if proof is None:
        proven = 0 < old_size <= size
        proof = tuple(tree.at(size).consistency(old_size)) if proven else ()
    return AddCheckpoint(old_size, proof, stated, signed(stated))
