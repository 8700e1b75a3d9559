"""What a public page may show of a record, field by field, while it is in notice and after.

M0 and M1 show everything, M2 hides one character of a person's name, M3 shows no person at all and no list
of persons, only totals; M4 shows nothing. A display of D4 hides persons once the notice is over, and keeps
the totals. A field of type "person" follows the mask, "named" and "org" are shown in full, "party" is shown
in full for an organisation and as M2 for a person (head of `seed/catalogue.toml`).
"""

import re
from collections.abc import Mapping, Sequence

from portal.core.masks import mask_name
from portal.disclosures.entries import Field, Item

PERSONAL_TYPES = frozenset({"person"})
_SEPARATORS = re.compile(r"([、，,;；/\s]+|和|及|与)")
_OTHERS = re.compile(r"(等.*)$")
_BEFORE = re.compile(r"^(?:村民|农户|户主|承包户|低保户|社员|党员|个体户?)(?=[\u3400-\u9fff]{2,4}$)")
_COUNT = re.compile(r"([\s约共计近]*(?:\d+\s*[多余]?|若干)\s*(?:人|名|户|位|家|口)次?)$")
_GENERAL_WORDS = """
人 户 名 个 家 位 口 组 队 村 组织 集体 村集体 本村 全村 本组 全组 各组 本队 外村 邻村 村民 村民代表 代表
群众 农户 住户 社员 党员 全体 全体村民 本村村民 全村村民 学生 老人 妇女 儿童 民工 工人 临工 帮工 小工 干部
村干部 低保户 脱贫户 特困户 五保户 个人 多人 若干 其他 其余
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())
"""Words for people in general: none of them is anybody's name."""
_NAME = re.compile(r"[\u3400-\u9fff]{1,4}|[\u3400-\u9fff]{1,7}·[\u3400-\u9fff]{1,10}")
_ORGANISATION = re.compile(
    r"(?:公司|合作社|厂|店|局|所|站|处|科|办|部|院|校|学|会|社|村|组|镇|乡|区|县|市|省|队|团|行|中心|银行|财政|场|园|馆|室"
    r"|集体|政府|委员会|支部|党委|基金|协会|商行|经营部|门市|超市|医院|电力|水务|信用|供销|农商)$"
)


def mask_of(item: Item, *, over: bool) -> str:
    """Return the item's mask, in notice (or first shown) or once the notice is over."""
    return item.mask_after if over else item.mask


def is_person(text: str) -> bool:
    """Tell whether a party is a person and not an organisation, by how the words look."""
    if _is_general(text):
        return False
    text = _BEFORE.sub("", text.strip())
    return bool(_NAME.fullmatch(text)) and not _ORGANISATION.search(text)


def _is_general(text: str) -> bool:
    """Tell whether words stand for people in general or for a number: 本村, 保洁员, 14."""
    text = text.strip()
    return text in _GENERAL or text.endswith("员") or text.isdecimal()


def mask_names(text: str) -> str:
    """Hide one character of every name in a list such as 王小明、李根 or 王小明等 3 人; 本村 14 人 names nobody."""
    others = _OTHERS.search(text) or _COUNT.search(text)
    names, rest = (text[: others.start()], others[0]) if others else (text, "")
    return "".join(part if _SEPARATORS.fullmatch(part) else _mask(part) for part in _SEPARATORS.split(names)) + rest


def _mask(name: str) -> str:
    if _is_general(name):
        return name
    before = _BEFORE.match(name.strip())
    start = before.end() if before else 0
    return name[:start] + mask_name(name[start:]) if name.strip() else name


def _mask_party(text: str) -> str:
    parts = _SEPARATORS.split(_COUNT.sub("", _OTHERS.sub("", text)))
    return mask_names(text) if any(is_person(part) for part in parts if part) else text


def has_persons(item: Item) -> bool:
    """Tell whether the item is a list of persons whose names are masked."""
    return any(field.type in PERSONAL_TYPES for field in item.fields)


def fields_shown(item: Item, *, over: bool) -> tuple[Field, ...]:
    """Return the fields that a public page may show, in the catalogue's order; none at M4."""
    mask = mask_of(item, over=over)
    if mask == "M4":
        return ()
    hidden = mask == "M3" or (item.display == "D4" and over)
    return tuple(field for field in item.fields if not (hidden and field.type in PERSONAL_TYPES))


def rows_shown(item: Item, *, over: bool) -> bool:
    """Tell whether the rows of a table are shown at all: never as a list of persons at M3."""
    mask = mask_of(item, over=over)
    return mask != "M4" and not (mask == "M3" and has_persons(item))


def papers_shown(item: Item, *, over: bool) -> bool:
    """Tell whether pictures and papers are shown: not where names are hidden, for a photo of a list holds them all."""
    mask, persons = mask_of(item, over=over), has_persons(item)
    gone = over and item.display == "D4" and (persons or mask == "M3")
    return not (gone or mask == "M4" or (mask == "M3" and persons))


def text_shown(item: Item, field: Field, text: str, *, over: bool) -> str:
    """Return what a public page shows of one canonical text."""
    mask = mask_of(item, over=over)
    if field.type == "party":
        return _mask_party(text)
    if field.type in PERSONAL_TYPES and mask not in {"M0", "M1"}:
        return mask_names(text)
    return text


def row_shown(item: Item, values: Mapping[str, str], *, over: bool) -> dict[str, str]:
    """Return what a public page shows of one row, or of a record's figures: canonical texts by field."""
    return {
        field.key: text_shown(item, field, values[field.key], over=over)
        for field in fields_shown(item, over=over)
        if values.get(field.key)
    }


def table_shown(item: Item, rows: Sequence[Mapping[str, str]], *, over: bool) -> list[dict[str, str]]:
    """Return the rows that a public page may show."""
    return [row_shown(item, row, over=over) for row in rows] if rows_shown(item, over=over) else []


def words_found(item: Item, values: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> str:
    """Return what a search may look through: only what stays public for good."""
    lines = [row_shown(item, values, over=True), *table_shown(item, rows, over=True)]
    kept = {field.key for field in item.fields if field.type not in {"money", "number", "count", "percent"}}
    return "\n".join(dict.fromkeys(text for line in lines for key, text in line.items() if key in kept))
