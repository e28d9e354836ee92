"""What a newer release of a pack would change in a rubric that was begun from an earlier one.

Three documents are held against each other, part by part: the release that the rubric was begun
from, the rubric as its tenant has it, the newest release. Nothing is taken unless it is chosen.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviews.detection.changes import Change, changes
from reviews.rubrics import packs
from reviews.rubrics.packs import Pack

Document = Mapping[str, Any]
Path = tuple[str, ...]
"""`("rules", code)` or the like; `(name,)` for what the rubric has but once."""
_ONCE = ("name", "pass_mark", "scoring")
_ROWS = ("sections", "documents", "rules")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that the release changes and the rubric has otherwise."""

    path: Path
    is_own: bool
    """The tenant changed it, too: to take the release's would undo that."""
    changes: tuple[Change, ...]
    """From the rubric's to the release's."""

    @property
    def key(self) -> str:
        return " ".join(self.path)


def newer(document: Document) -> Pack | None:
    """The newest release of the pack a rubric was begun from, where it was not looked at yet."""
    begun = document.get("pack")
    if not begun or begun["code"] not in packs.pack_codes():
        return None
    newest = packs.pack(begun["code"])
    return newest if newest.version > begun["version"] else None


def parts(begun: Document, own: Document, release: Document) -> tuple[Part, ...]:
    """In the order of the release; what it removes last. All three are canonical documents."""
    old, mine, new = _parts(begun), _parts(own), _parts(release)
    return tuple(
        Part(path, mine.get(path) != old.get(path), _between(path, mine, new))
        for path in dict.fromkeys((*new, *old))
        if new.get(path) != old.get(path) and new.get(path) != mine.get(path)
    )


def merged(own: Document, release: Document, taken: Collection[Path]) -> dict[str, Any]:
    """The rubric with these parts as the release has them."""
    new, made = _parts(release), dict(own)
    for path in taken:
        if len(path) == 1:
            made[path[0]] = release[path[0]]
        elif path[0] == "lists":
            made["lists"] = _with_list(made.get("lists", {}), path[1], new.get(path))
        else:
            made[path[0]] = _with_row(made.get(path[0], ()), path[1], new.get(path))
    return {**made, "pack": release["pack"]}


def _between(path: Path, mine: Mapping[Path, Any], new: Mapping[Path, Any]) -> tuple[Change, ...]:
    before, after = (_within(path, side) for side in (mine, new))
    return changes(before, after)


def _within(path: Path, side: Mapping[Path, Any]) -> Document:
    """A document with this part alone, or without it."""
    if path not in side:
        return {}
    value = side[path]
    if len(path) == 1:
        return {path[0]: value}
    return {path[0]: {path[1]: value} if path[0] == "lists" else [value]}


def _parts(document: Document) -> dict[Path, Any]:
    return dict(_each(document))


def _each(document: Document) -> Iterator[tuple[Path, Any]]:
    for name in _ONCE:
        if name in document:
            yield (name,), document[name]
    for name, phrases in document.get("lists", {}).items():
        yield ("lists", name), phrases
    for kind in _ROWS:
        for row in document.get(kind, ()):
            yield (kind, row["code"]), row


def _with_list(lists: Mapping[str, Any], name: str, phrases: Any) -> dict[str, Any]:
    others = {key: each for key, each in lists.items() if key != name}
    return others if phrases is None else {**others, name: phrases}


def _with_row(rows: Sequence[Any], code: str, row: Any) -> list[Any]:
    """In its place, as the last where it is new, or taken out."""
    if row is None:
        return [each for each in rows if each["code"] != code]
    made = [row if each["code"] == code else each for each in rows]
    return made if any(each["code"] == code for each in rows) else [*made, row]
