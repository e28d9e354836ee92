"""The reference documents of a draft: put in, taken out, checked; which hold made-up values."""

from collections.abc import Mapping, Sequence
from typing import Any

from reviews.detection.document import section
from reviews.detection.references import DOCUMENTS_AT_MOST, parse_documents
from reviews.detection.references import Document as Sample
from reviews.detection.rubric import parse_rubric
from reviews.rubrics import packs
from reviews.rubrics.drafts import Document
from reviews.rubrics.packs import Pack, PackRefused


def find(draft: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    return next((each for each in _all(draft) if str(each.get("code")) == code), None)


def with_document(draft: Mapping[str, Any], changed: Mapping[str, Any], *, was: str) -> Document:
    """In the place of the one of code `was`, or as the last."""
    documents = list(_all(draft))
    places = [at for at, each in enumerate(documents) if str(each.get("code")) == was]
    if was and places:
        documents[places[0]] = changed
    else:
        documents.append(changed)
    return {**draft, "documents": documents}


def without_document(draft: Mapping[str, Any], code: str) -> Document:
    kept = [each for each in _all(draft) if str(each.get("code")) != code]
    return {**draft, "documents": kept}


def place_of(draft: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    """The path of a document in the draft that holds it."""
    return next(f"documents[{at}]" for at, each in enumerate(_all(draft)) if each is changed)


def check(draft: Mapping[str, Any]) -> None:
    """Raises RubricError. A draft without a rule has its documents checked alone."""
    if draft.get("rules"):
        parse_rubric(draft)
    else:
        parse_documents(section(draft, "").sections("documents", most=DOCUMENTS_AT_MOST))


def made_up(draft: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Document code → its facts that still have the value which its pack made up."""
    pack = _pack_of(draft)
    if pack is None:
        return {}
    samples = {each.code: each for each in pack.rubric.documents}
    found = {code: _unchanged(samples[code], find(draft, code)) for code in pack.sample_documents}
    return {code: names for code, names in found.items() if names}


def _pack_of(draft: Mapping[str, Any]) -> Pack | None:
    begun = draft.get("pack") or {}
    try:
        return packs.release(begun["code"], begun["version"])
    except (KeyError, PackRefused):
        return None


def _unchanged(sample: Sample, own: Mapping[str, Any] | None) -> Sequence[str]:
    values = {each.get("name"): _values(each.get("value")) for each in (own or {}).get("facts", ())}
    return [fact.name for fact in sample.facts if values.get(fact.name) == fact.values]


def _all(draft: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return draft.get("documents") or ()


def _values(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
