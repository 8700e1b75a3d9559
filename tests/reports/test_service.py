"""Filing, sealing, reading, clocks, the rule's weeks: on real stores."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from nacl.public import PrivateKey
from sqlmodel import select

from portal.config import Config
from portal.core.clock import add_weeks, local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.log.models import LogEntry
from portal.reports import (
    access,
    clocks,
    figures,
    keys,
    pace,
    queries,
    receipts,
    requests,
    rules,
    sealing,
    service,
    voices,
)
from portal.reports.models import OfficeKeyCopy, ReceiptPace, Report, ReportBody, Unlocked
from portal.reports.sealing import Words
from portal.reports.tasks import tasks
from portal.slips import peppers
from tests.conftest import NOW
from tests.factories.places import District
from tests.reports.conftest import STORY, FileAt, Offices

WEEK = service.week_of(NOW)


def private_key(offices: Offices, short: str) -> PrivateKey:
    with offices.stores.portal.read() as session:
        copy = session.exec(select(OfficeKeyCopy).where(
            OfficeKeyCopy.person_id == offices.actor(short).person_id)).one()
        return keys.unwrap(copy, offices.passphrases[short])


def words(stores: Stores, report: Report, reader: str, private: PrivateKey) -> list[str]:
    with stores.vault.read() as vault:
        talk = queries.talk(vault, report.id, reader)
    return [Words.of(sealing.unseal(private, line.text)).text for line in talk if line.text]


def test_two_offices(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Town, district and reporter each open their own copy; the town's loss touches no other, and is named."""
    report, receipt, _ = file_report()
    assert words(stores, report, "town", private_key(offices, "qingxi")) == [STORY]
    assert words(stores, report, "reporter", receipt.key) == [STORY]
    with stores.vault.write() as vault:
        body = vault.get(ReportBody, (report.id, 0, 0, "town"))
        body.sealed = body.sealed[:-1] + bytes([body.sealed[-1] ^ 1])
        vault.add(body)
    with pytest.raises(sealing.Unreadable):
        words(stores, report, "town", private_key(offices, "qingxi"))
    assert words(stores, report, "district", private_key(offices, "district")) == [STORY]


