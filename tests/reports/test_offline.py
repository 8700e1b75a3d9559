"""The gravest reports: sealed to keys that never touch the server, taken away as files, opened elsewhere."""

import io
import json
import re
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey
from sqlmodel import select

from portal import opening
from portal.ballots import shares
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.places import service as places
from portal.reports import offline, queries, sealing, service
from portal.reports.models import Opening, Report, ReportBody
from portal.reports.tasks import tasks
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices, picture, write_to
from tests.reports.test_renewal import opened, rotate, unlock
from tests.visitor import Villager

LATER = "昨天晚上他又来了"


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def bring(offices: Offices, short: str = "district") -> PrivateKey:
    """Make an office's offline key and bring its public half; return the private half, which only the test has."""
    private = PrivateKey.generate()
    public = bytes(private.public_key)
    key = opened(offices, short)
    with offices.stores.portal.write() as session:
        offline.put_key(session, NOW, offices.district[short], public, offline.fingerprint(public), key)
    return private


def asked(**given: Any) -> Namespace:
    """What the command line hands over when only these were given."""
    names = ("sealed", "key", "share", "new_key", "shares", "photos", "answer", "question", "out", "for_town")
    return Namespace(**{**dict.fromkeys(names), "json": False, "english": False, **given})


def copies(stores: Stores, report: Report, number: int = 0) -> dict[str, ReportBody]:
    with stores.vault.read() as vault:
        rows = [vault.get(ReportBody, (report.id, number, 0, reader)) for reader in ("town", "district", "reporter")]
    return {row.reader: row for row in rows if row is not None}


def test_the_gravest_words_open_with_no_key_that_the_server_ever_held(stores: Stores, offices: Offices,
                                                                      file_grave: FileAt) -> None:
    """A threat is sealed to the district's offline key alone; no unlocked key opens it. Lesser reports stay as ever."""
    private = bring(offices)
    grave, _, _ = file_grave()
    assert set(copies(stores, grave)) == {"district", "reporter"}
    assert grave.offline
    assert not grave.to_town, "the town could open it on the server: the case is the district's"
    sealed = copies(stores, grave)["district"].sealed
    for short in ("district", "qingxi"):
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(opened(offices, short).private, sealed)
    assert sealing.Words.of(sealing.unseal(private, sealed)).text == STORY
    lesser, _, _ = file_grave(category="money")
    assert set(copies(stores, lesser)) == {"town", "district", "reporter"}
    assert sealing.unseal(opened(offices, "district").private, copies(stores, lesser)["district"].sealed)


def test_a_town_with_a_key_of_its_own_gets_its_copy(stores: Stores, offices: Offices, file_grave: FileAt) -> None:
    """Where the town has an offline key too, both read, each with its own key; neither can bury it."""
    district, town = bring(offices), bring(offices, "qingxi")
    grave, _, _ = file_grave()
    found = copies(stores, grave)
    assert grave.to_town
    for reader, private in (("district", district), ("town", town)):
        assert sealing.Words.of(sealing.unseal(private, found[reader].sealed)).text == STORY


def test_without_a_key_of_the_district_all_goes_as_before(stores: Stores, offices: Offices,
                                                          file_grave: FileAt) -> None:
    """No report waits for an offline key: until there is one, the desk keys take the gravest too."""
    grave, _, _ = file_grave()
    assert not grave.offline
    assert set(copies(stores, grave)) == {"town", "district", "reporter"}
    with stores.portal.read() as session:
        phrases = [line.phrase for line in tasks(stores, session, offices.actor("district"), NOW)]
    assert any("gravest" in phrase for phrase in phrases), "the desk asks the district for it"
    bring(offices)
    with stores.portal.read() as session:
        phrases = [line.phrase for line in tasks(stores, session, offices.actor("district"), NOW)]
    assert not any("gravest" in phrase for phrase in phrases)


def test_how_grave_it_must_be_is_a_setting(stores: Stores, offices: Offices, official, villager: Villager) -> None:
    """A district that wants to read reports of severity 4 offline sets it; the page then seals them so."""
    bring(offices)
    with stores.portal.write() as session:
        places.set_value(session, NOW, offices.district["district"], "reports.offline_severity", 4, NOW.date(), None,
                         "the gravest and the books")
    write_to(villager, "liuhe", prefix="/en")
    assert "Only the district" in villager.text
    assert "a machine without a network" in villager.text
    villager.post("/en/v/liuhe/say", {"go": "send"}, content_type="multipart/form-data")
    assert "the district’s discipline officer, nobody of the town" in villager.text.replace("&#39;", "'")
    with stores.vault.read() as vault:
        report = queries.inbox(vault, [offices.district["liuhe"].id], "district", waiting=True)[0]
    assert report.offline
    assert set(copies(stores, report)) == {"district", "reporter"}


