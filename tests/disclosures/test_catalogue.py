"""The catalogue of what must be public."""

import re

import pytest

from portal.disclosures.catalogue import SEED, CatalogueError, catalogue, load, words
from portal.disclosures.entries import DueRule

TEXT = SEED.read_text("utf-8")


def test_the_catalogue_is_whole() -> None:
    """37 village and 25 party items in 9 groups, in order, each with something to fill in."""
    items = catalogue().items
    assert [item.code for item in items] == [f"V{n:02d}" for n in range(1, 38)] + [
        f"P{n:02d}" for n in range(1, 26)
    ]
    assert [group.order for group in catalogue().groups] == list(range(1, 10))
    assert all(item.required for item in items)
    assert sum(len(catalogue().in_group(group.key)) for group in catalogue().groups) == len(items)


def test_every_word_is_there_in_both_languages() -> None:
    """No name is empty, and no English name holds Chinese."""
    things = [*catalogue().groups, *catalogue().items]
    things += [field for item in catalogue().items for field in (*item.fields, *item.member_fields)]
    things += [choice for item in catalogue().items for field in item.fields for choice in field.choices]
    for thing in things:
        assert words(thing, "zh_Hans")
        assert words(thing, "en")
        assert not re.search(r"[\u4e00-\u9fff]", words(thing, "en"))


def test_an_item_says_all_that_forms_and_pages_need() -> None:
    """Marks of fields, due rule and masks of one item, checked by hand against the file."""
    item = catalogue().find("expenses")
    assert item is catalogue().by_code("V08")
    assert item is catalogue().by_slug("expenses")
    assert [field.key for field in item.required] == ["date", "purpose", "amount", "handler", "approver"]
    assert [field.key for field in item.summed] == ["amount"]
    assert (item.cycle, item.due, item.display, item.mask) == (
        "quarterly",
        DueRule(after_period_days=20),
        "D2",
        "M1",
    )
    assert item.periodic
    assert words(item, "zh_Hans", "what") == "村里每一笔开支，谁经手，谁批准"


def test_a_stage_offers_the_stages_of_its_item() -> None:
    """Works and new members share a field, but not its answers."""
    assert catalogue().find("works").field("stage").choices[0].key == "approved"
    assert catalogue().find("new-members").field("stage").choices[0].key == "activist"


def test_members_lines_are_fields_of_their_own() -> None:
    """Dues have public totals and members' lines."""
    assert [field.type for field in catalogue().find("P07").member_fields] == ["named", "money", "months"]


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    """A typing error is told together with what was meant."""
    with pytest.raises(KeyError, match="expenses"):
        catalogue().find("expences")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('slug = "rules"', 'slug = "rules"\ncolour = "red"', "colour"),
        ('slug = "officials"', 'slug = "rules"', "share the slug"),
        ('cycle = "standing"', 'cycle = "sometimes"', "sometimes"),
        ("after_change_days = 7", "after_lunch_days = 7", "after_lunch_days"),
        ('"title_text!"', '"title_txt!"', "title_txt"),
        ('"adopted_on!"', '"adopted_on!*"', "not money"),
        ('group = "rules"', 'group = "ruls"', "ruls"),
        ('type = "longtext"', 'type = "novel"', "novel"),
        ("[fields.date]", '[fields.idle]\nzh="x"\nen="x"\ntype="text"\nheaders=["x"]\n[fields.date]', "idle"),
        ("[groups.money]", "[extra]\n[groups.money]", "extra"),
        ("[items.V01]", "[items.X1]", "X1"),
        ("stages = [{ key", "stages_ = [{ key", "stage has no choices"),
        ('headers = ["日期"', 'heads = ["日期"', "headers"),
    ],
)
def test_whatever_is_wrong_in_the_file_stops_the_load(old: str, new: str, said: str) -> None:
    """Unknown keys, fields, groups and values are told, not skipped."""
    assert old in TEXT
    with pytest.raises(CatalogueError, match=said):
        load(TEXT.replace(old, new, 1))
