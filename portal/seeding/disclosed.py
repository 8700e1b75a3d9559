"""Invented content for any item of the catalogue, made of the samples in `seed/openness-demo.toml`."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portal.config import ROOT
from portal.disclosures.content import Content
from portal.disclosures.entries import Field, Item
from portal.disclosures.periods import Period
from portal.places.models import Place
from portal.roles import Actor

DATA = tomllib.loads((ROOT / "seed" / "openness-demo.toml").read_text("utf-8"))
SIZE = {"liuhe": 1.0, "shiqiao": 1.4, "dongling": 0.25, "nanwan": 0.8, "xinglin": 1.35}
DECIDED = "村民代表会议"


@dataclass
class Village:
    """A village while its year is being written: its people, its own luck."""

    short: str
    place: Place
    town: str
    clerk: Actor
    checker: Actor
    secretary: Actor
    random: Random
    voucher: int = 0

    def words(self, year: int) -> dict[str, object]:
        """Return what stands for the names in a sample."""
        self.voucher += 1
        a, b, c, d = DATA["villages"][self.short]["others"]
        return {"secretary": self.secretary.name, "clerk": self.clerk.name, "supervision": self.checker.name,
                "town": self.town, "a": a, "b": b, "c": c, "d": d, "year": year, "n": f"{self.voucher % 100:02d}"}

    def name(self) -> str:
        """Return somebody's invented name."""
        return str(self.random.choice(DATA["surnames"])) + str(self.random.choice(DATA["given"]))

    def near(self, amount: str, *, fen: bool) -> str:
        """Return a figure near another, in the village's size; whole but for sums that have fen already."""
        luck = Decimal(self.random.randrange(820, 1180)) / 1000
        value = Decimal(amount) * Decimal(str(SIZE[self.short])) * luck
        return f"{value:.2f}" if fen and "." in amount else f"{max(1, round(value))}" + (".00" if fen else "")


def made(village: Village, item: Item, period: Period | None, day: date, number: int = 0) -> Content:
    """Return invented content for any item of the catalogue."""
    sample = DATA["items"][item.code]
    keys, lines = sample["fields"].split("|"), sample["rows"].strip().splitlines()
    rows = SPECIAL[item.code](village, period, day) if item.code in SPECIAL else [
        _row(village, item, keys, line, period, day) for line in lines]
    titles = sample.get("titles", ())
    title = titles[number % len(titles)] if titles else ""
    decision = {}
    if item.decision_required:
        decided = min(day, village.place.opened_on) if item.cycle == "standing" else day - timedelta(days=1)
        decision = {"body": DECIDED, "day": decided.isoformat(), "eligible": "50", "present": "46", "votes_for": "44",
                    "votes_against": "2"}
    happened = day if item.cycle == "event" else None
    if item.shape != "table":
        return Content(rows[number % len(rows)], title=title, decision=decision, event_date=happened)
    if item.cycle == "event" and len(titles) > 1 and len(rows) == len(titles):
        rows = [rows[number % len(rows)]]
    return Content(rows=rows, title=title, decision=decision, event_date=happened)


def _row(village: Village, item: Item, keys: list[str], line: str, period: Period | None, day: date) -> dict[str, str]:
    year = period.year if period else day.year
    words = village.words(year)
    row: dict[str, str] = {}
    for key, cell in zip(keys, line.split("|"), strict=True):
        field = item.field(key)
        text = _cell(village, field, cell.format(**words) if "{" in cell else cell, period, day)
        if text:
            row[key] = text
    for key, cell in zip(keys, line.split("|"), strict=True):
        if cell == "=":
            row[key] = _worked_out(village, row, key)
    return row


def _cell(village: Village, field: Field, cell: str, period: Period | None, day: date) -> str:
    if cell == "*":
        return village.name()
    if cell == "@":
        last = min(period.end, day) if period else day
        first = period.start if period else day - timedelta(days=9)
        found = first + timedelta(days=village.random.randrange(max(1, (last - first).days + 1)))
        return found.isoformat()[:7] if field.type == "month" else found.isoformat()
    if cell.startswith("~"):
        return village.near(cell[1:], fen=field.type == "money")
    return "" if cell == "=" else cell.replace("\\n", "\n")


def _worked_out(village: Village, row: dict[str, str], key: str) -> str:
    """Return what follows from the rest of a row: days times rate, meter times price, what is left."""
    if key == "left":
        return f"{Decimal(row['amount']) - Decimal(row['spent']):.2f}"
    if key == "collected":
        return f"{(Decimal(row['billed']) * Decimal(village.random.choice(('1', '0.98', '0.96')))):.2f}"
    return f"{Decimal(row.get('meter_total') or row['days']) * Decimal(row['rate']):.2f}"


def _farm(village: Village, _period: Period | None, _day: date) -> list[dict[str, str]]:
    """Return a line for each household: area, 82.50 yuan a mu, the sum."""
    rows = []
    for number in range(max(60, village.place.households - 26)):
        area = Decimal(village.random.randrange(80, 1900)) / 100
        rows.append({"group_no": f"{'一二三四五六'[number * 6 // max(60, village.place.households)]}组",
                     "head_of_household": village.name(), "area_mu": f"{area}", "rate": "82.50",
                     "amount": f"{area * Decimal('82.50'):.2f}"})
    return rows


def _allowance(village: Village, period: Period | None, day: date) -> list[dict[str, str]]:
    start = (period.start if period else day).isoformat()[:7]
    rows = []
    for number in range(round(23 * SIZE[village.short]) or 1):
        persons, kind = village.random.choice(((1, "一类"), (1, "二类"), (2, "二类"), (3, "三类")))
        rows.append({"head_of_household": village.name(), "group_no": f"{'一二三四'[number % 4]}组",
                     "persons": str(persons), "class": kind, "from_month": start,
                     "monthly_amount": f"{persons * village.random.choice((310, 360, 420))}.00"})
    return rows


def _dues(village: Village, period: Period | None, day: date) -> list[dict[str, str]]:
    members = round(31 * SIZE[village.short]) or 5
    rows = []
    for month in (period or Period.holding("quarter", day)).months():
        unpaid = village.random.choice((0, 0, 0, 1))
        due = Decimal(members) * Decimal("1.50") + village.random.randrange(380, 430)
        rows.append({"month": month, "members_paid": str(members - unpaid), "members_unpaid": str(unpaid),
                     "due_amount": f"{due:.2f}", "paid_amount": f"{due - unpaid * 2:.2f}",
                     "remitted": f"{due - unpaid * 2:.2f}"})
    return rows


SPECIAL: dict[str, Callable[[Village, Period | None, date], list[dict[str, str]]]] = {
    "V19": _farm, "V20": _allowance, "P07": _dues,
}
