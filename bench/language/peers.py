"""Ways that others would look for the same phrases in the same calls."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

import ahocorasick  # type: ignore[import-not-found]  # peers are installed apart, for this alone
import re2  # type: ignore[import-not-found]  # peers are installed apart, for this alone
import spacy  # type: ignore[import-not-found]  # peers are installed apart, for this alone
from spacy.matcher import (  # type: ignore[import-not-found]  # as above
    PhraseMatcher,
)

from bench.language.contenders import Contender, Places
from bench.language.material import bare
from reviews.detection.transcript import Transcript

Hit = tuple[int, int]
"""Phrase, and the character of its first letter."""
Find = Callable[[str], Iterable[Hit]]
_MEMORY_AT_MOST = 1 << 30


@dataclass(frozen=True, slots=True)
class Text:
    """A call as one text; starts[i] is the first character of word i."""

    text: str
    starts: Sequence[int]

    def word_at(self, char: int) -> int:
        return bisect_right(self.starts, char) - 1


def peers(transcripts: Sequence[Transcript], phrases: Sequence[str]) -> Iterator[Contender]:
    raw = [_text(each.words, pad="") for each in transcripts]
    clean = [_text([bare(word) for word in each.words], pad=" ") for each in transcripts]
    yield _timed("`re`, one expression a phrase", _expressions(phrases), raw, "raw text")
    yield _timed("`re`, one alternation", _alternation(phrases), clean, "clean text; no overlaps")
    yield _which("google-re2 Set", _set(phrases), clean)
    yield _timed("google-re2 Set, then str.find", _set_then_find(phrases), clean, "clean text")
    yield _timed("pyahocorasick", _automaton(phrases), clean, "clean text")
    yield _cleaning("pyahocorasick, cleaning the words", phrases, transcripts, clean)
    yield from _spacy(phrases, raw)


def _text(words: Sequence[str], *, pad: str) -> Text:
    starts = accumulate((len(word) + 1 for word in words[:-1]), initial=len(pad))
    return Text(f"{pad}{' '.join(words)}{pad}", list(starts))


def _timed(name: str, find: Find, texts: Sequence[Text], note: str) -> Contender:
    def work(each: Text) -> object:
        return list(find(each.text))

    return Contender(
        name, lambda: [partial(work, each) for each in texts], _places(find, texts), note
    )


def _places(find: Find, texts: Sequence[Text]) -> Places:
    return {
        (call, phrase, each.word_at(char))
        for call, each in enumerate(texts)
        for phrase, char in find(each.text)
    }


def _expressions(phrases: Sequence[str]) -> Find:
    made = [re.compile(rf"\b{phrase}\b".replace(" ", r"\W+"), re.IGNORECASE) for phrase in phrases]
    return lambda text: [
        (number, hit.start())
        for number, expression in enumerate(made)
        for hit in expression.finditer(text)
    ]


def _alternation(phrases: Sequence[str]) -> Find:
    numbers = {phrase: number for number, phrase in enumerate(phrases)}
    longest_first = sorted(phrases, key=len, reverse=True)
    expression = re.compile(rf"(?<= )(?:{'|'.join(longest_first)})(?= )")
    return lambda text: [(numbers[hit[0]], hit.start()) for hit in expression.finditer(text)]


def _set(phrases: Sequence[str]) -> Callable[[str], list[int]]:
    options = re2.Options()
    options.max_mem = _MEMORY_AT_MOST
    made = re2.Set.SearchSet(options)
    for phrase in phrases:
        made.Add(f" {phrase} ")
    made.Compile()
    return lambda text: list(made.Match(text))


def _set_then_find(phrases: Sequence[str]) -> Find:
    which = _set(phrases)
    padded = [f" {phrase} " for phrase in phrases]

    def find(text: str) -> Iterator[Hit]:
        for number in which(text):
            at = text.find(padded[number])
            while at >= 0:
                yield number, at + 1
                at = text.find(padded[number], at + 1)

    return find


def _which(name: str, which: Callable[[str], list[int]], texts: Sequence[Text]) -> Contender:
    note = f"clean text; {sum(len(which(each.text)) for each in texts)} say which, none where"
    return Contender(name, lambda: [partial(which, each.text) for each in texts], None, note)


def _automaton(phrases: Sequence[str]) -> Find:
    made = ahocorasick.Automaton()
    for number, phrase in enumerate(phrases):
        made.add_word(f" {phrase} ", (number, len(phrase)))
    made.make_automaton()
    return lambda text: [(number, end - long) for end, (number, long) in made.iter(text)]


def _cleaning(
    name: str, phrases: Sequence[str], transcripts: Sequence[Transcript], texts: Sequence[Text]
) -> Contender:
    find = _automaton(phrases)

    def work(each: Transcript) -> object:
        return list(find(f" {' '.join(map(bare, each.words))} "))

    works = [partial(work, each) for each in transcripts]
    return Contender(name, lambda: works, _places(find, texts), "from words")


def _spacy(phrases: Sequence[str], texts: Sequence[Text]) -> Iterator[Contender]:
    pipeline = spacy.blank("en")
    pipeline.max_length = max(len(each.text) for each in texts) + 1
    matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
    keys = {}
    for number, phrase in enumerate(phrases):
        matcher.add(str(number), [pipeline.make_doc(phrase)])
        keys[pipeline.vocab.strings[str(number)]] = number

    def find(text: str) -> list[Hit]:
        read = pipeline.make_doc(text)
        return [(keys[key], read[first].idx) for key, first, _ in matcher(read)]

    read = [pipeline.make_doc(each.text) for each in texts]
    works = [partial(matcher, each) for each in read]
    found = _places(find, texts)
    yield Contender("spaCy PhraseMatcher on a read Doc", lambda: works, found, "Doc given")
    yield _timed("spaCy: tokenise, PhraseMatcher", find, texts, "raw text")
