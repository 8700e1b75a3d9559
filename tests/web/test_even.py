"""Pages whose gaps are filled without packing them anew: what arrives is what was meant; its length tells no word."""

import gzip

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.web import even

WORDS = st.text(max_size=300)


@given(st.lists(st.text(max_size=2000), min_size=1, max_size=5), st.data())
def test_what_is_unpacked_is_what_was_filled_in(texts: list[str], data: st.DataObject) -> None:
    """Any page with any words in its gaps comes out of any gzip reader as it is read unpacked, words escaped."""
    pieces = [texts[0]]
    for place, text in enumerate(texts[1:]):
        pieces += [f"word{place}", text]
    words = {name: data.draw(WORDS) for name in pieces[1::2]}
    filled = even.Mould(pieces).filled(words)
    packed = even.gzipped(filled)
    assert gzip.decompress(packed) == filled.content()
    assert len(packed) % even.STEP == 0
    plain = "".join(even.escape(words[piece]) if place % 2 else piece for place, piece in enumerate(pieces))
    assert filled.content().decode() == plain


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_how_long_it_is_depends_on_how_long_the_words_are(one: bytes, other: bytes) -> None:
    """Two words of one length leave the same length on the line, however much they repeat or resemble the page."""
    first, second = one.hex(), other.hex().ljust(len(one.hex()), "0")[: len(one.hex())]
    mould = even.Mould(["<p>" + "a" * 500, "word", "</p>"])
    assert len(mould.filled({"word": first}).packed()) == len(mould.filled({"word": second}).packed())


def test_asked_for_its_heads_alone_a_page_has_no_body(app: Flask) -> None:
    """HEAD tells how long the page would be and sends nothing of it."""
    answer = app.test_client().head("/vote")
    assert answer.data == b""
    assert int(answer.headers["Content-Length"]) % even.STEP == 0
