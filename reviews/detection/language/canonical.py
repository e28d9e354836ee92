"""The canonical form of a query's text: one line where it fits, else an operand a line."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import cast

from lark import Token, Tree

from reviews.detection.language.parse import PARSER, parse_query
from reviews.detection.language.types import And, Condition, Leaf
from reviews.detection.language.written import is_compound, operands, written

WIDTH = 88
_COMMENT = re.compile(r"#[^\n]*")
_Comment = tuple[int, str]
"""Where it stands in the text, and the comment."""


def format_query(
    text: str, *, lists: Mapping[str, Leaf], rules: Collection[str] | None = None
) -> str:
    """The same query as it is best written; comments are kept. Raises QueryError."""
    condition = parse_query(text, lists=lists, rules=rules)
    comments = list(_comments(text))
    line = written(condition)
    if not comments and len(line) <= WIDTH:
        return line
    return "\n".join(_lines(condition, comments, _ends(text)))


def _comments(text: str) -> Iterator[_Comment]:
    """What stands between the tokens besides blanks."""
    edges = [(0, 0), *((token.start_pos or 0, token.end_pos or 0) for token in PARSER.lex(text))]
    for (_, end), (start, _) in pairwise([*edges, (len(text), len(text))]):
        for found in _COMMENT.finditer(text, end, start):
            yield found.start(), found[0].rstrip()


def _ends(text: str) -> list[int]:
    """Where each operand of the outermost AND or OR ends."""
    top = cast("Tree[Token]", PARSER.parse(text).children[0])
    if top.data not in ("or_chain", "and_chain"):
        return [top.meta.end_pos]
    return [cast("Tree[Token]", child).meta.end_pos for child in top.children]


def _lines(condition: Condition, comments: list[_Comment], ends: list[int]) -> Iterator[str]:
    """Each comment stands before the operand that it stood in or before."""
    parts = operands(condition) if is_compound(condition) else [written(condition)]
    if len(ends) != len(parts):
        ends = [comments[-1][0] + 1 if comments else 0] * len(parts)
    joint = "AND " if isinstance(condition, And) else "OR "
    begin = 0
    for at, (part, end) in enumerate(zip(parts, ends, strict=True)):
        yield from (comment for place, comment in comments if begin <= place < end)
        yield f"{joint if at else ''}{part}"
        begin = end
    yield from (comment for place, comment in comments if place >= begin)
