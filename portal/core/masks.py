"""Hides part of a person's name, as public lists must (GB/T 35273-2020, de-identification for display)."""

import re
import unicodedata

STAR = "*"
_TWO_SIGNS = """
欧阳 上官 司马 诸葛 司徒 皇甫 尉迟 公孙 慕容 令狐 夏侯 东方 轩辕 宇文 长孙 端木 独孤 南宫 西门 东郭 百里 呼延 申屠 澹台
公冶 宗政 濮阳 淳于 单于 太叔 公羊 赫连 钟离 闻人 闾丘 司空 亓官 巫马 拓跋 第五 梁丘 左丘 东门 万俟 完颜 纳兰 鲜于 南门
谷梁 段干 漆雕 乐正 子车 颛孙 仲孙 叔孙 欧陽 諸葛
"""
COMPOUND = frozenset(_TWO_SIGNS.split())
_LATIN = re.compile(r"[A-Za-z]")
_MASKED = re.compile(r"[*＊×某]")
_SHORTEST_COMPOUND = 3  # 欧阳霞; a name of two signs has a surname of one


def mask_name(name: str) -> str:
    """Return a name with its middle hidden: 王小明 -> 王*明, 欧阳建国 -> 欧阳*国, 李根 -> 李*.

    One star stands for whatever is hidden, so that it does not tell how long the name is. A name that is
    masked already stays as it is; a name in Latin letters keeps the initial of each of its words.
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    if not plain or _MASKED.search(plain):
        return plain
    if _LATIN.search(plain):
        return " ".join(word[0] + STAR for word in plain.split())
    plain = "".join(plain.split())
    surname = plain[:2] if len(plain) >= _SHORTEST_COMPOUND and plain[:2] in COMPOUND else plain[:1]
    given = plain[len(surname) :]
    return surname + STAR + (given[-1] if len(given) > 1 else "")
