"""Names of people: what the words before say, a title, a first name, how it is written."""

from collections.abc import Iterator, Sequence

from reviews.detection.pii.axis import Axis
from reviews.detection.pii.dates import MONTHS
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.people import ALSO_WORDS, FIRST_NAMES, PEOPLE
from reviews.detection.pii.span import PERSON, Span
from reviews.detection.pii.unaccented import unaccented

_TITLES = lexicon("mr mrs ms miss mister dr doctor prof professor sir madam mx")
_NAME_WORDS = lexicon("name name's names")
_NAMED = lexicon("named called")
_BEFORE_PLACES = lexicon("san santa saint st fort port mount lake los las")
_PLACES = lexicon("""
airport avenue bar beach center centre church college county drive hospital hotel island lane mall
park plaza restaurant road school square stadium station street theater theatre university
""")
_SPEAKING = frozenset({"speaking"})
_HOLDERS = lexicon("holder cardholder accountholder owner under")
"""What leads to a name of several words."""
_BEFORE_NAME = lexicon("my first last full middle maiden given her his their sur your user's the")
_SELF = {
    "is": lexicon("this it"),
    "am": lexicon("i"),
    **dict.fromkeys(("i'm", "it's"), frozenset()),
}
"""`this is`, `I am`: the last word, and those that may stand before it."""
_ALSO_VERBS = lexicon("doctor miss sir madam professor")
"""Titles that are other words behind `my` or `I`: "my doctor said", "I miss that"."""
_NO_TITLE = lexicon("a an another any by dear don't her his i my no our the their to we you your")
_SPELT = lexicon("name name's names spell spelled spelling spelt")
_SPELT_WITHIN = 8
_LEAST_LETTERS = 3
_SELF_AFTER = lexicon("speaking calling here from with again")
_STOPS = lexicon("""
a about account actually address afraid afternoon agent all already also am an and apartment apt
are as at back bank basically be because been billing birth birthday box busy but by bye calling can
card claim code confused correct could customer date did different do does done down dr eight email
er evening fine first five floor for four free friday from frustrated full get getting glad going
gonna good goodbye got great had happy has have having he hello help her here hey hi his hmm
hoping how i i'm if in interested into is it it's its just last like looking ma'am madam maiden
manager may me member mhm middle might miss monday morning mr mrs ms must my name need new night
nine no nope not now number of off oh ok okay old on one only or order our out over phone please
policy ready really reference representative right same saturday security seven shall she sir six
so social sorry sounds speaking spell spelled spelling still suite sunday supervisor support sure
tag ten than thank thanks that that's the their them then there there's these they this those three
thursday to today tomorrow trying tuesday two uh um under unfortunately unit up upset us very
want was we wednesday well were what what's when where which who why will with wondering would
wrong misspelled mispronounced missing listed registered incorrect basis case said told says
yeah yep yes yesterday you your zip
""")
_SUFFIXES = lexicon("ii iii iv jr sr junior senior")
_PARTICLES = lexicon("de da di du del della van von der den la le bin al el st mac ter ten dos")
_LEAD_IN = lexicon(
    "yes yeah sure okay ok um uh it's it is of course my name name's hi hello this i'm"
)
_ASKED_WITHIN = 5
"""Words between the question for a name and the end of its turn."""
_WHO, _WHO_WITHIN = frozenset({"who"}), 8
_AM_I = (["am", "i"], ["is", "this"], ["do", "i"])
_LONGEST = 4


def names(axis: Axis) -> Iterator[Span]:
    reader = _Reader(axis)
    yield from reader.introduced()
    yield from reader.beside()
    yield from reader.answered()
    yield from reader.titled()
    yield from reader.spelled()
    yield from reader.known()


