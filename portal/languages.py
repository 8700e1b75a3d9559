"""The languages that the portal speaks. The first is the one of pages without a language in their path."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language: Babel's `code`, its place in the path, its own name, HTML's tag, the direction of its script."""

    code: str
    path: str
    name: str
    tag: str
    direction: str = "ltr"


LANGUAGES = (
    Language("zh_Hans", "", "中文", "zh-Hans"),
    Language("en", "en", "English", "en"),
)
DEFAULT = LANGUAGES[0]
_BY_CODE = {language.code: language for language in LANGUAGES}
SOURCE = "en"  # the language that phrases are written in; the others come from translations/


def by_path(path: str) -> Language | None:
    """Return the language whose pages live below `/<path>`, or None."""
    return next((language for language in LANGUAGES if language.path and language.path == path), None)


def by_code(code: str) -> Language:
    """Return a language by its code; KeyError if there is none."""
    return _BY_CODE[code]
