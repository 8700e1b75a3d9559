"""Whoever keeps something between a phone and the portal is named where people look for it."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal import config as configuration
from portal.config import Keeper, UnsafeConfig
from portal.installing import prepare
from tests.visitor import Villager

CENTRE = Keeper("区网络中心：连接的钟点和地址，留六个月", "The network centre: hour and address, for six months")


def test_privacy_names_them(app: Flask, villager: Villager) -> None:
    """In the page's language; and where nobody is named it says that."""
    assert "named nobody who keeps anything" in villager.get("/en/privacy").text
    made = app.extensions["portal"]
    app.extensions["portal"] = replace(made, config=replace(made.config, keepers=(CENTRE,)))
    assert CENTRE.en in villager.get("/en/privacy").text
    assert CENTRE.zh in villager.get("/privacy").text


def test_they_are_read_from_the_settings(tmp_path: Path) -> None:
    """What a new installation proposes can be taken over as it stands; half of it is refused in one sentence."""
    prepare(tmp_path / "i", "https://cun.example")
    path = tmp_path / "i" / "portal.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("# [[keepers]]", "[[keepers]]").replace("# zh =", "zh =").replace("# en =", "en ="))
    assert tomllib.loads(path.read_text("utf-8"))["keepers"]
    assert configuration.load(tmp_path / "i").keepers[0].zh.startswith("区网络中心")
    path.write_text(text + '[[keepers]]\nzh = "只有一半"\n')
    with pytest.raises(UnsafeConfig, match="zh and en"):
        configuration.load(tmp_path / "i")
