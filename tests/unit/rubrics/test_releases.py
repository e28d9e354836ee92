"""A newer release of a pack beside a rubric begun from an earlier one: part by part."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reviews.detection.rubric import canonical, parse_rubric
from reviews.queries.rubrics import plain
from reviews.rubrics import packs
from reviews.rubrics.packs import PackRefused
from reviews.rubrics.releases import merged, newer, parts
from tests.factories.packs import FIRST, SECOND, released

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with released(tmp_path, monkeypatch, FIRST, SECOND):
        yield


def begun() -> dict[str, Any]:
    return dict(plain(packs.release("small", 1).rubric))


def newest() -> dict[str, Any]:
    return dict(plain(packs.pack("small").rubric))


def _rules(document: dict[str, Any]) -> dict[str, Any]:
    return {rule["code"]: rule for rule in document["rules"]}


def test_a_rubric_as_it_was_begun_is_offered_all_that_the_release_changes() -> None:
    found = {each.key: each.is_own for each in parts(begun(), begun(), newest())}
    assert found == {
        "pass_mark": False,
        "lists greetings": False,
        "rules greet": False,
        "rules close": False,
        "rules hold": False,
    }


def test_all_of_it_taken_is_the_release() -> None:
    taken = [each.path for each in parts(begun(), begun(), newest())]
    made = merged(begun(), newest(), taken)
    assert canonical(parse_rubric(made)) == canonical(packs.pack("small").rubric)
    assert parts(begun(), made, newest()) == ()


def test_nothing_of_it_taken_changes_but_the_release_that_was_looked_at() -> None:
    made = merged(begun(), newest(), [])
    assert made == begun() | {"pack": {"code": "small", "version": 2}}
    assert newer(begun()) is packs.pack("small")
    assert newer(made) is None


def test_what_the_tenant_changed_and_the_release_too_is_said_to_be_both() -> None:
    own = begun()
    _rules(own)["greet"]["weight"] = 7.0
    found = {each.path: each for each in parts(begun(), own, newest())}
    part = found["rules", "greet"]
    assert part.is_own
    assert {each.field for each in part.changes} == {"query", "weight"}
    assert not found["rules", "close"].is_own


def test_what_only_the_tenant_changed_is_no_part_of_it() -> None:
    own = begun()
    _rules(own)["keep"]["weight"] = 7.0
    own["name"] = "Our own"
    assert not {"rules keep", "name"} & {each.key for each in parts(begun(), own, newest())}
    taken = [each.path for each in parts(begun(), own, newest())]
    made = merged(own, newest(), taken)
    assert _rules(made)["keep"]["weight"] == 7.0
    assert made["name"] == "Our own"


def test_a_rule_that_the_tenant_took_out_comes_back_only_when_it_is_taken() -> None:
    own = begun()
    own["rules"] = [rule for rule in own["rules"] if rule["code"] != "greet"]
    part = next(each for each in parts(begun(), own, newest()) if each.key == "rules greet")
    assert part.is_own
    assert [each.kind for each in part.changes] == ["added"]
    assert "greet" not in _rules(merged(own, newest(), []))
    assert "greet" in _rules(merged(own, newest(), [("rules", "greet")]))


def test_a_rule_that_the_release_takes_out_goes_only_when_it_is_taken() -> None:
    found = {each.path: each for each in parts(begun(), begun(), newest())}
    assert [each.kind for each in found["rules", "hold"].changes] == ["removed"]
    assert "hold" in _rules(merged(begun(), newest(), []))
    assert "hold" not in _rules(merged(begun(), newest(), [("rules", "hold")]))


def test_rules_keep_their_places_and_new_ones_come_last() -> None:
    made = merged(begun(), newest(), [("rules", "greet"), ("rules", "close")])
    assert list(_rules(made)) == ["greet", "keep", "hold", "close"]


@pytest.mark.parametrize("version", [0, 3])
def test_a_release_that_is_not_there_is_refused_by_its_number(version: int) -> None:
    with pytest.raises(PackRefused, match=f"release {version} of the pack small"):
        packs.release("small", version)


def test_a_rubric_of_no_pack_or_of_one_that_is_gone_has_no_newer_release() -> None:
    assert newer({}) is None
    assert newer({"pack": {"code": "gone", "version": 1}}) is None
