"""Near-duplicate reports: the same text pasted many times counts as one.

Words are compared after NFKC with every digit as 0, by their sets of three characters in a row; a Jaccard
index of 0.6 or more means near-duplicates. The store keeps only a keyed sketch of a text (MinHash with keyed
BLAKE2b): without the key nobody can test a guessed text against it. The lowest hashes themselves are not kept: the
longer a text, the lower they are, so they would tell its length to a tenth. What is kept is a keyed hash of each.
"""

import struct
import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction
from hashlib import blake2b

ALIKE = Fraction(6, 10)
GRAM = 3
HASHES = 64
SHORTEST_KEY = 16
_PER_DIGEST = 16
_LANES = tuple(bytes([lane]) for lane in range(HASHES // _PER_DIGEST))


def grams(text: str) -> frozenset[str]:
    """Return the sets of three characters in a row of a text; a shorter text is one piece."""
    plain = "".join("0" if letter.isdecimal() else letter for letter in unicodedata.normalize("NFKC", text))
    return frozenset(plain[start : start + GRAM] for start in range(max(len(plain) - GRAM + 1, 1)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> Fraction:
    """Return the share of pieces that two texts have in common, 0 to 1. `grams` gives no empty set."""
    return Fraction(len(one & other), len(one | other))


def near_duplicates(texts: Sequence[str]) -> list[list[int]]:
    """Return the clusters of near-duplicates, each a list of places in `texts`, in order of their first text.

    A text belongs to a cluster when it is near to any one of it.
    """
    pieces = [grams(text) for text in texts]
    return _clusters(len(texts), lambda one, other: jaccard(pieces[one], pieces[other]) >= ALIKE)


def sketch(text: str, key: bytes) -> tuple[int, ...]:
    """Return the keyed MinHash sketch of a text: 64 numbers of 32 bits. `key` has 16 to 64 random bytes."""
    if not SHORTEST_KEY <= len(key) <= blake2b.MAX_KEY_SIZE:
        message = f"a sketch's key has {SHORTEST_KEY} to {blake2b.MAX_KEY_SIZE} bytes"
        raise ValueError(message)
    lowest = [0xFFFFFFFF] * HASHES
    for gram in grams(text):
        data = gram.encode("utf-8", "surrogatepass")
        digest = b"".join(blake2b(data, key=key, salt=lane).digest() for lane in _LANES)
        lowest = list(map(min, lowest, struct.unpack(f">{HASHES}I", digest)))
    return tuple(_hidden(at, value, key) for at, value in enumerate(lowest))


def _hidden(at: int, value: int, key: bytes) -> int:
    """Return a number that is the same for the same lowest hash in the same place, and tells nothing of its size."""
    kept = blake2b(struct.pack(">BI", at, value), digest_size=4, key=key, person=b"sketch").digest()
    return int.from_bytes(kept)


def similar(one: Sequence[int], other: Sequence[int]) -> bool:
    """Tell whether two sketches made with the same key come from near-duplicates.

    The share of equal numbers estimates the Jaccard index, with a standard error of 0.06 at 0.6.
    ValueError unless both have 64 numbers.
    """
    if len(one) != HASHES or len(other) != HASHES:
        message = f"a sketch has {HASHES} numbers"
        raise ValueError(message)
    return Fraction(sum(map(int.__eq__, one, other)), HASHES) >= ALIKE


def near_duplicate_sketches(sketches: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the clusters as `near_duplicates` does, from the stored sketches."""
    return _clusters(len(sketches), lambda one, other: similar(sketches[one], sketches[other]))


def _clusters(number: int, near: Callable[[int, int], bool]) -> list[list[int]]:
    head = list(range(number))

    def first(place: int) -> int:
        while head[place] != place:
            place = head[place]
        return place

    for later in range(number):
        for earlier in range(later):
            one, other = first(earlier), first(later)
            if one != other and near(earlier, later):
                head[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = {}
    for place in range(number):
        groups.setdefault(first(place), []).append(place)
    return list(groups.values())
