"""Checks a village log without the portal: this one file and any Python from 3.9 on.

    python3 check_log.py 990101101.jsonl 4821 0937 5560 1284 7719 3046

The file is the download from the page /log; the digits are those of a sheet on the wall (none: only the chain is
checked). Each line is one entry; its hash is SHA-256(0x00 | line) and stands in the next line as `prev_hash`. The
digits are the root of the tree over all hashes (RFC 6962) modulo 10^24.

What an entry of a vote stands for can be downloaded too, from the page of the result. Give that file after the log's:

    python3 check_log.py 990101101.jsonl entry-990101101-17.json 4821 0937 5560 1284 7719 3046
"""

import hashlib
import json
import sys


def _add(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Add a leaf to the tree's peaks, the roots of its full subtrees from left to right."""
    while size & 1:
        leaf, size = hashlib.sha256(b"\x01" + peaks.pop() + leaf).digest(), size >> 1
    peaks.append(leaf)


def _digits(peaks: list[bytes]) -> str:
    """Return the 24 digits of the tree's root."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\x01" + peak + root).digest()
    return f"{int.from_bytes(root, 'big') % 10**24:024d}"


def opened(path: str, file: str) -> tuple[bool, str]:
    """Return (holds, sentence): whether what a file says an entry stands for is what the log's entry commits to."""
    with open(file, "rb") as content:  # noqa: PTH123 - runs anywhere
        said = json.loads(content.read())
    commit = hashlib.sha256(bytes.fromhex(said["salt"]) + said["body"].encode()).hexdigest()
    with open(path, "rb") as lines:  # noqa: PTH123
        for line in lines:
            entry = json.loads(line)
            if (entry["unit"], entry["seq"], entry["payload_commit"]) == (said["unit"], said["seq"], commit):
                return True, f"entry {entry['seq']} ({entry['kind']}, {entry['day']}) stands for {said['body']}"
    return False, "what the file says does not belong to this log"


def check(path: str, digits: str = "") -> tuple[bool, str]:
    """Return (holds, sentence). Without digits only the chain is checked."""
    peaks: list[bytes] = []
    before, size, unit, fits = bytes(32), 0, "", 0
    with open(path, "rb") as lines:  # noqa: PTH123 - runs anywhere
        for line in lines:
            entry = json.loads(line)
            unit = unit or entry["unit"]
            if entry["seq"] != size or entry["unit"] != unit or entry["prev_hash"] != before.hex():
                return False, f"entry {size} doesn't follow the one before it"
            before = hashlib.sha256(b"\x00" + line.rstrip(b"\r\n")).digest()
            _add(peaks, size, before)
            size += 1
            if digits and _digits(peaks) == digits:
                fits = size
    if not size:
        return False, "there is no entry in this file"
    if digits and not fits:
        return False, "the chain holds, but the digits are not those of this log, now or earlier"
    if digits:
        return True, f"the chain holds, and the digits are those of its first {fits} of {size} entries"
    return True, f"the chain holds: {size} entries, digits {_digits(peaks)}"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    files = [each for each in sys.argv[2:] if each.endswith(".json")]
    written = "".join(each for each in sys.argv[2:] if each not in files)
    results = [check(sys.argv[1], "".join(written.split())), *(opened(sys.argv[1], each) for each in files)]
    for holds, sentence in results:
        sys.stdout.write(("Good: " if holds else "Wrong: ") + sentence + "\n")
    sys.exit(0 if all(holds for holds, _ in results) else 1)
