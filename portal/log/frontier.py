"""A tree that grows leaf by leaf: the peaks of its full subtrees are all that must be remembered."""

from typing import TYPE_CHECKING

from portal.log import tree

if TYPE_CHECKING:
    from datetime import date


class Frontier:
    """The right edge of a Merkle tree (RFC 6962): at most log2(size) hashes, whatever its size."""

    def __init__(self) -> None:
        self.size = 0
        self.last = b""  # the newest leaf hash; in a chain it stands for everything before it
        self.day: date | None = None  # of the newest entry
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the next leaf hash."""
        carried, full = leaf, self.size
        while full & 1:
            carried, full = tree.node_hash(self._peaks.pop(), carried), full >> 1
        self._peaks.append(carried)
        self.size += 1
        self.last = leaf

    def root(self) -> bytes:
        """Return the root over all leaves so far; equal to `tree.root` over them."""
        if not self._peaks:
            return tree.EMPTY_ROOT
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = tree.node_hash(peak, found)
        return found
