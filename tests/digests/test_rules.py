"""What a digest holds and in which order; and its sentences."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.tasks import Task
from portal.digests import rules
from portal.digests.wording import Words, said
from portal.flags.tasks import CONFIRM_DETAILS, DETAILS, LATE_DETAIL, RETURNED
from portal.reports import tasks as report_tasks

TODAY = date(2026, 11, 25)
TASK = st.builds(
    Task, phrase=st.sampled_from(["Answer", "Look"]), act=st.just("Read"),
    endpoint=st.sampled_from(["reports.inbox", "flags.one"]), place=st.sampled_from(["柳河村", "石桥村"]),
    due=st.one_of(st.none(), st.dates(TODAY - timedelta(days=90), TODAY + timedelta(days=60))),
    values=st.fixed_dictionaries({"code": st.sampled_from(["990101100201", "990101100202"])}),
)


@given(tasks=st.lists(TASK, max_size=60), villages=st.integers(1, 40))
def test_every_act_within_14_days_stands_once_or_is_counted(tasks: list[Task], villages: int) -> None:
    """Nothing due is lost: it stands in one section, or in the number of those that found no room."""
    lines = [rules.act(task, ("清溪镇", "Qingxi"), TODAY) for task in tasks]
    kept, more = rules.sections(lines, TODAY, rules.room(villages))
    shown = [line for section in kept.values() for line in section]
    near = [task for task in tasks if task.due is None or task.due <= TODAY + timedelta(days=14)
            or task.endpoint in {"flags.one", "reports.inbox"}]
    assert len(shown) + more == len(near)
    assert len(shown) <= rules.room(villages)
    for section in kept.values():
        assert section == sorted(section, key=rules.order)
    assert all(line["due"] < TODAY.isoformat() for line in kept["late"])


@given(number=st.integers(1, 60))
def test_reports_are_told_in_bands(number: int) -> None:
    """Neither how many nor by when: a digest goes to people who may read no report, and into mail."""
    line = rules.act(Task(phrase="New reports: %(number)s", act="Read", endpoint="reports.inbox", place="清溪镇",
                          due=TODAY, params={"number": number}), ("清溪镇", "Qingxi"), TODAY)
    assert line["due"] is None
    assert line["params"]["number"]["band"] in {"1-4", "5-9", "10-19", "20+"}
    assert "to" in Words(str, english=True).phrase(line["phrase"], {"number": {"band": "1-4"}})


@given(task=TASK)
def test_a_look_at_a_village_stands_under_its_town(task: Task) -> None:
    """Acts about a flag never carry the village's name, and say which permission opens them."""
    line = rules.act(task, ("清溪镇", "Qingxi"), TODAY)
    assert (line["place"] == "清溪镇") == (task.endpoint == "flags.one")
    assert line["needs"] == ("flag:read" if task.endpoint == "flags.one" else "")


@pytest.mark.parametrize("endpoint", list(rules.PRIVATE))
@given(detail=st.sampled_from([*DETAILS.values(), *CONFIRM_DETAILS.values(), LATE_DETAIL, RETURNED]),
       ahead=st.integers(-40, 40))
def test_no_cause_and_no_day_tells_which_village_it_is(endpoint: str, detail: str, ahead: int) -> None:
    """A missed target, a late disclosure: with the public pages the cause and the day would name the village.

    And "the lowest grade" would tell a grade that was kept back. One sentence for all; a day only once it is over, by
    its week.
    """
    line = rules.act(Task(phrase="Decide", act="Read", endpoint=endpoint, detail=detail, place="柳河村",
                          due=TODAY + timedelta(days=ahead)), ("清溪镇", "Qingxi"), TODAY)
    assert line["detail"] == rules.WHERE_IT_STANDS
    assert (line["due"] is None) == (ahead >= 0)
    assert ahead >= 0 or date.fromisoformat(line["due"]).weekday() == 0
    kept, _ = rules.sections([line], TODAY, 8)
    assert kept["late" if ahead < 0 else "now"] == [line], "it is never lost sight of"


def test_a_row_is_called_what_it_counts() -> None:
    """The number of all late reports stands above it: a row of those that were looked at says that it is of those."""
    line = rules.act(Task(phrase=next(iter(rules.READ_ONES)), act="Look", endpoint="reports.inbox", place="",
                          params={"number": 2}), ("", ""), TODAY)
    assert line["phrase"].startswith("Reports already looked at")
    assert all(f'"{phrase}"' in Path(report_tasks.__file__).read_text("utf-8") for phrase in rules.READ_ONES)


@pytest.mark.parametrize("more", [0, 3])
def test_an_empty_part_claims_no_more_than_it_knows(more: int) -> None:
    """Reports never stand in it, decisions stand above it, and lines may have found no room: it says so."""
    body = {"first": "2026-11-16", "last": "2026-11-22", "made": "2026-11-23", "week": "2026-W47", "more": more,
            "counts": {"late": "5-9"}, "sections": {"now": [], "late": [], "coming": []}, "villages": []}
    empty = [none for _heading, none, _lines in
             said(body, {"name": "清溪镇", "name_en": "Qingxi Town"}, Words(str, english=True)).sections]
    assert empty[1:] == (["No room here: look at the desk."] * 2 if more else
                         ["Apart from reports, nothing is late.", "Nothing more falls due."])


def test_parameters_speak_the_language_of_the_reader() -> None:
    """A parameter in two languages is said in one; a marked phrase is translated; a number stays."""
    params = {"items": {"zh": "水电费", "en": "Water and power"}, "days": 3, "state": "open"}
    chinese = Words(lambda text: {"open": "开着"}.get(text, text), english=False)
    assert chinese.phrase("%(items)s %(days)s %(state)s", params) == "水电费 3 开着"
    assert Words(str, english=True).phrase("%(items)s %(days)s %(state)s", params) == "Water and power 3 open"
    assert chinese.day(date(2026, 11, 3)) == "11 月 3 日"


def test_lateness_is_said_in_whole_words() -> None:
    """A late act says how many days, and the heading on which day they were counted."""
    line = {"phrase": "Mid-year check", "params": {}, "detail": "", "act": "", "place": "", "place_en": "",
            "endpoint": "home.desk", "values": {}, "needs": ""}
    late = [{**line, "due": due} for due in ("2026-11-22", "2026-08-01")]
    body = {"first": "2026-11-16", "last": "2026-11-22", "made": "2026-11-23", "week": "2026-W47", "more": 0,
            "counts": {}, "sections": {"now": [], "late": late, "coming": []}, "villages": []}
    whole = said(body, {"name": "清溪镇", "name_en": "Qingxi Town"}, Words(str, english=True))
    assert whole.sections[1][0] == "Past their day on 23 November"
    assert [act.when for act in whole.lines] == ["one day late", "114 days late"]
