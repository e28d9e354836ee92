"""What is wrong with a query: a stable code, where, what stands there, what to write instead."""

import re
from enum import StrEnum

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken


class QueryCode(StrEnum):
    EMPTY = "empty"
    SYNTAX = "syntax"
    SIDE_BY_SIDE = "side_by_side"
    NOT_AFTER_OPERAND = "not_after_operand"
    UNCLOSED = "unclosed"
    UNFINISHED = "unfinished"
    NEEDS_SPAN = "needs_span"
    HALF_SCOPED = "half_scoped"
    HALF_WINDOWED = "half_windowed"
    CONTRARY_SCOPES = "contrary_scopes"
    CHAIN = "chain"
    DISTANCE = "distance"
    WINDOW = "window"
    WILDCARD = "wildcard"
    PHRASE = "phrase"
    TERM = "term"
    LIST = "list"
    COUNT = "count"
    FACT = "fact"
    LIMIT = "limit"
    SLOT = "slot"
    SIMILARITY = "similarity"
    CONFIDENCE = "confidence"
    RULE = "rule"


class QueryError(ValueError):
    """A query that is refused. Line and column are 1-based and count code points."""

    def __init__(self, code: QueryCode, message: str, *, text: str, at: int) -> None:
        at = min(max(at, 0), len(text))
        self.code = code
        self.message = message
        self.line = text.count("\n", 0, at) + 1
        self.column = at - (text.rfind("\n", 0, at) + 1) + 1
        super().__init__(f"line {self.line}, column {self.column}: {message}")


_SCOPE_BEFORE = re.compile(r"((?:agent|customer|other|speaker\([^()\n]*\)):)\s*$")
_OPERANDS = {"WORD", "PHRASE", "LIST", "SLOT", "SIMILARITY", "COUNT", "CALL", "SCOPE", "LPAR"}
_WINDOWS = {"WINDOW", "AT_TURN", "AS_QUESTION", "CONF", "AFTER_RULE", "ONE_TURN"}
_LOST_CHARACTERS = {
    '"': 'a quote is opened and not closed: close it with "',
    "“": "a quote is opened and not closed: close it with ”",
    "”": "a quote is opened and not closed: close it with ”",
    "{": "a list is opened and not closed: write {list name}",
    "}": "a closing brace without an opening one: write {list name}",
    "~": 'nothing to compare with after "~": write ~"the text" 85%',
    "|": 'alternatives stand inside quotes: write "(one|other)", or OR between expressions',
    "[": 'optional words stand inside quotes: write "words [optional] words"',
    "]": 'optional words stand inside quotes: write "words [optional] words"',
}


def from_lark(error: UnexpectedInput, text: str) -> QueryError:
    """Say in the language's own terms what the parser stumbled over."""
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        seen = text[at : at + 1]
        message = _LOST_CHARACTERS.get(seen, f'"{seen}" has no meaning here: put it in quotes')
        code = QueryCode.UNCLOSED if "not closed" in message else QueryCode.SYNTAX
        return QueryError(code, message, text=text, at=at)
    if isinstance(error, UnexpectedToken):
        return _from_token(error, text)
    return QueryError(QueryCode.UNFINISHED, _ENDS_EARLY, text=text, at=len(text))


_ENDS_EARLY = "the query ends where an expression is expected: write a word, a phrase or a group"


def _from_token(error: UnexpectedToken, text: str) -> QueryError:
    kind, seen = error.token.type, str(error.token)
    is_end = kind == "$END"
    at = len(text) if is_end else int(error.token.start_pos or 0)
    if kind == "NOT" and (scope := _SCOPE_BEFORE.search(text[:at])):
        operand = next(iter(text[at:].split()[1:]), "A")
        message = f"a scope holds for words, not for NOT: write NOT {scope[1]} {operand}"
        return QueryError(QueryCode.NEEDS_SPAN, message, text=text, at=at)
    code, message = _explain(kind, seen, error.accepts or set())
    return QueryError(code, message, text=text, at=at)


def _explain(kind: str, seen: str, accepts: set[str]) -> tuple[QueryCode, str]:
    if accepts & {"INFIX", "RPAR", "$END"}:
        return _after_operand(kind, seen, is_open="RPAR" in accepts)
    if "WORD" in accepts and "LPAR" not in accepts:
        return QueryCode.SYNTAX, f"a value is expected here, not {_shown(kind, seen)}"
    if "COMPARE" in accepts:
        return (
            QueryCode.SYNTAX,
            f"a comparison is expected here, not {_shown(kind, seen)}: write one of >= > <= < = !=",
        )
    if "LPAR" in accepts:
        return _instead_of_operand(kind, seen)
    return QueryCode.SYNTAX, f"{_shown(kind, seen)} cannot stand here"


def _after_operand(kind: str, seen: str, *, is_open: bool) -> tuple[QueryCode, str]:
    if kind == "$END":
        return QueryCode.UNCLOSED, 'a parenthesis is opened and not closed: close it with ")"'
    if kind == "RPAR":
        return QueryCode.SYNTAX, '")" has no opening parenthesis: remove it'
    if kind in ("NOT", "NOT_IN"):
        return (
            QueryCode.NOT_AFTER_OPERAND,
            "NOT after an expression must be followed by NEAR, BEFORE or INSIDE: write AND NOT",
        )
    if kind == "WORD" and seen.startswith("-"):
        return (
            QueryCode.NOT_AFTER_OPERAND,
            f'"{seen}": a minus sign does not exclude: write AND NOT {seen[1:]}',
        )
    if kind in _OPERANDS:
        return (
            QueryCode.SIDE_BY_SIDE,
            f"{_shown(kind, seen)} follows an expression without an operator: put the words in "
            "quotes as a phrase, or write AND or OR between them",
        )
    closing = " or close the parenthesis" if is_open else ""
    return (
        QueryCode.SYNTAX,
        f"{_shown(kind, seen)} cannot stand here: write an operator such as AND{closing}",
    )


def _instead_of_operand(kind: str, seen: str) -> tuple[QueryCode, str]:
    if kind == "$END":
        return QueryCode.UNFINISHED, _ENDS_EARLY
    if kind in {"_AND", "_OR", "INFIX"} or kind in _WINDOWS:
        return (
            QueryCode.UNFINISHED,
            f'{seen} needs an expression before it; the word itself is written "{seen}" in quotes',
        )
    if kind == "RPAR":
        return QueryCode.UNFINISHED, 'an expression is expected before ")": write one or remove it'
    return QueryCode.SYNTAX, f"{_shown(kind, seen)} cannot stand here: an expression is expected"


def _shown(kind: str, seen: str) -> str:
    return "the end of the query" if kind == "$END" else f"{seen}"
