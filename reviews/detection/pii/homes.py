"""Where somebody lives: a number and a street, what follows of the address, and postal codes."""

import re
from collections.abc import Iterator, Sequence

from reviews.detection.numerals import DIGITS, REPEATS, SCALES, SMALL, TENS
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.span import ADDRESS, POSTAL, Method, Span

_TYPES = lexicon("""
alley av ave avenue blvd boulevard cir circle close court crescent crossing ct dr drive gardens
grove heights highway hill hwy lane ln loop mews parkway path pike pkwy pl place plaza rd ridge
road row run sq square st street terrace trail turnpike walk way
""")
_UNITS = lexicon("apartment apt unit suite ste floor flat room building bldg lot")
_BOX = (("p", "o", "box"), ("po", "box"), ("post", "office", "box"))
_DIRECTIONS = lexicon("""
e east n ne north northeast northwest nw s se south southeast southwest sw w west
""")
_NUMBERS = (
    frozenset(DIGITS) | frozenset(SMALL) | frozenset(TENS) | frozenset(REPEATS) | frozenset(SCALES)
)
_FIGURES = re.compile(r"\d{1,6}[a-z]?|\d{1,3}(?:st|nd|rd|th)")
_NOT_NAMES = lexicon("""
a about all an and any are around at best big by day days different dollar dollars each easy
every first for from good her his hour hours i in is it items last long minute minutes month
months more my new next no of on only or other our people percent points right same some such
that the their this times to was way ways week weeks what which wrong year years you your
""")
_ORDINALS = lexicon(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
)
_LONGEST_NAME = 4
_PLAIN_TYPES = lexicon("avenue boulevard court drive lane road street terrace")
"""Types that are seldom another word behind a number."""
_LEADS = lexicon("it's is at yes yeah sure um uh okay")
_NUMBERED_ROADS = lexicon("highway hwy route")
_HOME = lexicon("""
address deliver delivered home house live lives living located location mail mailed reside
residence resides send sent ship shipped street
""")
_HOME_REACH = 12
STATES = lexicon("""
ak al alabama alaska ar arizona arkansas az ca california carolina co colorado connecticut ct
dakota dc de delaware fl florida ga georgia hampshire hawaii hi ia id idaho il illinois indiana
iowa island jersey kansas kentucky ks ky la louisiana ma maine maryland massachusetts md me
mexico mi michigan minnesota mississippi missouri mn mo montana ms mt nc nd ne nebraska nevada nh
nj nm nv ny oh ohio ok oklahoma or oregon pa pennsylvania rhode ri sc sd tennessee texas tn tx ut
utah va vermont virginia vt wa washington wi wisconsin wv wy wyoming york
""")
_ZIP = re.compile(r"\d{5}")


def homes(axis: Axis) -> Iterator[Span]:
    words = axis.words
    end = -1
    for at in axis.places(_TYPES):
        if at <= end:
            continue
        first = _street_start(axis, at, end)
        if first is None:
            continue
        end = _unit_end(words, at)
        start, stop = axis.bounds(first, end)
        yield Span(
            start, stop, ADDRESS, 0.85 if _is_home(words, first) else 0.75, _method(words[first])
        )
    yield from _on_numbered_roads(axis)
    yield from _boxes(axis)
    yield from _zips(axis)


def _method(word: str) -> Method:
    return "written" if word[0].isdigit() else "spoken"


def _street_start(axis: Axis, at: int, end: int) -> int | None:
    """The first word of the house's number before the street's name and type; None without one."""
    words, name = axis.words, at
    while name - 1 > end and at - name < _LONGEST_NAME and _is_street_name(words[name - 1]):
        name -= 2 if _is_second_part(words, name - 1) else 1
        if name - 1 > end and _is_house(words[name - 1]) and not _is_house(words[name]):
            break
    number = name
    while number - 1 > end and _is_house(words[number - 1]) and name - number < 6:
        number -= 1
    has_name = name < at or (number < name - 1 and _is_numbered(words[name - 1]))
    if number == name or not has_name:
        return None
    is_sure = _is_home(words, number) or _is_capital(axis, at, name) or _is_plain(axis, number, at)
    return number if is_sure else None


