"""Signs that nobody sees and that steer what shows a text: a terminal (ECMA-48) or its direction (UAX 9).

Whoever types them writes into another's screen, clipboard or line; no sentence needs one.
"""

KEPT = "\t\n"
_CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]  # C0, DEL, C1
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TYPED = str.maketrans(dict.fromkeys((sign for sign in _CONTROLS if sign not in KEPT + "\r"), ""))
_SPOKEN = str.maketrans(dict.fromkeys((*(sign for sign in _CONTROLS if sign not in KEPT), *_BIDI), ""))


def typed(text: str) -> str:
    """Return a text from a form without control characters; tabs and line breaks (a browser sends both) stay."""
    return text.translate(_TYPED)


def spoken(text: str) -> str:
    """Return a text that steers no terminal: without control characters but tab and newline, and in its own order."""
    return text.translate(_SPOKEN)
