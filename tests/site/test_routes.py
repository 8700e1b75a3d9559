"""Who may use which route, where: the matrix in `matrix.txt`, and a walk of every route as everybody.

A printed code lives for years, so a route that goes away or a guard that changes is a change of that file too.
"""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.roles import GRANTS, Permission, Role
from portal.web import tokens
from tests.factories.places import District
from tests.visitor import Official

MATRIX = Path(__file__).with_name("matrix.txt")
FILLINGS = {"category": "income", "paper": "a4"}
ARGUMENT = re.compile(r"<(?:([^<>]*):)?(\w+)>")
NOBODYS_ID = "0000000000000000"


def routes(app: Flask) -> list[Rule]:
    """Every route of ours, in order of its address."""
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"), key=lambda rule: rule.rule)


def guard_of(app: Flask, rule: Rule) -> str:
    """What the view says of who may use it; "" when it says nothing."""
    return str(getattr(app.view_functions[rule.endpoint], "guard", ""))


def methods(rule: Rule) -> list[str]:
    """The methods of a route that people use."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def line(app: Flask, rule: Rule) -> str:
    """A route as the matrix writes it."""
    return f"{','.join(methods(rule)):9} {rule.rule:62} {guard_of(app, rule)}"


def address(rule: Rule, code: str) -> str:
    """A route's address at a place, with ids of nothing."""

    def filled(found: re.Match[str]) -> str:
        converter, argument = found[1] or "", found[2]
        if converter.startswith("int"):
            return "1"
        return code if argument == "code" else FILLINGS.get(argument, NOBODYS_ID)

    return ARGUMENT.sub(filled, rule.rule)


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    """No view without exactly one guard."""
    unguarded = [rule.rule for rule in routes(app) if not guard_of(app, rule)]
    assert unguarded == []


def test_routes_and_guards_are_those_of_the_matrix(app: Flask) -> None:
    """A route that appears, goes away or changes its guard is written down; posters on walls depend on it."""
    actual = "\n".join(line(app, rule).rstrip() for rule in routes(app)) + "\n"
    assert actual == MATRIX.read_text("utf-8"), "change tests/site/matrix.txt if this is meant:\n" + actual


def test_guards_with_a_permission_name_the_place(app: Flask) -> None:
    """A permission is asked at a place, so its route carries the place's code."""
    for rule in routes(app):
        guard = guard_of(app, rule)
        if guard not in {"open", "signed_in"}:
            assert "code" in rule.arguments, rule.rule
            assert guard in set(Permission), rule.rule


def test_nobody_reaches_the_desk(app: Flask, district: District) -> None:
    """Without signing in every guarded route leads to the sign-in page, whatever the method."""
    client = app.test_client()
    for rule in routes(app):
        if guard_of(app, rule) == "open":
            continue
        for method in methods(rule):
            answer = client.open(address(rule, district["liuhe"].code), method=method)
            assert answer.status_code == 303, (method, rule.rule, answer.status_code)
            assert "/desk/sign-in" in answer.headers["Location"]


def _kinds(permission: str) -> set[tuple[Role, str]]:
    return {(role, kind) for role, (kind, held) in GRANTS.items() if permission in held}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_goes_where_the_matrix_lets_it(app: Flask, district: District, role: Role) -> None:
    """In the right place the door opens, in the wrong place and for other roles it answers 403."""
    person = district.person(str(role))
    visitor = Official(app, person)
    own = next(short for (held, short), one in district.people.items() if held == role and one is person)
    with app.test_request_context():
        actor = app.extensions["portal"].find_actor(
            app.extensions["portal"].stores.portal.reader(), visitor.client.get_cookie("desk").value
        )
        token = tokens.desk_token(actor)
    for rule in routes(app):
        guard = guard_of(app, rule)
        if guard in {"open", "signed_in"}:
            continue
        for short, place in district.places.items():
            allowed = guard in GRANTS[role][1] and place.path.startswith(district[own].path)
            for method in methods(rule):
                answer = visitor.client.open(
                    address(rule, place.code), method=method, data={"token": token} if method == "POST" else None
                )
                where = (str(role), method, rule.rule, short, answer.status_code)
                if allowed:
                    assert answer.status_code not in {401, 403}, where
                    assert "/desk/sign-in" not in answer.headers.get("Location", ""), where
                    assert answer.status_code < 500, where
                else:
                    assert answer.status_code == 403, where


def test_a_form_without_its_token_does_nothing(app: Flask, district: District) -> None:
    """Another site can't make an official's browser act."""
    for role in Role:
        visitor = Official(app, district.person(str(role)))
        for rule in routes(app):
            guard = guard_of(app, rule)
            if (
                "POST" not in methods(rule)
                or guard == "open"
                or (guard != "signed_in" and guard not in GRANTS[role][1])
            ):
                continue
            short = {"village": "liuhe", "town": "qingxi", "district": "district"}[GRANTS[role][0]]
            answer = visitor.client.post(address(rule, district[short].code))
            assert answer.status_code == 400, (str(role), rule.rule, answer.status_code)