def test_answers_go_their_usual_way(stores: Stores, offices: Offices, file_grave: FileAt) -> None:
    """What the reporter adds is sealed away as the report is; what the office writes opens at the desk."""
    private = bring(offices)
    grave, receipt, _ = file_grave()
    village = offices.district["liuhe"]
    with stores.portal.read() as session:
        away, usual = queries.office_readers(session, village, offline=True), queries.office_readers(session, village)
    with stores.vault.write() as vault:
        row = vault.get(Report, grave.id)
        service.answer(vault, NOW, row, receipt, away, LATER, "1" * 32)
        service.write_back(vault, NOW, row, offices.district["district"], "note", "我们看了", usual)
    reply, answer = copies(stores, grave, 1), copies(stores, grave, 2)
    assert sealing.Words.of(sealing.unseal(private, reply["district"].sealed)).text == LATER
    halves = opened(offices, "district").private
    assert sealing.Words.of(sealing.unseal(halves, answer["district"].sealed)).text == "我们看了"
    assert sealing.Words.of(sealing.unseal(receipt.key, answer["reporter"].sealed)).text == "我们看了"


def test_a_key_is_brought_with_its_digits(stores: Stores, offices: Offices) -> None:
    """Digits of another key, a key that is none, a closed desk key, a key of before: each is refused in words."""
    public = bytes(PrivateKey.generate().public_key)
    place, key, towns = offices.district["district"], opened(offices, "district"), opened(offices, "qingxi")
    with stores.portal.write() as session:
        for given, digits, held, why in (
            (public, offline.fingerprint(b"x" * 32), key, "digits"),
            (public, offline.fingerprint(public), None, "Open"),
            (public, offline.fingerprint(public), towns, "Open"),
        ):
            with pytest.raises(Refused, match=why):
                offline.put_key(session, NOW, place, given, digits, held)
        first = offline.put_key(session, NOW, place, public, offline.fingerprint(public).replace(" ", ""), key)
        with pytest.raises(Refused, match="used before"):
            offline.put_key(session, NOW, place, public, offline.fingerprint(public), key)
        second = bytes(PrivateKey.generate().public_key)
        offline.put_key(session, NOW, place, second, offline.fingerprint(second), key)
        assert first.retired_on == NOW.date()
        assert queries.active_key(session, place.id, offline=True).public == second
        assert not queries.active_key(session, place.id).offline
    for text in ("", "12", "zz" * 32, "00" * 32):
        with pytest.raises(Refused):
            offline.read_public(text)


def test_from_the_offline_machine_to_the_reading_of_a_threat(official, villager: Villager, stores: Stores,
                                                             offices: Offices, tmp_path: Path, monkeypatch,
                                                             capsys) -> None:
    """The whole way by pages and commands: key made and brought, a threat told, its file taken, opened, answered."""
    opening.open_main(asked(new_key=tmp_path / "office.json", shares=tmp_path / "shares", json=True))
    made = json.loads(capsys.readouterr().out)
    district = official("district_discipline")
    unlock(district, "district", offices.passphrases["district"])
    district.get("/desk/district/office-key/offline")
    assert district.post("/desk/district/office-key/offline",
                         {"public": made["public"], "digits": "0000 0000 0000 0000 0000"}).status_code == 422
    assert district.post("/desk/district/office-key/offline",
                         {"public": made["public"], "digits": made["fingerprint"]}).status_code == 303
    district.get("/en/desk/district/office-key/offline")
    assert made["fingerprint"] in district.text
    district.get("/en/log")
    write_to(villager, "liuhe", category="threat", photo=(io.BytesIO(picture()), "a.jpg"))
    villager.post("/v/liuhe/say", {"go": "send"}, content_type="multipart/form-data")
    with stores.vault.read() as vault:
        report = queries.inbox(vault, [offices.district["liuhe"].id], "district")[0]
    case = f"/en/desk/district/reports/{report.id}"
    district.get(case)
    assert STORY not in district.text
    assert "be opened here" in district.text
    assert f"portal open case-{report.id}.sealed" in district.text
    assert f"{case}/photo/0/1" not in district.text
    assert district.post(case, {"act": "write", "text": "我们看了", "kind": "note"}).status_code == 422
    assert state(stores, report) == "received", "nobody has read it: the clock of the first look goes on"
    file = district.post(f"{case}/sealed")
    assert file.status_code == 200
    assert STORY.encode() not in file.data
    assert state(stores, report) == "looked"
    sealed = tmp_path / "a.sealed"
    sealed.write_bytes(file.data)
    monkeypatch.setattr("sys.stdin", io.StringIO(made["words"] + "\n"))
    opening.open_main(asked(sealed=sealed, key=[tmp_path / "office.json"], photos=tmp_path / "photos"))
    assert STORY in capsys.readouterr().out
    assert len(list((tmp_path / "photos").iterdir())) == 1
    pair = [tmp_path / "shares" / name for name in ("share-3.txt", "share-1.txt")]
    opening.open_main(asked(sealed=sealed, share=pair, json=True))
    assert json.loads(capsys.readouterr().out)["messages"][0]["text"] == STORY
    district.get(case)
    assert district.post(case, {"act": "write", "text": "我们看了", "kind": "note"}).status_code == 303
    assert "我们看了" in district.get(case).get_data(as_text=True)
    with stores.portal.read() as session:
        assert "fetched" in set(session.exec(select(Opening.kind)).all())