def _is_second_part(words: Sequence[str], at: int) -> bool:
    """`second` of `west forty second street`: behind tens that are not the house's number."""
    is_part = at > 1 and words[at] in _ORDINALS and words[at - 1] in TENS
    return is_part and words[at - 2] in _DIRECTIONS


def _is_plain(axis: Axis, number: int, at: int) -> bool:
    """`it's one oh five pinecrest avenue`: a long number begins what is said, or a unit follows."""
    words = axis.words
    is_long = len(words[number]) > 2 if words[number].isdigit() else _is_house(words[number + 1])
    if not is_long or words[at] not in _PLAIN_TYPES:
        return False
    is_begun = number == 0 or words[number - 1] in _LEADS or axis.breaks(number - 1)
    return is_begun or _unit_end(words, at) > at


def _is_numbered(word: str) -> bool:
    return word in _ORDINALS or bool(re.fullmatch(r"\d{1,3}(?:st|nd|rd|th)", word))


def _is_house(word: str) -> bool:
    return word in _NUMBERS or bool(_FIGURES.fullmatch(word))


def _is_street_name(word: str) -> bool:
    is_word = word.replace("'", "").isalpha() and word not in _NOT_NAMES and word not in _NUMBERS
    return is_word or _is_numbered(word) or word in _ORDINALS


def _is_home(words: Sequence[str], first: int) -> bool:
    return not _HOME.isdisjoint(words[max(0, first - _HOME_REACH) : first])


def _is_capital(axis: Axis, at: int, name: int) -> bool:
    """`123 Main Street`: the street is written as names are."""
    start, _ = axis.bounds(name, name)
    kind, _ = axis.bounds(at, at)
    return axis.text[start].isupper() and axis.text[kind].isupper()


def _unit_end(words: Sequence[str], at: int) -> int:
    """Behind `apartment 4b`, `north`, where they follow."""
    end = at + 1 if words[at + 1 : at + 2] and words[at + 1] in _DIRECTIONS else at
    if words[end + 1 : end + 2] and words[end + 1] in _UNITS:
        last = end + 2
        while (
            last < len(words)
            and last - end < 6
            and (_is_house(words[last]) or len(words[last]) == 1)
        ):
            last += 1
        return last - 1 if last > end + 2 else end
    return end


def _on_numbered_roads(axis: Axis) -> Iterator[Span]:
    """`5500 Highway 61 South`: the road's number stands behind its type."""
    words = axis.words
    for at in axis.places(_NUMBERED_ROADS):
        first, last = at, at
        while first > 0 and at - first < 6 and _is_house(words[first - 1]):
            first -= 1
        while last + 1 < len(words) and last - at < 3 and _is_house(words[last + 1]):
            last += 1
        if first < at < last and (_is_home(words, first) or _is_capital(axis, at, at)):
            start, stop = axis.bounds(first, _unit_end(words, last))
            yield Span(start, stop, ADDRESS, 0.75, _method(words[first]))


def _boxes(axis: Axis) -> Iterator[Span]:
    words = axis.words
    for at in axis.places({"box"}):
        phrase = next((p for p in _BOX if tuple(words[at - len(p) + 1 : at + 1]) == p), None)
        last = at
        while phrase and last + 1 < len(words) and last - at < 6 and _is_house(words[last + 1]):
            last += 1
        if phrase and last > at:
            start, end = axis.bounds(at - len(phrase) + 1, last)
            yield Span(start, end, ADDRESS, 0.8, "written")


def _zips(axis: Axis) -> Iterator[Span]:
    """Five digits behind a state."""
    words = axis.words
    for at in axis.places({word for word in axis.with_digits if _ZIP.fullmatch(word)}):
        if at and words[at - 1] in STATES and (len(words[at - 1]) > 2 or _is_upper(axis, at - 1)):
            start, end = axis.bounds(at, at)
            yield Span(start, end, POSTAL, 0.8, "written")


def _is_upper(axis: Axis, at: int) -> bool:
    start, end = axis.bounds(at, at)
    return axis.text[start:end].isupper() or axis.text.islower()
