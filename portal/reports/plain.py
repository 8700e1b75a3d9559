"""A text as it is meant, however it is written: one width, one case, nothing that nobody sees between its signs."""

import unicodedata

_DOTS = frozenset("·•‧・∙⋅●ꞏ᛫⸱")
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters and signs by name that show nothing
_BETWEEN = frozenset({"Cf", "Cc", "Mn", "Me", "Pd", "Pc", "Zs", "Zl", "Zp"})
"""Format and control signs, marks that stand on others, dashes, joining lines, blanks."""


def _dropped(sign: str) -> bool:
    return sign in _DOTS or sign in _UNSEEN or unicodedata.category(sign) in _BETWEEN


def spaced(text: str) -> str:
    """Return a text in one width and case and without accents (NFKD, casefold), one blank between words."""
    words = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).split()
    return " ".join("".join(sign for sign in word if not _dropped(sign)) for word in words)


def compact(text: str) -> str:
    """Return the same without blanks: what is looked for is found whatever stands between its signs."""
    return spaced(text).replace(" ", "")
