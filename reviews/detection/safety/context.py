"""What is said around words that makes them count for nothing."""

import re
from bisect import bisect_right
from itertools import islice
from operator import itemgetter

from reviews.detection.safety.idioms import IDIOMS
from reviews.detection.safety.letters import BREAK, QUOTE, letter
from reviews.detection.safety.lexicon import NAMES
from reviews.detection.safety.pattern import NO, Piece, compiled, lines
from reviews.detection.safety.rule import Rule, Void

Stretch = tuple[int, int]
"""First token, and the one after the last."""
_NO = f"[{''.join(sorted(NO))}]"
_CLAUSE_END = re.compile(f"[{BREAK}{letter('but')}]")
_BEFORE = 8
"""Tokens in which another's words are announced."""
_DENIED_BEFORE = 4
_QUOTED = 40
"""Tokens that a quotation may have."""
_AFTER = 10
_REPORTED = compiled(
    lines(
        """
        you/he/she/they/people/who/someone/customer/caller/agent/guy/lady/man ~2 <say>
        told/tells/telling me/us/him/her/them
        saying/calling/telling/writing/shouting/threats/threatening/statements/slogans/phrases
        say/call/called/write/said
        the/that/this/a word/phrase/term/slur
        accused/accuses/accusing/insinuating/claimed/claims
        stop/stopped/condemn/condemns/condemned
        """,
        NAMES,
    )
)
_MINE = compiled(
    lines("<i> ~1 say/said/tell/call/called/telling/calling/saying/write/swear", NAMES)
)
_NOT_MINE = compiled(lines("mistake/wrong/bad ~1 in/with/to saying/say/think", NAMES))
_DENIED = compiled(lines("<no> !it/you/they/that/there", {"no": Piece(_NO, NO)}))
_OWN = compiled(
    lines(
        """
        my/our .
        <i> am/are ~1 .
        being ~1 .
        call myself ~1 .
        proud .
        """,
        NAMES,
    )
)
_FOR_WHOM = 30
"""Tokens back to the people that a `them` means."""
_CONDEMNED = compiled(lines("<condemned>", NAMES))


def idioms(line: str) -> list[Stretch]:
    """Stretches, in order and apart, whose words mean no harm."""
    joined: list[Stretch] = []
    found = (hit.span() for _, idiom in IDIOMS.asked(line) for hit in idiom.pattern.finditer(line))
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            begin, stop = joined.pop()
            joined.append((begin, max(end, stop)))
        else:
            joined.append((start, end))
    return joined


def is_voided(
    line: str, stretch: Stretch, core: frozenset[str], void: frozenset[Void], idioms: list[Stretch]
) -> bool:
    """Part of an idiom, by a letter of `core`; or reported, condemned or denied; as `void` asks."""
    start, end = stretch
    if "idiom" in void and _is_idiom(stretch, idioms, line, core):
        return True
    if "denied" in void and _DENIED.search(_clause(line, start, _DENIED_BEFORE)):
        return True
    return "reported" in void and (_is_quoted(line, start, end) or _is_reported(line, start, end))


def is_own(line: str, start: int) -> bool:
    """The speaker's word for the speaker's own people."""
    before = line[max(0, start - 4) : start].rpartition(BREAK)[2]
    return bool(_OWN.search(before))


def is_after(line: str, start: int, rule: Rule) -> bool:
    """What the rule wants before its words stands there."""
    return rule.after is None or bool(
        rule.after.pattern.search(line, max(0, start - _FOR_WHOM), start)
    )


def _is_idiom(stretch: Stretch, idioms: list[Stretch], line: str, core: frozenset[str]) -> bool:
    """A word that the rule rests on stands in an idiom."""
    start, end = stretch
    after = bisect_right(idioms, start, key=itemgetter(1))
    for begin, stop in islice(idioms, after, None):
        if begin >= end:
            return False
        if not core.isdisjoint(line[max(start, begin) : min(end, stop)]):
            return True
    return False


def _clause(line: str, start: int, most: int) -> str:
    """What stands before `start` in its clause, at most that many tokens."""
    return _CLAUSE_END.split(line[max(0, start - most) : start])[-1]


def _is_quoted(line: str, start: int, end: int) -> bool:
    """Between quotation marks."""
    before = line[max(0, start - _QUOTED) : start].count(QUOTE)
    return before % 2 == 1 and QUOTE in line[end : end + _QUOTED]


def _is_reported(line: str, start: int, end: int) -> bool:
    before = _clause(line, start, _BEFORE)
    if _REPORTED.search(before) and not _MINE.search(before) and not _NOT_MINE.search(before):
        return True
    rest = line[end : end + _AFTER].partition(BREAK)[0]
    return bool(_CONDEMNED.search(before) or _CONDEMNED.search(rest))
