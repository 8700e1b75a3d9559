"""A case's messages with their words, as far as the key that an officer has open leads; else why they stay shut."""

from collections.abc import Sequence

from nacl.public import PrivateKey

from portal.places.models import Place
from portal.reports import keys, queries, renewal, resealing, sealing
from portal.reports.models import OfficeKey, Report
from portal.web.edge import edge, reading


def away_key(office: Place, talk: Sequence[queries.Sealed]) -> OfficeKey | None:
    """Return the offline key that a case's own words are sealed to for this office, or None; from its messages."""
    words = next((line.key_id for line in talk if line.message.number == 0), "")
    key = queries.offline_keys(reading(), office.id).get(words)
    return key if key and key.lost_on is None else None


def wanted_by_town(report: Report, village: Place) -> bool:
    """Tell whether the town has lost the key to a case and could read it again with its new one."""
    with edge().stores.vault.read() as vault:
        return resealing.needed(reading(), vault, village, report)


def opened_lines(opened: keys.Open | None, report: Report,
                 talk: Sequence[queries.Sealed]) -> list[tuple[queries.Sealed, sealing.Words | None, str]]:
    """Return each message with its words, or with why this office's key does not open it (rules.UNREADABLE)."""
    if opened is None:
        return []
    session = reading()
    halves = renewal.ring(session, opened)
    away = {key.id for key in queries.offline_keys(session, opened.place_id).values() if key.lost_on is None}
    read = [(line, *_read(halves, away, line)) for line in talk]
    if not any(why in {"none", "gone"} for _line, _words_, why in read):
        return read
    lost = queries.lost_keys(session)
    with edge().stores.vault.read() as vault:
        copies = queries.sealed_for(vault, report.id)
    return [(line, words, "lost" if why in {"none", "gone"} and copies.get(line.message.number, {""}) <= lost else why)
            for line, words, why in read]


def _read(halves: dict[str, PrivateKey], away: set[str], line: queries.Sealed) -> tuple[sealing.Words | None, str]:
    if line.text is None:
        return None, "none"
    if line.key_id in away:
        return None, "offline"
    if line.key_id not in halves:
        return None, "gone"
    try:
        return sealing.Words.of(sealing.unseal(halves[line.key_id], line.text)), ""
    except sealing.Unreadable:
        return None, "damaged"
