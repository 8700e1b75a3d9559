"""Names in public lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.masks import mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王*明"), ("李根", "李*"), ("欧阳建国", "欧阳*国"), ("欧阳霞", "欧阳*"), ("上官秀", "上官*"),
        ("阿依古丽", "阿*丽"), ("买买提·艾力", "买*力"), ("王", "王*"), ("王  根", "王*"), (" 王小明 ", "王*明"),
        ("王　小　明", "王*明"), ("John Smith", "J* S*"), ("", ""), ("王*明", "王*明"), ("王某某", "王某某"),
        ("东方", "东*"),
    ],
)  # fmt: skip
def test_names(name: str, masked: str) -> None:
    """Surname and last sign stay; a compound surname stays whole."""
    assert mask_name(name) == masked


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=6))
def test_something_is_always_hidden(name: str) -> None:
    """No name comes out whole, and masking twice changes nothing."""
    masked = mask_name(name)

    assert name not in masked
    assert mask_name(masked) == masked
