"""A rubric's file: read as plain values, or refused with its place."""

from pathlib import Path

import pytest

from reviews.rubrics.document import MAX_BYTES, RubricFileRefused, read_rubric


def test_read_rubric_gives_plain_values(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text("\ufeffname: Café\nrules: [{code: a, weight: 2}]\n")
    assert read_rubric(path) == {"name": "Café", "rules": [{"code": "a", "weight": 2}]}


def test_read_rubric_lets_a_merged_key_be_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text("a: &a {x: 1}\nb: &b {<<: *a, x: 2}\nc: {<<: *b, x: 3}\n")
    assert read_rubric(path) == {"a": {"x": 1}, "b": {"x": 2}, "c": {"x": 3}}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("name: [1", "line 1, column 9: "),
        ("a: 1\nb: {c: 1, c: 2}", "line 2, column 11: the same key stands twice"),
        ("a: !!python/object/apply:os.getcwd []", "line 1, column 4: "),
        ("a: \x07", "characters or values that YAML does not allow"),
        ("a: 2026-13-45", "characters or values that YAML does not allow"),
        ("[" * 50_000, "nesting beyond what a rubric has"),
    ],
)
def test_read_rubric_says_where_it_is_wrong(text: str, seen: str, tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(text)
    with pytest.raises(RubricFileRefused) as caught:
        read_rubric(path)
    assert caught.value.seen.startswith(seen)


@pytest.mark.parametrize(
    ("data", "seen"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b" " * (MAX_BYTES + 1), "more than 10,000,000 bytes")],
)
def test_read_rubric_refuses_bytes(data: bytes, seen: str, tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_bytes(data)
    with pytest.raises(RubricFileRefused, match=seen):
        read_rubric(path)


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_read_rubric_refuses_what_cannot_be_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(RubricFileRefused, match="Name a YAML file that can be read"):
        read_rubric(tmp_path / name)
