"""The Merkle tree, against the published vectors of RFC 6962's reference implementation."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.log import tree

DATA = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [tree.leaf_hash(bytes.fromhex(data)) for data in DATA]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]
LARGEST = 40


def some_leaves(size: int) -> list[bytes]:
    """Return the leaf hashes of `size` different entries."""
    return [tree.leaf_hash(str(number).encode()) for number in range(size)]


def test_rfc6962_vectors() -> None:
    """Roots, inclusion proofs and consistency proofs equal the published vectors."""
    assert tree.root([]) == sha256().digest()
    assert [tree.root(LEAVES[:size]).hex() for size in range(1, 9)] == ROOTS
    for index, size, path in INCLUSION:
        assert [step.hex() for step in tree.inclusion_proof(LEAVES[:size], index)] == path
    for old, size, path in CONSISTENCY:
        assert [step.hex() for step in tree.consistency_proof(LEAVES[:size], old)] == path


@given(st.integers(1, LARGEST), st.data())
def test_every_entry_proves_itself(size: int, data: st.DataObject) -> None:
    """Each entry's proof verifies for that entry, at that place, in that tree, and in no other."""
    leaves = some_leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof, top = tree.inclusion_proof(leaves, index), tree.root(leaves)
    assert tree.verify_inclusion(leaves[index], index, size, proof, top)
    assert not tree.verify_inclusion(tree.leaf_hash(b"another"), index, size, proof, top)
    assert not tree.verify_inclusion(leaves[index], size, size, proof, top)
    assert not tree.verify_inclusion(leaves[index], index, size, [*proof, top], top)
    others = [place for place in range(size) if place != index]
    assert not any(tree.verify_inclusion(leaves[index], place, size, proof, top) for place in others)


@given(st.integers(1, LARGEST), st.data())
def test_history_proves_itself(size: int, data: st.DataObject) -> None:
    """Every earlier tree is proved to be a beginning of the later one; a tree with another past is not."""
    leaves = some_leaves(size)
    old = data.draw(st.integers(1, size))
    proof, top = tree.consistency_proof(leaves, old), tree.root(leaves)
    assert tree.verify_consistency(old, tree.root(leaves[:old]), size, top, proof)
    forged = [*leaves[: old - 1], tree.leaf_hash(b"rewritten")]
    assert not tree.verify_consistency(old, tree.root(forged), size, top, proof)
    rewritten = [*forged, *leaves[old:]]
    later = tree.consistency_proof(rewritten, old)
    assert not tree.verify_consistency(old, tree.root(leaves[:old]), size, tree.root(rewritten), later)
    assert not tree.verify_consistency(old, tree.root(leaves[:old]), size, top, [*proof, top])


def test_nothing_begins_everything() -> None:
    """An empty log begins every log, without a proof."""
    assert tree.verify_consistency(0, tree.EMPTY_ROOT, 8, tree.root(LEAVES), [])
    assert not tree.verify_consistency(0, LEAVES[0], 8, tree.root(LEAVES), [])
    assert not tree.verify_consistency(8, tree.root(LEAVES), 5, tree.root(LEAVES[:5]), [LEAVES[0]])


def test_a_place_outside_the_log_has_no_proof() -> None:
    """Asking for the proof of an entry or a size that isn't there is refused."""
    with pytest.raises(IndexError):
        tree.inclusion_proof(LEAVES, 8)
    with pytest.raises(IndexError):
        tree.inclusion_proof(LEAVES, -1)
    with pytest.raises(IndexError):
        tree.consistency_proof(LEAVES, 0)
    with pytest.raises(IndexError):
        tree.consistency_proof(LEAVES, 9)


def test_leaves_and_nodes_never_meet() -> None:
    """No leaf can be passed off as an inner node: the domain bytes differ."""
    assert tree.leaf_hash(LEAVES[0] + LEAVES[1]) != tree.node_hash(LEAVES[0], LEAVES[1])
