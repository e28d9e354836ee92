"""The rubric packs that come with the product: each a rubric's document behind a header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from reviews.detection.document import RubricError, Section, refuse, section
from reviews.detection.rubric import PackRelease, Rubric, parse_rubric
from reviews.errors import ErrorCode, Refused
from reviews.rubrics.document import RubricFileRefused, parsed, read_text

FOLDER = Path(__file__).parent.parent / "packs"
"""The newest release of each; those before it are in `earlier`, as `<code>-<version>.yaml`."""
_ENTRIES_AT_MOST = 200


class PackRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


@dataclass(frozen=True, slots=True)
class Pack:
    """A header and the document of its rubric, as `parse_rubric` reads it."""

    code: str
    title: str
    version: int
    as_of: date
    """The day up to which its sources are taken into account."""
    sources: tuple[str, ...]
    covers: str
    does_not_cover: tuple[str, ...]
    metadata_needed: tuple[str, ...]
    """What a call must say of itself; without it, rules that ask are not assessable."""
    sample_documents: tuple[str, ...]
    """Codes of documents with made-up values, to be replaced before anything is published."""
    counsel: str
    """What is left to the reader's own counsel to decide."""
    cites: Mapping[str, str]
    """Rule code → the section that it rests on."""
    unread: tuple[str, ...]
    """Rule codes whose section was not read in its current text."""
    left_out: Mapping[str, str]
    """Code of an obligation that has no rule → why."""
    document: Mapping[str, object]

    @property
    def rubric(self) -> Rubric:
        """A rubric begun from it, which says so."""
        made = parse_rubric(self.document)
        return replace(made, pack=PackRelease(self.code, self.version))


def pack_codes() -> tuple[str, ...]:
    """Of all packs, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def all_packs() -> tuple[Pack, ...]:
    """By their titles."""
    return tuple(sorted(map(pack, pack_codes()), key=lambda each: each.title))


@cache
def pack(code: str) -> Pack:
    """The newest release of the pack of this code. Raises PackRefused."""
    if code not in pack_codes():
        known = ", ".join(pack_codes())
        raise PackRefused("The pack is refused", f"no pack {code[:60]!r}", f"Name one of {known}.")
    return _read(FOLDER / f"{code}.yaml", code)


@cache
def release(code: str, version: int) -> Pack:
    """One release of a pack: the newest, or one before it. Raises PackRefused."""
    newest = pack(code)
    if version == newest.version:
        return newest
    if not 1 <= version < newest.version:
        seen = f"release {version} of the pack {code}"
        raise PackRefused("The pack is refused", seen, f"Name one from 1 to {newest.version}.")
    return _read(FOLDER / "earlier" / f"{code}-{version}.yaml", code)


def _read(path: Path, code: str) -> Pack:
    try:
        return parse_pack(read_text(path), code=code)
    except RubricFileRefused as error:
        raise PackRefused(f"The pack {code} is refused", error.seen, error.remedy) from None


def parse_pack(text: str, *, code: str) -> Pack:
    """A pack from its YAML; `code` is the name that it goes by. Raises PackRefused."""
    what = f"The pack {code} is refused"
    try:
        whole = section(parsed(text), "")
        made = _pack(whole.section("pack"), _document(whole))
        if made.code != code:
            refuse("pack.code", f"{made.code!r} is not the file's name: write {code}")
        _check_codes(made, parse_rubric(made.document))
    except RubricFileRefused as error:
        raise PackRefused(what, error.seen, error.remedy) from None
    except RubricError as error:
        raise PackRefused(what, str(error), "Mend the file, or install the product anew.") from None
    return made


def _document(whole: Section) -> Mapping[str, object]:
    return {key: value for key, value in whole.data.items() if key != "pack"}


def _pack(header: Section, document: Mapping[str, object]) -> Pack:
    made = Pack(
        code=header.text("code", most=100),
        title=header.text("title", most=200),
        version=header.whole("version", default=0, least=1, most=100_000),
        as_of=_day(header, "as_of"),
        sources=_some(header, "sources"),
        covers=header.text("covers", most=1_000),
        does_not_cover=_some(header, "does_not_cover"),
        metadata_needed=header.texts("metadata_needed", most=_ENTRIES_AT_MOST),
        sample_documents=header.texts("sample_documents", most=_ENTRIES_AT_MOST),
        counsel=header.text("counsel", most=1_000),
        cites=_texts_by_code(header.section("cites")),
        unread=header.texts("unread", most=_ENTRIES_AT_MOST),
        left_out=_texts_by_code(header.section("left_out")),
        document=document,
    )
    header.close()
    return made


def _some(header: Section, key: str) -> tuple[str, ...]:
    made = header.texts(key, most=_ENTRIES_AT_MOST)
    if not made:
        refuse(header.at(key), "nothing is written: write at least one entry")
    return made


def _day(header: Section, key: str) -> date:
    value = header.take(key)
    if type(value) is not date:
        refuse(header.at(key), "this is no day: write one such as 2026-01-31")
    return value


def _texts_by_code(entries: Section) -> Mapping[str, str]:
    return {code: entries.text(code, most=500) for code in entries.data}


def _check_codes(made: Pack, rubric: Rubric) -> None:
    """What the header says of rules and documents is said of those that there are."""
    rules = [rule.code for rule in rubric.rules]
    _check_known("pack.cites", list(made.cites), rules)
    _check_known("pack.unread", made.unread, list(made.cites))
    documents = [document.code for document in rubric.documents]
    _check_known("pack.sample_documents", made.sample_documents, documents)
    for code in made.left_out:
        if code in rules:
            refuse("pack.left_out", f"{code} is a rule: remove one of the two")


def _check_known(path: str, codes: Sequence[str], known: Sequence[str]) -> None:
    for code in codes:
        if code not in known:
            remedy = ", ".join(known[:10]) or "none is defined"
            refuse(path, f"there is no {code!r}: write one of {remedy}")
