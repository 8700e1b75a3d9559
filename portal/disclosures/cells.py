"""Turns one cell, as people write it, into the canonical text of its field's type (see `reading.Row`)."""

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from portal.core.clock import in_reach
from portal.core.money import MoneyError, parse_fen, plain_yuan
from portal.core.tables import Cell
from portal.core.words import N_
from portal.disclosures.catalogue import Choice, Field
from portal.disclosures.periods import Period

NO_SUCH_DAY = N_("There is no such day as “%(text)s”.")
OUTSIDE = N_("%(date)s is not in %(period)s.")
SHOWN = 30
LONGEST_NUMBER = 30  # signs: whatever is longer counts nothing in a village
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # Excel's day numbers for 1954 and 2119
EXCEL_ZERO = date(1899, 12, 30)
FULL_PERCENT = 100
IN_PERIOD = {"date", "received_on", "month"}  # when the thing happened; other dates may lie outside of it
FORMULA_ERRORS = {"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#N/A", "#NUM!", "#NULL!"}
ALSO = {
    "yes": {"是", "有", "√", "已", "对", "y", "已采纳", "已做"},
    "no": {"否", "无", "×", "x", "n", "未采纳", "不采纳", "未做", "未"},
    "partly": {"部分"},
    "done": {"完成", "已完成", "办结", "已办结", "做完了", "100%"},
    "on_track": {"进行中", "推进中", "在办", "正常", "正在进行"},
    "late": {"滞后", "延期", "推迟"},
    "dropped": {"取消", "终止"},
    "f": {"女性"},
    "m": {"男性"},
}
_DAY = re.compile(
    r"(?:(\d{4}|\d{2})[年./-])?(\d{1,2})[月./-](\d{1,2})[日号]?(?:\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?"
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_MONTH = re.compile(r"(?:(\d{4})[年./-]?)?(\d{1,2})月?份?")
_NUMBER = re.compile(r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)[^\d.,]{0,4}")
_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


class CellFault(ValueError):
    """A cell that cannot be read as its field wants. `params` may hold fields, choices, dates and periods."""

    def __init__(self, phrase: str, *, suggestion: str | None = None, **params: object) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.params = params
        self.suggestion = suggestion


@dataclass(frozen=True)
class Setting:
    """What a cell's meaning hangs on: the period, whether dates must lie in it, the column's unit in yuan."""

    period: Period | None = None
    bound: bool = False
    scale: int = 1


def cell_text(cell: Cell) -> str:
    """Return a cell as a person would read it: 3.0 is "3", a date is 2026-07-28."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e20:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def canonical(cell: Cell, field: Field, setting: Setting) -> str:
    """Return the canonical text of a filled cell or typed answer. Raises CellFault."""
    if isinstance(cell, str) and cell.strip().upper() in FORMULA_ERRORS:
        raise CellFault(N_("A formula failed here. Type the value instead."))
    return _READERS.get(field.type, _text)(cell, field, setting)


def _squeezed(cell: Cell) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell_text(cell)))


def _shown(cell: Cell) -> str:
    text = cell_text(cell)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _text(cell: Cell, field: Field, _setting: Setting) -> str:
    text = unicodedata.normalize("NFC", cell_text(cell))
    if field.type == "longtext":
        return text.strip()
    text = re.sub(r"\s+", " ", text).strip()
    if field.type in {"person", "named", "party"}:
        return _CHINESE.sub("", text)
    return unicodedata.normalize("NFKC", text) if field.type in {"code", "office_phone"} else text


def _money(cell: Cell, _field: Field, setting: Setting) -> str:
    if cell is None or isinstance(cell, date):
        raise CellFault(N_("This is not an amount."))
    try:
        return plain_yuan(parse_fen(cell, scale=setting.scale))
    except MoneyError as error:
        raise CellFault(error.phrase, suggestion=error.suggestion, **error.params) from error


def _decimal(cell: Cell) -> Decimal | None:
    match = _NUMBER.fullmatch(_squeezed(cell))
    if isinstance(cell, bool) or not match or len(match[1]) > LONGEST_NUMBER:
        return None
    try:
        value = Decimal(match[1].replace(",", ""))
    except InvalidOperation:
        return None
    return round(value, 6) if isinstance(cell, float) else value


def _trimmed(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(cell: Cell, _field: Field, _setting: Setting) -> str:
    value = Decimal(0) if _squeezed(cell) in {"-", "—"} else _decimal(cell)
    if value is None:
        raise CellFault(N_("“%(text)s” is not a number."), text=_shown(cell))
    return _trimmed(value)


def _count(cell: Cell, _field: Field, _setting: Setting) -> str:
    value = Decimal(0) if _squeezed(cell) in {"-", "—"} else _decimal(cell)
    if value is None or value < 0 or value != value.to_integral_value():
        raise CellFault(N_("“%(text)s” is not a whole number."), text=_shown(cell))
    return str(int(value))


def _percent(cell: Cell, _field: Field, _setting: Setting) -> str:
    text = _squeezed(cell)
    value = _decimal(cell)
    if value is None:
        raise CellFault(N_("“%(text)s” is not a share. Write it as 85%%."), text=_shown(cell))
    if text.endswith("成"):
        value *= 10
    elif not text.endswith("%") and value <= 1 and (isinstance(cell, float) or "." in text):
        value *= FULL_PERCENT
    if not 0 <= value <= FULL_PERCENT:
        raise CellFault(N_("“%(text)s” is not a share. Write it as 85%%."), text=_shown(cell))
    return _trimmed(value)


def _date(cell: Cell, field: Field, setting: Setting) -> str:
    day = _day(cell, setting)
    if not in_reach(day):
        raise CellFault(NO_SUCH_DAY, text=_shown(cell))
    if setting.bound and field.key in IN_PERIOD and setting.period and not setting.period.contains(day):
        raise CellFault(OUTSIDE, date=day, period=setting.period)
    return day.isoformat()


def _day(cell: Cell, setting: Setting) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _squeezed(cell)
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        return EXCEL_ZERO + timedelta(days=int(float(text)))
    if compact := _COMPACT.fullmatch(text):
        return _made(cell, int(compact[1]), int(compact[2]), int(compact[3]))
    match = None if isinstance(cell, bool | float | int) else _DAY.fullmatch(text)
    if not match:
        raise CellFault(
            N_("“%(text)s” is not a date we can read. Write it as 2026-07-28."), text=_shown(cell)
        )
    if not match[1] and setting.period is None:
        raise CellFault(N_("“%(text)s” has no year. Write it as 2026-07-28."), text=_shown(cell))
    year = int(match[1]) if match[1] else setting.period.year if setting.period else 0
    return _made(cell, year + 2000 if year < FULL_PERCENT else year, int(match[2]), int(match[3]))


def _made(cell: Cell, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellFault(NO_SUCH_DAY, text=_shown(cell)) from error


def _month(cell: Cell, field: Field, setting: Setting) -> str:
    if isinstance(cell, date):
        year, month = cell.year, cell.month
    else:
        match = _MONTH.fullmatch(_squeezed(cell))
        year = int(match[1]) if match and match[1] else setting.period.year if setting.period else 0
        month = int(match[2]) if match else 0
        if not year or not 1 <= month <= 12:
            raise CellFault(
                N_("“%(text)s” is not a month we can read. Write it as 2026-07."), text=_shown(cell)
            )
    day = date(year, month, 1)
    if not in_reach(day):
        raise CellFault(NO_SUCH_DAY, text=_shown(cell))
    if setting.bound and field.key in IN_PERIOD and setting.period and not setting.period.contains(day):
        raise CellFault(OUTSIDE, date=f"{year:04d}-{month:02d}", period=setting.period)
    return f"{year:04d}-{month:02d}"


def _choice(cell: Cell, field: Field, _setting: Setting) -> str:
    text = _squeezed(cell).lower()
    names = {choice.key: _names(choice) for choice in field.choices}
    for key, known in names.items():
        if text in known:
            return key
    near = [key for key, known in names.items() if difflib.get_close_matches(text, known, n=1, cutoff=0.75)]
    near = near or [choice.key for choice in field.choices if len(text) > 1 and choice.zh in text]
    if len(near) == 1 and not text.startswith(("未", "没", "不")):
        return near[0]
    raise CellFault(
        N_("“%(text)s” is none of these: %(choices)s."), text=_shown(cell), choices=tuple(field.choices)
    )


def _names(choice: Choice) -> set[str]:
    own = {choice.key, choice.zh, choice.en}
    return {_squeezed(name).lower() for name in own | ALSO.get(choice.key, set())}


_READERS: dict[str, Callable[[Cell, Field, Setting], str]] = {
    "money": _money,
    "number": _number,
    "count": _count,
    "percent": _percent,
    "date": _date,
    "month": _month,
    "choice": _choice,
}
