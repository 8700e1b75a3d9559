"""Numbers that are told in words: in groups with words between them, in signs that sound alike, or from the end."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from portal.core import guard_numbers as numbers
from portal.core import guard_signs as signs
from portal.core.guard_reading import CUE
from portal.core.guard_shapes import CARD_LEAST, CARD_MOST, IDENTITY, IDENTITY_PIECES, IN_FOURS, MOBILE, MOBILE_MARKED

TURNED = re.compile(
    "倒(?:着|过来|序|念|读|写|看|数|转)|反(?:着|过来|序|写|读|念)|从[后右尾]往?[前左头]|逆序|逆着|颠倒|reverse|backward",
    re.IGNORECASE,
)
"""Words that tell a reader to turn a number round."""
_CUE = (
    rf"(?:{CUE}|[最]?[前后](?:面|边|段|头)?|中(?:间|段)|开头|打头|起头|结尾|[末首尾](?:段|尾|号)|先|再|然后|接着?|最后"
    r"|加上?|跟着|其次|剩下|余下|第\ue001?段|首先)"
)
_FILLER = r"[\-·|()\[\]/.:~+#*=\\'\"“”‘’。…【】<>《》「」,;、?!\s]|[是为的和与跟位拨打按输段号]|数字|号码|生日|出生"
_GAP = re.compile(rf"(?>{_CUE}|{_FILLER})*+")
_HAS_CUE = re.compile(_CUE)
_CUED_END = re.compile(rf"{_CUE}(?>{_FILLER})*$")
_LONGEST_GAP = 14
_MOST_GROUPS = 6
_SIZES = frozenset({MOBILE, *range(CARD_LEAST, CARD_MOST + 1)})
_GROUP = re.compile(r"[0-9\ue000-\ue019]{2,19}[Xx]?")
_TWO_CUES = 2

_SOUNDS = (
    "灵林铃玲凌淋",
    "妖要腰伊衣医依",
    "尔儿耳",
    "山伞散",
    "寺似思丝司死",
    "舞吴武伍午无",
    "溜流刘留柳",
    "气妻期起其骑棋",
    "爸巴吧芭疤",
    "酒久旧就",
)
_SOUND_VALUES = {ord(sign): str(digit) for digit, group in enumerate(_SOUNDS) for sign in group}
_SOUND = "".join(map(chr, _SOUND_VALUES))
_SOUNDING = re.compile(rf"[0-9\ue000-\ue019{_SOUND}]{{{MOBILE},}}")
_SOUNDS_ALIKE = re.compile(f"[{_SOUND}]")
_LONGEST_SOUND = 24
_FEW_SOUNDS = 3


class Told(NamedTuple):
    """A number that is told in words, and where it stands."""

    kind: str
    start: int
    end: int


class _Group(NamedTuple):
    digits: str
    start: int
    end: int
    cued: bool


def grouped(plain: str) -> Iterator[Told]:
    """Yield numbers in groups that words part which say where each belongs, and nothing else does."""
    chain: list[_Group] = []
    if not _HAS_CUE.search(plain):
        return
    for match in _GROUP.finditer(plain):
        start, end = match.span()
        between = plain[chain[-1].end : start] if chain else ""
        joins = bool(chain) and 0 < len(between) <= _LONGEST_GAP and _GAP.fullmatch(between) is not None
        if not joins:
            yield from _in_chain(chain)
            between, chain = plain[max(0, start - _LONGEST_GAP) : start], []
        cued = bool(_HAS_CUE.search(between) if joins else _CUED_END.search(between))
        chain.append(_Group(signs.values(match[0]), start, end, cued))
    yield from _in_chain(chain)


def _in_chain(chain: list[_Group]) -> Iterator[Told]:
    first = 0 if any(group.cued for group in chain) else len(chain)
    while first < len(chain) - 1:
        size = len(chain[first].digits)
        for last in range(first + 1, min(len(chain), first + _MOST_GROUPS)):
            size += len(chain[last].digits)
            groups = chain[first : last + 1]
            if size in _SIZES and any(group.cued for group in groups) and (kind := _kind(groups)):
                yield Told(kind, groups[0].start, groups[-1].end)
                first = last
                break
        first += 1


def _kind(groups: list[_Group]) -> str | None:
    pieces = [group.digits for group in groups]
    digits, lengths = "".join(pieces), tuple(map(len, pieces))
    if len(digits) == IDENTITY and numbers.identity_birth(digits):
        return "identity_number" if lengths in IDENTITY_PIECES or numbers.identity_checks(digits) else None
    if not digits.isdigit() or numbers.are_figures(pieces):
        return None
    cues = sum(group.cued for group in groups)
    if numbers.is_mobile(digits) and lengths in MOBILE_MARKED and (len(pieces) > 2 or cues >= _TWO_CUES):
        return "mobile"
    if len(digits) in range(CARD_LEAST, CARD_MOST + 1) and numbers.has_card_start(digits):
        return "bank_card" if lengths in IN_FOURS or numbers.is_luhn(digits) else None
    return None


def sounding(plain: str) -> Iterator[Told]:
    """Yield mobile numbers and identity numbers in signs that sound like digits, as 妖三爸零林."""
    for match in _SOUNDING.finditer(plain):
        run = match[0]
        if len(run) > _LONGEST_SOUND or not _SOUNDS_ALIKE.search(run):
            continue
        digits = signs.values(run).translate(_SOUND_VALUES)
        for kind, size, fits in (
            ("identity_number", IDENTITY, numbers.identity_birth),
            ("mobile", MOBILE, numbers.is_mobile),
        ):
            places = [place for place in range(len(run) - size + 1) if fits(digits[place : place + size])]
            enough = len(run) == size or len(_SOUNDS_ALIKE.findall(run)) >= _FEW_SOUNDS
            if places and enough:
                yield Told(kind, match.start() + places[0], match.start() + places[0] + size)
                break


_LONG = re.compile(r"(?<![0-9A-Za-z])[0-9Xx]\d{17}(?![0-9A-Za-z])")


def turned_identities(plain: str) -> Iterator[Told]:
    """Yield identity numbers that were written from their end, where region, day of birth and check digit fit."""
    for match in _LONG.finditer(plain):
        digits = match[0][::-1].upper()
        if numbers.identity_birth(digits) and numbers.identity_checks(digits) and not numbers.identity_birth(match[0]):
            yield Told("identity_number", *match.span())