def state(stores: Stores, report: Report) -> str:
    with stores.vault.read() as vault:
        return vault.get(Report, report.id).state


def test_only_the_district_takes_its_files(official, stores: Stores, offices: Offices, file_grave: FileAt) -> None:
    """The town, the village and whoever is kept out of a case get no file; a lesser report has none."""
    bring(offices)
    grave, _, _ = file_grave()
    lesser, _, _ = file_grave(category="money")
    town = official("town_discipline")
    assert town.post(f"/desk/qingxi/reports/{grave.id}/sealed").status_code == 404
    assert official("secretary").post(f"/desk/liuhe/reports/{grave.id}/sealed").status_code == 403
    district = official("district_discipline")
    assert district.post(f"/desk/district/reports/{lesser.id}/sealed").status_code == 404
    assert district.post(f"/desk/district/reports/{grave.id}/sealed").status_code == 200
    with stores.portal.read() as session, stores.vault.read() as vault:
        known = queries.offline_keys(session, offices.district["district"].id)
        told = offline.sealed_file(vault, grave, "district", known, []).decode()
    for word in ("threat", offices.district["liuhe"].id, "reporter"):
        assert word not in told, "a stick that is found tells neither village nor kind"


def test_a_replaced_key_is_named_until_its_cases_are_over(official, stores: Stores, offices: Offices,
                                                          file_grave: FileAt) -> None:
    """The desk says which old key cases in hand still need, and which is to be destroyed."""
    bring(offices)
    grave, _, _ = file_grave()
    bring(offices)
    district = official("district_discipline")
    district.get("/en/desk/district/office-key/offline")
    assert "keep it" in district.text
    with stores.vault.write() as vault:
        row = vault.get(Report, grave.id)
        row.state, row.closed_week = "closed", "2026-W20"
        vault.add(row)
    district.get("/en/desk/district/office-key/offline")
    assert "destroy the file" in district.text
    assert district.post(f"/desk/district/reports/{grave.id}/sealed").status_code == 200, "its old copies stay its own"


def test_a_new_desk_key_leaves_the_gravest_alone(stores: Stores, offices: Offices, file_grave: FileAt) -> None:
    """Renewing the desk key touches no offline key."""
    private = bring(offices)
    rotate(offices, "district")
    grave, _, _ = file_grave()
    assert sealing.unseal(private, copies(stores, grave)["district"].sealed)


def test_what_goes_wrong_on_the_other_machine_is_said(tmp_path: Path, monkeypatch, capsys) -> None:
    """Wrong words, another key, a broken file, nothing given, a share of a ballot box: one sentence each."""
    opening.open_main(asked(new_key=tmp_path / "k.json", shares=tmp_path / "s", json=False))
    words = re.search(r"only now: ([a-z ]+)", capsys.readouterr().out)[1]
    assert words not in (tmp_path / "k.json").read_text()
    with pytest.raises(offline.OpenError, match="exists already"):
        opening.open_main(asked(new_key=tmp_path / "k.json"))
    with pytest.raises(offline.OpenError, match="give the sealed file"):
        opening.open_main(asked())

    def failing(sealed: Path, match: str, typed: str = words, **given: Any) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        with pytest.raises(ValueError, match=match):
            opening.open_main(asked(sealed=sealed, **({"key": [tmp_path / "k.json"]} | given)))

    other = bytes(PrivateKey.generate().public_key)
    part = {"part": 0, "key": offline.fingerprint(other), "sealed": ""}
    (tmp_path / "f").write_text(json.dumps({"format": 1, "case": "c" * 16, "messages": [
        {"number": 0, "kind": "report", "week": "2026-W48", "parts": [part]}]}))
    (tmp_path / "broken").write_text('{"messages": 3}')
    failing(tmp_path / "f", "opens with the key " + offline.fingerprint(other))
    failing(tmp_path / "f", "do not open", typed="six other words that are wrong")
    failing(tmp_path / "broken", "is not a sealed file")
    failing(tmp_path / "none", "is missing")
    failing(tmp_path / "f", "not the key file", key=[tmp_path / "broken"])
    box = [tmp_path / f"box-{share.number}.txt" for share in shares.split(PrivateKey.generate())]
    for path, share in zip(box, shares.split(PrivateKey.generate()), strict=True):
        path.write_text(share.text)
    failing(tmp_path / "f", "of a ballot box", key=None, share=box[:2])
