"""Numbers that stand in a plain text as numbers do, and the verdict on each: whether it stops the text or warns."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from portal.core import guard_numbers as numbers
from portal.core import guard_shapes as shapes
from portal.core import guard_signs as signs
from portal.core.guard_signs import Atom

Verdict = Literal["stop", "warn"]

FEWEST = 7
"""Fewer digits than that are no number of anybody."""

WORD_BEFORE = 16

_ORGANISATION = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{18}(?![0-9A-Za-z])")
_FIGURES = re.compile(
    r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)"  # a day …
    r"(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"  # … with its time
    r"|(?<![\d,.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d|,\d)"  # a sum in thousands
    r"|(?<![\d.])(?:\d{1,9}\.\d{1,2}|\d{4,9}\.\d{3,4})(?![\d.])"  # a decimal number
)
UNIT = re.compile(
    r" ?(?:[万亿]?(?:元(?![月旦宵])|圆)|分(?![之钟别组机])|角(?!落)|"
    r"[万亿]|亩|户(?![主口名籍])|票|公斤|千克|斤|吨|公里|公顷|平方|平米|立方|千瓦|㎡|㎥"
    r"|m[2²\ue012]|kg|kW|%|\.\d\d(?![\d.、)])|\.\d+ ?[万亿元亩])",
    re.IGNORECASE,
)
_PHONE_WORD = re.compile(
    r"(?:电话|手机|座机|传真|固话|联系|号码|微信|拨|tel|phone|mobile|qq|vx|wx|wechat)[^0-9\ue000-\ue019]{0,6}$",
    re.IGNORECASE,
)
_CARD_WORD = re.compile(r"(?:卡号|账号|帐号|银行卡|一卡通|存折|账户|帐户)[^0-9\ue000-\ue019]{0,8}$")
_PAPER = re.compile(  # the number of a paper follows
    r"(?:合同|凭证|发票|票据|单据|收据|流水)(?:编?号|号码|代码)?[:第 ]{0,2}$"
    r"|(?<![A-Za-z])(?:HT|PZ|FP|NO\.?)[- ]?$",
    re.IGNORECASE,
)
_BETWEEN_LINES = re.compile(r"[ \r]*\n[ \r\n]*")
_STARTS = {
    "identity": re.compile(  # the region, the year in four or two digits, the month, the day's first digit
        rf"(?=(?:{'|'.join(sorted(numbers.PROVINCES))})\d{{4}}(?:(?:189|19\d|20\d)\d|2[7-9]|[3-9]\d)(?:0[1-9]|1[0-2])[0-3])"
    ),
    "mobile": re.compile(r"(?=(?:0?086|86|0)?1[3-9])"),
    "landline": re.compile(r"(?=0[1-9])"),
}
_POINT = re.compile(r"(\d+)\.$")
_LETTER = re.compile(r"[A-Za-z]")
_LOCAL = re.compile(r"(?:电话|座机|固话|tel)[\W_]{0,3}([2-8]\d{2,3}[- ]?\d{4})(?!\d)", re.IGNORECASE)
_OTHERS = (
    ("passport", re.compile(r"(?<![A-Za-z0-9])(?:E[A-HJ-NP-Z]\d{7}|[EGDSPHMC]\d{8})(?![A-Za-z0-9])")),
    (
        "plate",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
            r"[A-HJ-NP-Z][·. -]?(?=[A-Z]{0,5}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
        ),
    ),
    (
        "house_number",
        re.compile(r"(?<!\d)\d{1,6}号?楼\d{0,3}单?元?\d{3,4}室?|(?<!\d)\d{1,6}单元\d{3,4}|门牌号?[:： ]?\d{1,6}"),
    ),
)


@dataclass(frozen=True)
class Finding:
    """A number found: identity_number, bank_card, mobile, landline, passport, plate or house_number.

    `start` and `end` are places in the text as it was given. The verdict "stop" forbids publishing it.
    """

    kind: str
    verdict: Verdict
    start: int
    end: int


def written(plain: str) -> list[Finding]:
    """Return the numbers that stand in a plain text as numbers do."""
    found: list[Finding] = []
    if signs.digit_count(plain) < FEWEST:
        return found
    rest = _ORGANISATION.sub(_hole_if_organisation, plain)
    rows = shapes.rows(rest)
    for look in (_identities, _cards, _mobiles, _landlines) if rows else ():
        new = list(look(rest, rows))
        found += new
        bare = _FIGURES.sub(_hole, _without(rest, new)) if look is _identities else _without(rest, new)
        if bare != rest:
            rest, rows = bare, shapes.rows(bare)
    return [*found, *(Finding("landline", "warn", *match.span(1)) for match in _LOCAL.finditer(rest))]


def _without(plain: str, found: Sequence[Finding]) -> str:
    """Return the text with a hole for each finding, so that no part of it is found again."""
    for one in found:
        plain = plain[: one.start] + signs.HOLE * (one.end - one.start) + plain[one.end :]
    return plain


def _hole(match: re.Match[str]) -> str:
    return signs.HOLE * len(match[0])


def _hole_if_organisation(match: re.Match[str]) -> str:
    code = match[0].upper()
    is_organisation = numbers.is_organisation(code) and not numbers.identity_birth(code)
    return _hole(match) if is_organisation else match[0]


def _chosen(
    text: tuple[str, Sequence[shapes.Row]],
    starts: re.Pattern[str] | None,
    sizes: range,
    fits: Callable[[str], bool],
    judge: Callable[[str, shapes.Window], Verdict | None],
) -> Iterator[tuple[Verdict, int, int]]:
    """Yield (verdict, start, end) of the windows that `judge` takes, none over another."""
    plain, rows = text
    for row in rows:
        free = 0
        for window in shapes.windows(row, starts, sizes, fits):
            start, end = window.span
            if start >= free and (verdict := judge(plain, window)):
                yield verdict, start, end
                free = end


def _identities(plain: str, rows: Sequence[shapes.Row]) -> Iterator[Finding]:
    found = list(_chosen((plain, rows), _STARTS["identity"], range(15, 19), _may_be_identity, _identity_verdict))
    yield from (Finding("identity_number", *one) for one in found)
    for row in rows:
        for atom in row.atoms:
            if len(atom.digits) > shapes.MOBILE and not any(start <= atom.start < end for _, start, end in found):
                yield from _glued(atom)


def _may_be_identity(digits: str) -> bool:
    return len(digits) in {shapes.SHORT_IDENTITY, shapes.IDENTITY} and numbers.identity_birth(digits) is not None


def _identity_verdict(plain: str, window: shapes.Window) -> Verdict | None:
    return "stop" if shapes.is_identity(window) and _evenly(plain, window) else None


def _glued(atom: Atom) -> Iterator[Finding]:
    """Yield what stands without a gap in a long row of digits: several whole numbers, or one among Chinese signs."""
    start = atom.start
    for kind, length in shapes.whole_parts(atom.digits):
        yield Finding(kind, "stop", start, start + length)
        start += length
    if start == atom.start and (found := shapes.among_signs(atom)):
        kind, offset, length = found
        yield Finding(kind, "stop", atom.start + offset, atom.start + offset + length)


def _evenly(plain: str, window: shapes.Window) -> bool:
    """Tell whether single digits have the same between them all along, unlike the numbers of a drawing or a formula."""
    atoms = window.row.atoms[window.first : window.last + 1]
    if max(len(atom.digits) for atom in atoms) > 1:
        return True
    return len({plain[before.end : after.start] for before, after in pairwise(atoms) if after.gap}) <= 1


def _cards(plain: str, rows: Sequence[shapes.Row]) -> Iterator[Finding]:
    sizes = range(shapes.CARD_LEAST, shapes.CARD_MOST + 1)
    yield from (Finding("bank_card", *one) for one in _chosen((plain, rows), None, sizes, str.isdigit, _card_verdict))


def _card_verdict(plain: str, window: shapes.Window) -> Verdict | None:
    if not window.whole:
        return "stop" if shapes.is_card(window) else None
    if not shapes.stands_alone(window):
        return None
    start, end = window.span
    known, checked = numbers.has_card_start(window.digits), numbers.is_luhn(window.digits)
    if point := _POINT.search(plain, max(0, start - WORD_BEFORE), start):
        return "stop" if point[1] != "0" and known and checked else None
    if UNIT.match(plain, end) or plain[start - 1 : start] == "¥":
        return "warn"
    if known or checked or _CARD_WORD.search(plain, max(0, start - WORD_BEFORE), start):
        return "stop"
    return None if _LETTER.match(plain, end) or _LETTER.match(plain, start - 1) else "warn"


def _mobiles(plain: str, rows: Sequence[shapes.Row]) -> Iterator[Finding]:
    sizes = range(shapes.MOBILE, shapes.MOBILE + 5)  # with the country's prefix
    yield from (
        Finding("mobile", *one)
        for one in _chosen((plain, rows), _STARTS["mobile"], sizes, shapes.may_be_mobile, _mobile_verdict)
    )


def _mobile_verdict(plain: str, window: shapes.Window) -> Verdict | None:
    start, end = window.span
    if not window.whole:
        lined = numbers.is_mobile(window.digits) and _over_lines(plain, window)
        if not lined and (not shapes.is_mobile(window) or not _evenly(plain, window) or plain[end : end + 1] == "="):
            return None
        odd = window.lengths not in {(3, 8), (3, 4, 4)} and max(window.lengths) > 1
        return "warn" if odd and UNIT.match(plain, end) else "stop"
    digits = window.digits[-shapes.MOBILE :]
    if not shapes.stands_alone(window):
        return None
    if plain[max(0, start - 2) : start] == "0." or (plain[start - 1 : start] == "." and numbers.is_noise(digits)):
        return None
    before = max(0, start - WORD_BEFORE)
    if _PAPER.search(plain, before, start):
        return "warn"
    sum_like = UNIT.match(plain, end) or plain[start - 1 : start] == "¥"
    said = _PHONE_WORD.search(plain, before, start)
    return "warn" if sum_like and not said else "stop"


def _over_lines(plain: str, window: shapes.Window) -> bool:
    """Tell whether pieces stand line by line, and are either announced as a phone or all that the text says."""
    atoms = window.row.atoms[window.first : window.last + 1]
    gaps = (plain[before.end : after.start] for before, after in pairwise(atoms) if after.gap)
    if not all(map(_BETWEEN_LINES.fullmatch, gaps)) or numbers.are_figures(window.pieces):
        return False
    start, end = window.span
    if _PHONE_WORD.search(plain, max(0, start - WORD_BEFORE), start):
        return True
    return len(plain) - (end - start) < FEWEST and not plain[:start].strip() and not plain[end:].strip()


def _landlines(plain: str, rows: Sequence[shapes.Row]) -> Iterator[Finding]:
    found = _chosen((plain, rows), _STARTS["landline"], range(10, 13), _may_be_landline, _landline_verdict)
    yield from (Finding("landline", *one) for one in found)


def _may_be_landline(digits: str) -> bool:
    return numbers.landline_area(digits) is not None


def _landline_verdict(_plain: str, window: shapes.Window) -> Verdict | None:
    return "stop" if shapes.is_landline(window) and shapes.stands_alone(window) else None


def others(plain: str) -> Iterator[Finding]:
    for kind, pattern in _OTHERS:
        for match in pattern.finditer(plain):
            yield Finding(kind, "warn", *match.span())