class _Reader:
    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self.words = axis.words
        # Where `I` alone is a capital, names have none.
        others = axis.text.replace("I", "")
        self.is_cased = others != others.lower()

    def introduced(self) -> Iterator[Span]:
        """Behind `my name is`, `this is … speaking`, `last name`."""
        words = self.words
        for at in self.axis.places(_NAME_WORDS):
            first = self._behind_name(at)
            if first:
                yield from self._span(first, 0.85, is_sure=True)
        for at in self.axis.places(_NAMED):
            is_person = words[at] == "named" or not PEOPLE.isdisjoint(words[max(0, at - 2) : at])
            if is_person and at + 1 < len(words) and self._is_capital(at + 1):
                yield from self._span(at + 1, 0.7, is_sure=True)
        for at in self.axis.places(_SELF.keys()):
            before = _SELF[words[at]]
            if not before or (at and words[at - 1] in before):
                yield from self._self(at + 1)

    def _behind_name(self, at: int) -> int:
        """Where the name begins that a word such as `name` announces; 0 where none does."""
        words = self.words
        first = at + 1
        if words[at] == "name's":
            return first
        if words[first : first + 1] in (["is"], ["was"], ["it's"], ["would"]):
            if self._is_done(first + 1):
                return 0
            return first + (2 if words[first] == "would" else 1)
        if words[first : first + 3] in (["on", "the", "card"], ["on", "the", "account"]):
            return first + 4 if words[first + 3 : first + 4] == ["is"] else 0
        is_asked = at > 0 and words[at - 1] in _BEFORE_NAME
        is_field = self.axis.text.startswith(":", self.axis.bounds(at, at)[1])
        starts_line = at == 0 or self.axis.breaks(at - 1)
        return first if is_field or (is_asked and not self._ends(at)) or starts_line else 0

    def beside(self) -> Iterator[Span]:
        """Behind `account holder`, before `speaking`."""
        words = self.words
        for at in self.axis.places(_HOLDERS):
            first = at + 1 + (self.words[at + 1 : at + 2] == ["is"])
            if (first > at + 1 or words[at] == "under") and self._last(first, is_sure=True) > first:
                yield from self._span(first, 0.7, is_sure=True)
        for at in self.axis.places(_SPEAKING) if self.is_cased else ():
            is_begun = at == 1 or (at > 1 and self._ends(at - 2))
            if is_begun and self._ends(at) and self._is_speaker(at - 1):
                yield self._made(at - 1, at - 1, 0.75)

    def _is_speaker(self, at: int) -> bool:
        """`Hello, Shanice speaking.` is one, `Strictly speaking,` is none."""
        word = self.words[at]
        return self._is_capital(at) and word not in _STOPS and not word.endswith("ly")

    def _is_done(self, at: int) -> bool:
        """`my name was removed`, in a text without capitals."""
        word = self.words[at] if at < len(self.words) else ""
        is_verb = word.endswith(("ed", "ing")) and unaccented(word) not in FIRST_NAMES
        return is_verb and not self.is_cased and "last" not in self.words[max(0, at - 3) : at]

    def answered(self) -> Iterator[Span]:
        """At the beginning of the turn after one in which a name was asked for."""
        for at in self.axis.places(_NAME_WORDS):
            first = self.axis.answer_to(at, within=_ASKED_WITHIN, lead_in=_LEAD_IN)
            if first:
                yield from self._span(first, 0.75, is_sure=True)
        for at in self.axis.places(_WHO):
            first = self.axis.answer_to(at, within=_WHO_WITHIN, lead_in=_LEAD_IN)
            if first and self.words[at + 1 : at + 3] in _AM_I:
                yield from self._span(first, 0.75, is_sure=True)

    def _self(self, first: int) -> Iterator[Span]:
        if first >= len(self.words) or self.words[first] in _STOPS:
            return
        last = self._last(first, is_sure=True)
        if last < first:
            return
        is_known = unaccented(self.words[first]) in FIRST_NAMES
        after = self.words[last + 1 : last + 2]
        is_told = bool(after) and after[0] in _SELF_AFTER and self._is_capital(first)
        if is_told or (is_known and self._counts(first, last)):
            yield self._made(first, last, 0.75)

    def titled(self) -> Iterator[Span]:
        for at in self.axis.places(_TITLES):
            first = at + 1
            is_verb = self.words[at] in _ALSO_VERBS and at and self.words[at - 1] in _NO_TITLE
            if first < len(self.words) and not is_verb and not self._ends(at, but="."):
                is_known = unaccented(self.words[first]) in FIRST_NAMES
                last = self._last(first, is_sure=True)
                if last >= first and (is_known or self._is_capital(first) or not self.is_cased):
                    yield self._made(at, last, 0.75)

    def spelled(self) -> Iterator[Span]:
        """`w o j c i k` where a name or its spelling was asked for."""
        for at in self.axis.places(_SPELT):
            first = at + 1
            end = min(len(self.words), first + _SPELT_WITHIN)
            while first < end and (last := _letters_end(self.words, first)) < first:
                first += 1
            if first < end and self.words[at + 1] != "of":
                yield self._made(first, last, 0.75)

    def known(self) -> Iterator[Span]:
        """First names, with what follows as names do."""
        for at in self.axis.places(self._first_names()):
            last = self._last(at, is_sure=False)
            if last >= at and self._counts(at, last) and not self._is_place(at, last):
                yield self._made(at, last, 0.7 if last > at else 0.55)

    def _is_place(self, first: int, last: int) -> bool:
        """`San Francisco`, `in Charlotte`, `Martin Hospital`."""
        before = self.words[first - 1] if first else ""
        if before in _BEFORE_PLACES or (first == last and before == "in"):
            return True
        return not _PLACES.isdisjoint(self.words[last : last + 2])

    def _first_names(self) -> frozenset[str]:
        said = self.axis.vocabulary
        if self.axis.text.isascii():
            return said & FIRST_NAMES
        return frozenset(word for word in said if unaccented(word) in FIRST_NAMES)

    def _counts(self, first: int, last: int) -> bool:
        """A first name that is no other word here: capital, or not ambiguous in bare text."""
        is_word = self.words[first] in ALSO_WORDS or self.words[first] in MONTHS
        if self.is_cased:
            return self._is_capital(first) and (last > first or not is_word)
        return not is_word or unaccented(self.words[last]) in FIRST_NAMES - ALSO_WORDS

    def _span(self, first: int, score: float, *, is_sure: bool) -> Iterator[Span]:
        last = self._last(first, is_sure=is_sure)
        if last >= first:
            yield self._made(first, last, score)

    def _made(self, first: int, last: int, score: float) -> Span:
        start, end = self.axis.bounds(first, last)
        return Span(start, end, PERSON, score, "spoken" if not self.is_cased else "written")

    def _last(self, first: int, *, is_sure: bool) -> int:
        """The last word of a name that begins at `first`; before it where none does."""
        if first >= len(self.words) or not self._is_name(first, is_sure=is_sure):
            return first - 1
        last = first
        while last + 1 < len(self.words) and last - first + 1 < _LONGEST:
            if self._ends(last, but="." if len(self.words[last]) == 1 else ""):
                break
            is_third = last > first and not self._is_cased_at(first)
            if is_third and not (is_sure and self._ends(last + 1, but=" ")):
                break
            if not (is_sure or self.is_cased == self._is_cased_at(first)):
                break
            if not self._goes_on(last + 1, first, is_sure=is_sure):
                break
            last += 1
        while last > first and self.words[last] in _PARTICLES:
            last -= 1
        return last

    def _goes_on(self, at: int, first: int, *, is_sure: bool) -> bool:
        word = self.words[at]
        if self._is_cased_at(first):
            is_part = word in _PARTICLES and at + 1 < len(self.words) and self._is_capital(at + 1)
            return is_part or (self._is_capital(at) and word not in _STOPS) or word in _SUFFIXES
        if word in _STOPS or not word.isalpha():
            return False
        if self.words[at - 1] in _PARTICLES or (is_sure and self._ends(at, but=" ")):
            return True
        return unaccented(self.words[first]) in FIRST_NAMES or unaccented(word) in FIRST_NAMES

    def _is_cased_at(self, first: int) -> bool:
        """Whether names have capitals here: a typed answer may have none in a text that has."""
        return self.is_cased and self._is_capital(first)

    def _is_name(self, at: int, *, is_sure: bool) -> bool:
        word = self.words[at]
        is_negated = word.endswith("n't")
        if word in _STOPS or is_negated or not any(map(str.isalpha, word)) or len(word) > 30:
            return False
        if len(word) == 1:
            return is_sure and self.is_cased and self._is_capital(at)
        if unaccented(word) in FIRST_NAMES:
            return True
        return is_sure and (self._is_capital(at) or not self.is_cased)

    def _is_capital(self, at: int) -> bool:
        start, _ = self.axis.bounds(at, at)
        return self.axis.text[start].isupper()

    def _ends(self, at: int, *, but: str = "") -> bool:
        """A mark behind the word ends what it belongs to."""
        if at + 1 >= len(self.words):
            return True
        between = self.axis.between(at).strip(" -'" + but)
        return bool(between)


def _letters_end(words: Sequence[str], first: int) -> int:
    """The last word of letters that spell a name; before `first` where too few do."""
    at, count = first, 0
    while at < len(words):
        if len(words[at]) == 1 and words[at].isalpha():
            at, count = at + 1, count + 1
        elif count and words[at : at + 2] == ["as", "in"]:
            at += 3
        elif words[at] == "double":
            at, count = at + 1, count + 1
        else:
            break
    return min(at, len(words)) - 1 if count >= _LEAST_LETTERS else first - 1