def test_another_towns_key_opens_nothing(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """A key opens only what was sealed to it."""
    report, _, _ = file_report()
    for reader in ("town", "district", "reporter"):
        with pytest.raises(sealing.Unreadable):
            words(stores, report, reader, private_key(offices, "baisha"))


def test_a_report_about_the_town_reaches_only_the_district(stores: Stores, offices: Offices,
                                                           file_report: FileAt) -> None:
    """Where people of the town are involved there is no town copy, and the town's list does not show the case."""
    report, _, _ = file_report(town_involved=True)
    with stores.vault.read() as vault:
        readers = set(vault.exec(select(ReportBody.reader).where(ReportBody.report_id == report.id)).all())
        assert readers == {"district", "reporter"}
        assert not queries.inbox(vault, [report.village_id], "town")
        assert queries.one(vault, report.id, [report.village_id], "town") is None
        assert queries.inbox(vault, [report.village_id], "district")


def test_the_same_form_sent_twice_is_one_report(stores: Stores, file_report: FileAt) -> None:
    """A resend changes nothing; the same form with other words adds them once."""
    attempt = receipts.new_attempt()
    first, receipt, digits = file_report(attempt=attempt)
    again, _, same = file_report(attempt=attempt)
    assert (first.id, digits) == (again.id, same)
    for _ in range(2):
        file_report(attempt=attempt, text="补充：工头是邻村的")
    with stores.vault.read() as vault:
        assert len(vault.exec(select(Report)).all()) == 1
    assert words(stores, first, "reporter", receipt.key) == [STORY, "补充：工头是邻村的"]


def test_without_any_office_key_nothing_is_taken(stores: Stores, district: District, config) -> None:
    """What nobody could seal is not stored open: the sender is told so."""
    receipt = receipts.derive(config.secrets["receipt"], receipts.for_attempt(b"x" * 32, receipts.new_attempt()))
    with pytest.raises(Refused), stores.vault.write() as vault:
        service.file_at(vault, NOW, service.Filing(district["liuhe"].id, "money", Words(STORY)), [], receipt, b"k" * 32)
    with stores.vault.read() as vault:
        assert not vault.exec(select(Report)).all()


def test_only_the_week_is_kept(stores: Stores, file_report: FileAt) -> None:
    """No column of the vault holds a day or a moment of anybody's report."""
    file_report()
    for table in stores.vault.metadata.sorted_tables:
        for column in table.columns:
            assert "DATE" not in str(column.type).upper(), f"{table.name}.{column.name}"
    with stores.vault.read() as vault:
        assert vault.exec(select(Report.week)).one() == WEEK


def test_a_talk_goes_both_ways(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """A question reaches the reporter sealed, the answer both offices; sending the answer twice adds it once."""
    report, receipt, _ = file_report()
    town, readers = offices.district["qingxi"], offices.readers("liuhe")
    with stores.vault.write() as vault:
        service.write_back(vault, NOW, vault.get(Report, report.id), town, "question", "是哪几天干的", readers)
    for _ in range(2):
        with stores.vault.write() as vault:
            service.answer(vault, NOW, vault.get(Report, report.id), receipt, readers, "八月初五六", "a" * 32)
        with stores.vault.write() as vault:
            service.release(vault, [report.village_id])
    said = [STORY, "是哪几天干的", "八月初五六"]
    assert words(stores, report, "reporter", receipt.key) == said
    assert words(stores, report, "town", private_key(offices, "qingxi")) == said
    assert words(stores, report, "district", private_key(offices, "district")) == said


def test_a_question_for_a_name_is_refused(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Staff can't ask who somebody is."""
    report, _, _ = file_report()
    with pytest.raises(Refused), stores.vault.write() as vault:
        service.write_back(vault, NOW, vault.get(Report, report.id), offices.district["qingxi"], "question",
                           "您叫什么名字",
                           offices.readers("liuhe"))


def test_a_case_goes_through_its_states_and_ends(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Looked at, accepted, more time once, closed with an outcome; after that nothing is written."""
    report, _, _ = file_report()
    town, readers, actor = offices.district["qingxi"], offices.readers("liuhe"), offices.actor("qingxi")
    with stores.vault.write() as vault:
        row = vault.get(Report, report.id)
        service.look(vault, NOW, row)
        service.accept(vault, NOW, row)
        service.extend(vault, NOW, row, town, "要等审计", readers)
        with pytest.raises(Refused):
            service.extend(vault, NOW, row, town, "再等", readers)
        service.close(vault, NOW, actor, row, town, "partly", "有一笔没有凭证，已退回", readers)
        with pytest.raises(Refused):
            service.write_back(vault, NOW, row, town, "note", "还有", readers)
        assert (row.state, row.outcome, row.closed_week) == ("closed", "partly", WEEK)


def test_a_fact_counts_only_when_two_offices_found_it(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """One person, or two of one office, don't make a confirmed particular."""
    report, _, _ = file_report()
    village = report.village_id

    def counted() -> tuple[int, int, int]:
        with stores.vault.read() as vault:
            week = figures.weeks(vault, [village], WEEK, WEEK)[village][0]
        return week.confirmed, week.particulars, week.serious_particulars

    town, above = offices.district["qingxi"], offices.district["district"]
    with stores.vault.write() as vault:
        service.find_particular(vault, NOW, offices.actor("qingxi"), vault.get(Report, report.id), town, "ledger")
    assert counted() == (1, 0, 0)
    with pytest.raises(Refused), stores.vault.write() as vault:
        service.find_particular(vault, NOW, offices.actor("qingxi"), vault.get(Report, report.id), town, "ledger")
    with stores.vault.write() as vault:
        service.find_particular(vault, NOW, offices.actor("district"), vault.get(Report, report.id), above, "ledger")
    assert counted() == (1, 1, 1)
    for actor, office in ((offices.actor("qingxi"), town), (offices.actor("district"), above)):
        with stores.vault.write() as vault:
            service.find_particular(vault, NOW, actor, vault.get(Report, report.id), office, "sum")
    assert counted() == (1, 1, 1), "more was found of the same report: it stays one fact"


def test_weeks_collapse_pasted_reports_and_leave_praise_out(stores: Stores, file_report: FileAt) -> None:
    """Ten pasted copies are one; praise and roads are no complaints; voice slips count each."""
    for number in range(10):
        report, _, _ = file_report(text=f"{STORY}。{number}")
    file_report(text="低保名单里有两户在城里买了房", category="benefits")
    file_report(category="word", text="路修得好")
    file_report(channel="voice")
    file_report(channel="voice", category="manner", text="办事要看脸色")
    with stores.vault.read() as vault:
        earlier, this = figures.weeks(vault, [report.village_id], add_weeks(WEEK, -1), WEEK)[report.village_id]
    assert (earlier.voice, earlier.open_rest) == (0, 0)
    assert (this.voice, this.serious_voice, this.open_rest, this.confirmed) == (2, 1, 2, 0)


def test_clocks_rise_once_and_the_week_reaches_the_log_once(stores: Stores, offices: Offices,
                                                            file_report: FileAt) -> None:
    """However often the clocks run: one mark for each clock, one log entry for each town and week."""
    old = NOW - timedelta(weeks=5)
    report, _, _ = file_report(now=old)
    first, second = clocks.tick(stores, NOW), clocks.tick(stores, NOW)
    assert first.escalated == 1
    assert (second.escalated, second.weeks) == (0, 0)
    with stores.vault.read() as vault:
        assert vault.get(Report, report.id).escalated == "first_look"
    with stores.portal.read() as session:
        entries = session.exec(select(LogEntry).where(LogEntry.kind == "reports:week")).all()
    qingxi = [entry for entry in entries if entry.unit == offices.district["qingxi"].unit]
    assert len(qingxi) == 4, "weeks -5 to -2: counts come two weeks late"
    with stores.portal.read() as session:
        lines = tasks(stores, session, offices.actor("district"), NOW)
    assert [line.params["number"] for line in lines if "past their day" in line.phrase] == [1]


def test_desk_lines_hold_no_word_of_a_report(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Lines count; they never quote."""
    file_report()
    with stores.portal.read() as session:
        lines = tasks(stores, session, offices.actor("qingxi"), NOW)
    assert lines
    assert not any(STORY[:4] in repr(line) for line in lines)


def test_complaints_never_go_to_the_village(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Only what is harmless can be handed to the clerk, once, and its answer comes back."""
    complaint, _, _ = file_report()
    lamp, _, _ = file_report(category="services", text="三组路口的灯坏了")
    village, office = offices.district["liuhe"], offices.district["qingxi"]
    with stores.portal.write() as session:
        with pytest.raises(Refused):
            requests.ask(session, NOW, village, office, complaint, "看看账")
        asked = requests.ask(session, NOW, village, office, lamp, "修一下三组路口的灯")
        with pytest.raises(LookupError):
            requests.answer(session, offices.actor("qingxi"), NOW, offices.district["shiqiao"], asked.id, "好")
        with pytest.raises(Refused, match="has not answered"):
            requests.publish(session, NOW, village, asked)
        requests.answer(session, offices.actor("qingxi"), NOW, village, asked.id, "周五换好")
        requests.publish(session, NOW, village, asked)
        requests.publish(session, NOW, village, asked)  # once, however often
        assert [row.id for row in queries.published_answers(session, village.id)] == [asked.id]
        kinds = list(session.exec(select(LogEntry.kind)).all())
        assert kinds.count("answer:published") == 1
        assert queries.request_for(session, lamp.id).answer == "周五换好"


def test_unlock_expires(stores: Stores, offices: Offices) -> None:
    """After a quarter of an hour, with another's cookie, or after locking, nothing opens; the row alone never does."""
    actor, office = offices.actor("qingxi"), offices.district["qingxi"]
    with stores.portal.write() as session:
        with pytest.raises(Refused):
            keys.tried(session, actor, office, "six wrong words that open nothing")
        held = keys.unlock(session, NOW, actor, office,
                           keys.tried(session, actor, office, offices.passphrases["qingxi"].upper()), 15, "new")
    with stores.portal.read() as session:
        assert keys.opened(session, NOW + timedelta(minutes=14), actor, held) is not None
        assert keys.opened(session, NOW + timedelta(minutes=15), actor, held) is None
        assert keys.opened(session, NOW, actor, "00" * 32) is None
        assert keys.opened(session, NOW, actor, "") is None
        assert keys.opened(session, NOW, offices.actor("qingxi", "s2"), held) is None
        row = session.exec(select(Unlocked)).one()
        assert bytes(private_key(offices, "qingxi")) not in row.blob
        noted, _count = access.openings(session, office.path, ())
        assert [(person.id, opening.report_id, opening.day, opening.why) for opening, person, _ in noted] == [
            (actor.person_id, None, local_day(NOW), "new")]
    clocks.tick(stores, NOW + timedelta(minutes=16))
    with stores.portal.read() as session:
        assert session.exec(select(Unlocked)).first() is None


def test_words_that_were_replaced_meanwhile_open_nothing(stores: Stores, offices: Offices) -> None:
    """Between trying the words and opening, a copy with new words may be made, or a new key: then it stays shut."""
    actor, office = offices.actor("qingxi"), offices.district["qingxi"]
    with stores.portal.write() as session:
        right = keys.tried(session, actor, office, offices.passphrases["qingxi"])
        keys.wrap_for(session, right.private, right.key_id, actor.person_id, keys.fresh())
        with pytest.raises(Refused):
            keys.unlock(session, NOW, actor, office, right, 15, "new")


def test_a_colleagues_copy_has_its_own_words(stores: Stores, offices: Offices) -> None:
    """Each officer has a passphrase of their own; making a second key for an office is refused."""
    private = private_key(offices, "qingxi")
    colleague = offices.district.person("town_office", "qingxi")
    with stores.portal.write() as session:
        key = queries.active_key(session, offices.district["qingxi"].id)
        theirs = keys.wrap_for(session, private, key.id, colleague.id, keys.fresh())
        assert theirs != offices.passphrases["qingxi"]
        assert len(theirs.split()) == keys.WORDS
        copy = session.get(OfficeKeyCopy, (key.id, colleague.id))
        assert bytes(keys.unwrap(copy, theirs)) == bytes(private)
        with pytest.raises(Refused):
            keys.unwrap(copy, offices.passphrases["qingxi"])
        with pytest.raises(Refused):
            keys.make_key(session, NOW, offices.district["qingxi"], colleague.id, keys.fresh())


def test_receipt_guessing(stores: Stores, file_report: FileAt, config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of wrong receipts is held to two a second; a right one that stood in line still gets its answer."""
    report, _, digits = file_report()
    secret, looked, waiting, waits = config.secrets["receipt"], [], [], []
    real = receipts.derive
    cheap = receipts.derive(secret, "0000000000000000")

    def derive(key: bytes, text: str) -> receipts.Receipt:
        looked.append(text)
        return real(key, text) if text == digits else cheap

    monkeypatch.setattr(pace, "derive", derive)
    busy = 0

    def guess(moment: datetime, text: str, place: str = "") -> None:
        nonlocal busy
        try:
            assert pace.find(stores, moment, secret, text, issued=False, place=place) is None
        except pace.Busy as told:
            busy += 1
            waits.append(told.wait)
            if told.place:
                waiting.append((moment + timedelta(seconds=told.wait), text, told.place))

    for number in range(2_000):
        moment = NOW + timedelta(milliseconds=5 * number)
        for due in [each for each in waiting if each[0] <= moment]:
            waiting.remove(due)
            guess(moment, *due[1:])
        guess(moment, f"{number:016d}")
    assert 2 * 9 <= len(looked) <= 2 * 10 + 2 * 5 + 2
    assert busy > 1_900
    assert 0 < min(waits) <= max(waits) <= rules.LONGEST_WAIT
    assert pace.find(stores, moment, secret, digits, issued=True) is not None
    with stores.vault.read() as vault:
        free = datetime.fromtimestamp(pace.line(vault), UTC)
    with pytest.raises(pace.Busy) as told:
        pace.find(stores, free - timedelta(seconds=4), secret, digits, issued=False)
    for early in (3, 1):
        with pytest.raises(pace.Busy) as again:
            pace.find(stores, free - timedelta(seconds=early), secret, digits, issued=False, place=told.value.place)
        assert again.value.place == told.value.place, "who presses too early keeps the place"
    found = pace.find(stores, free + timedelta(seconds=1), secret, digits, issued=False, place=told.value.place)
    assert found is not None
    assert found[0].id == report.id


def test_a_place_in_the_line_is_for_these_digits_and_a_minute(stores: Stores, offices: Offices, config) -> None:
    """A place opens nothing for other digits, made-up ones nothing at all, and none is saved up for later."""
    secret = config.secrets["receipt"]
    with stores.vault.write() as vault:
        vault.merge(ReceiptPace(id=1, next_at=NOW.timestamp() + 2))
    with pytest.raises(pace.Busy) as told:
        pace.find(stores, NOW, secret, "0" * 16, issued=False)
    stood = told.value.place
    for moment, text, place in ((3, "1" * 16, stood), (0, "0" * 16, f"1.0.{stood[-32:]}"),
                                (0, "0" * 16, "\u00b2.\udc80"), (65, "0" * 16, stood)):
        with stores.vault.write() as vault:
            vault.merge(ReceiptPace(id=1, next_at=NOW.timestamp() + moment + 2))
        with pytest.raises(pace.Busy) as again:
            pace.find(stores, NOW + timedelta(seconds=moment), secret, text, issued=False, place=place)
        assert again.value.place not in {"", place}
    assert pace.find(stores, NOW + timedelta(seconds=3), secret, "0" * 16, issued=False, place=stood) is None


def test_no_more_voice_slips_than_adults(stores: Stores, district: District, config: Config) -> None:
    """However many print at once, a village has at most one voice slip for each adult and year."""
    village, folder = district["dongling"], peppers.folder_of(config.instance)

    def issue(_number: int) -> int:
        try:
            return len(voices.issue(stores, NOW, folder, village, 2026, 100))
        except Refused:
            return 0

    with ThreadPoolExecutor(4) as several:
        assert sum(several.map(issue, range(4))) == 200 <= village.adults


def test_the_logs_tell_no_order(stores: Stores, file_report: FileAt) -> None:
    """After filing and a rewrite nothing of the order in which reports came is left in the vault's pages."""
    ids = [file_report(text=f"第 {number} 件，账对不上")[0].id for number in range(12)]
    stores.vault.rewrite()
    assert stores.vault.file is not None
    assert stores.vault.file.with_name(stores.vault.file.name + "-wal").stat().st_size == 0
    content = stores.vault.file.read_bytes()
    places = [content.find(one.encode()) for one in ids]
    in_order = sorted(range(12), key=lambda at: places[at])
    assert in_order != list(range(12))
