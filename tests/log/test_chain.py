"""The chain: whoever changes, moves, drops or adds an entry is found out."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.log import chain
from portal.log.chain import Entry, Problem

KINDS = ("record:published", "round:opened", "flag:raised")
SALT = bytes(range(32))


def build(size: int) -> list[Entry]:
    """Return a sound log of `size` entries of one town."""
    entries: list[Entry] = []
    for seq in range(size):
        body = chain.canonical({"place": "p1", "n": seq})
        previous = chain.entry_hash(entries[-1]) if entries else chain.START
        commitment = chain.commit(SALT, body)
        day = date(2026, 1, 1) + timedelta(days=seq)
        entries.append(Entry(seq, KINDS[seq % 3], "town1", day, commitment, previous))
    return entries


def flipped(entry: Entry, field: str, at: int, bit: int) -> Entry:
    """Return the entry with one bit of one field changed."""
    value: bytes | str | date | int = getattr(entry, field)
    changed: bytes | str | date | int
    if isinstance(value, bytes):
        at %= len(value)
        changed = value[:at] + bytes([value[at] ^ 1 << bit]) + value[at + 1 :]
    elif isinstance(value, str):
        at %= len(value)
        changed = value[:at] + chr(ord(value[at]) ^ 1 << bit) + value[at + 1 :]
    elif isinstance(value, date):
        changed = value + timedelta(days=1 << bit)
    else:
        changed = value ^ 1 << bit
    fields: dict[str, Any] = {field: changed}
    return replace(entry, **fields)


FIELDS = st.sampled_from(("seq", "kind", "unit", "day", "payload_commit", "prev_hash"))


@given(st.integers(2, 12), st.data())
def test_log_tamper(size: int, data: st.DataObject) -> None:
    """Any changed byte, swap, move, drop or addition is found against the checkpoint."""
    entries = build(size)
    root = chain.log_root(entries)
    assert chain.verify(entries, size=size, root=root) == []
    where = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != where))
    bent = flipped(entries[where], data.draw(FIELDS), data.draw(st.integers(0, 31)), data.draw(st.integers(0, 6)))
    swapped = list(entries)
    swapped[where], swapped[other] = swapped[other], swapped[where]
    moved = entries[:where] + entries[where + 1 :]
    moved.insert(other, entries[where])
    for forged in (
        [*entries[:where], bent, *entries[where + 1 :]],
        swapped,
        moved,
        entries[:where] + entries[where + 1 :],
        [*entries[:where], entries[where], *entries[where:]],
        list(reversed(entries)),
    ):
        assert chain.verify(forged, size=size, root=root)


def rechained(entries: list[Entry]) -> list[Entry]:
    """Return the entries with every number and hash made to fit, as someone who owns the machine would."""
    made: list[Entry] = []
    for seq, entry in enumerate(entries):
        previous = chain.entry_hash(made[-1]) if made else chain.START
        made.append(replace(entry, seq=seq, prev_hash=previous))
    return made


@given(st.integers(2, 12), st.data())
def test_a_rewritten_chain_misses_the_checkpoint(size: int, data: st.DataObject) -> None:
    """A history whose hashes were all made anew looks sound by itself and still fails against the paper."""
    entries = build(size)
    root = chain.log_root(entries)
    where = data.draw(st.integers(0, size - 1))
    forged = rechained([*entries[:where], replace(entries[where], kind="record:archived"), *entries[where + 1 :]])
    assert chain.verify(forged) == []
    assert chain.verify(forged, size=size, root=root)
    assert chain.digits(chain.log_root(forged)) != chain.digits(root)


def test_a_cut_tail_needs_the_checkpoint() -> None:
    """Without the last entries the chain still holds, so the checkpoint's size must tell."""
    entries = build(5)
    assert chain.verify(entries[:4]) == []
    assert chain.verify(entries[:4], size=5) == [Problem(None, "the checkpoint covers 5 entries but only 4 are here")]


def test_a_log_that_grew_keeps_its_old_checkpoint() -> None:
    """Last month's size and root still hold after new entries."""
    entries = build(9)
    assert chain.verify(entries, size=6, root=chain.log_root(entries[:6])) == []


def test_stored_hashes_are_checked() -> None:
    """A stored hash that isn't that of its entry is named by its number."""
    entries = build(4)
    hashes = [chain.entry_hash(entry) for entry in entries]
    assert chain.verify(entries, hashes=hashes) == []
    assert chain.verify(entries, hashes=[*hashes[:2], SALT, hashes[3]]) == [
        Problem(2, "the stored hash isn't that of the entry"),
    ]
    assert chain.verify(entries, hashes=hashes[:3])


def test_erased_payload_leaves_the_log_whole() -> None:
    """Without payload and salt the log verifies; a changed or invented payload is found."""
    entries = build(3)
    kept = {seq: (SALT, chain.canonical({"place": "p1", "n": seq})) for seq in range(3)}
    root = chain.log_root(entries)
    assert chain.verify(entries, size=3, root=root, payloads=kept) == []
    assert chain.verify(entries, size=3, root=root, payloads={0: kept[0], 2: kept[2]}) == []
    assert [problem.seq for problem in chain.verify(entries, payloads={1: (SALT, b"{}")})] == [1]
    assert [problem.seq for problem in chain.verify(entries, payloads={1: (b"short", b"{}")})] == [1]
    assert [problem.seq for problem in chain.verify(entries, payloads={7: kept[0]})] == [7]


def test_entries_of_two_towns_or_out_of_time_dont_mix() -> None:
    """A sound-looking chain with another unit's entry or a date that runs back is found."""
    first, second = build(2)
    assert chain.verify([first, replace(second, unit="town2")]) == [
        Problem(1, "the entry belongs to another unit"),
    ]
    assert chain.verify([first, replace(second, day=date(2025, 12, 31))]) == [
        Problem(1, "the entry is dated before the one that it follows"),
    ]


def test_one_spelling() -> None:
    """Equal payloads give equal bytes whatever their order; what has no single spelling is refused."""
    assert chain.canonical({"b": 1, "a": "村"}) == chain.canonical({"a": "村", "b": 1}) == '{"a":"村","b":1}'.encode()
    assert chain.canonical({"on": date(2026, 1, 2), "h": b"\x01", "l": (None, True, [2])}) == (
        b'{"h":"01","l":[null,true,[2]],"on":"2026-01-02"}'
    )
    for bad in ({"x": 1.5}, {"x": {1: "a"}}, {"x": {1, 2}}):
        with pytest.raises(TypeError):
            chain.canonical(bad)


def test_commitment_needs_its_salt() -> None:
    """A commitment is the hash of a 32-byte salt and the bytes, and nothing shorter passes for a salt."""
    assert chain.commit(SALT, b"x") == sha256(SALT + b"x").digest()
    with pytest.raises(ValueError, match="32 bytes"):
        chain.commit(b"short", b"x")


def test_digits_are_six_groups_of_four() -> None:
    """A root reads as 24 decimal digits in six groups, with leading zeros kept."""
    assert chain.digits(bytes(31) + b"\x07") == "0000 0000 0000 0000 0000 0007"
    number = 4821_0937_5560_1284_7719_3046
    assert chain.digits((number + 3 * 10**24).to_bytes(32, "big")) == "4821 0937 5560 1284 7719 3046"
    with pytest.raises(ValueError, match="32 bytes"):
        chain.digits(b"short")
