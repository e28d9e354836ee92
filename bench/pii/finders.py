"""Finders of personal data: this product and its peers, each as text in, named spans out."""

import importlib
import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from bench.pii.kinds import KINDS
from reviews.detection.pii import candidates

Found = tuple[str, int, int]
"""Name of the kind, and characters from and to (exclusive)."""
Find = Callable[[str], list[Found]]


@dataclass(frozen=True, slots=True)
class Finder:
    name: str
    find: Find
    names: Mapping[str, Set[str]]
    """The corpora's kind → what this finder calls it; without a kind it does not look for it."""


_PLAIN: Mapping[str, re.Pattern[str]] = {
    "CREDIT_CARD": re.compile(r"\b(?:\d[ -]?){12,18}\d\b"),
    "US_SSN": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "PHONE_NUMBER": re.compile(r"(?:\+?\d{1,2}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b"),
    "EMAIL_ADDRESS": re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b"),
    "IBAN_CODE": re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b", re.IGNORECASE),
    "IP_ADDRESS": re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
    "DOMAIN_NAME": re.compile(r"https?://\S+"),
}
_SCRUBADUB: Mapping[str, Set[str]] = {
    "CREDIT_CARD": {"credit_card"},
    "EMAIL_ADDRESS": {"email"},
    "PHONE_NUMBER": {"phone"},
    "US_SSN": {"social_security_number"},
    "DOMAIN_NAME": {"url"},
    "US_DRIVER_LICENSE": {"drivers_licence"},
}


def ours() -> Finder:
    def find(text: str) -> list[Found]:
        return [(each.entity, each.start, each.end) for each in candidates(text)]

    return Finder("verbatim", find, {kind: names.ours for kind, names in KINDS.items()})


def plain() -> Finder:
    def find(text: str) -> list[Found]:
        return [
            (kind, *found.span()) for kind, form in _PLAIN.items() for found in form.finditer(text)
        ]

    return Finder("`re`, one expression a kind", find, {kind: {kind} for kind in _PLAIN})


def peers() -> Iterator[Finder]:
    """Those that this interpreter has."""
    for made in (_presidio, _scrubadub):
        try:
            yield made()
        except ImportError:
            continue


def _presidio() -> Finder:
    """Patterns alone, on a tokeniser without a model: presidio names no person this way."""
    analyzer_module = importlib.import_module("presidio_analyzer")
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    spacy = importlib.import_module("spacy")
    engine = engines.SpacyNlpEngine()
    engine.nlp = {"en": spacy.blank("en")}
    registry = analyzer_module.RecognizerRegistry()
    registry.load_predefined_recognizers()
    registry.remove_recognizer("SpacyRecognizer")
    analyzer: Any = analyzer_module.AnalyzerEngine(registry=registry, nlp_engine=engine)
    asked = [kind for kind in analyzer.get_supported_entities() if kind != "PERSON"]

    def find(text: str) -> list[Found]:
        results = analyzer.analyze(text=text, language="en", entities=asked)
        return [(each.entity_type, each.start, each.end) for each in results]

    return Finder(
        "presidio, patterns", find, {kind: names.presidio for kind, names in KINDS.items()}
    )


def _scrubadub() -> Finder:
    scrubber: Any = importlib.import_module("scrubadub").Scrubber()

    def find(text: str) -> list[Found]:
        return [(each.type, each.beg, each.end) for each in scrubber.iter_filth(text)]

    return Finder("scrubadub", find, _SCRUBADUB)
