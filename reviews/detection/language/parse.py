"""Query text to a typed query. Nothing is reinterpreted: what is not understood is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import NoReturn, cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from reviews.detection.language import facts, infix, sizes
from reviews.detection.language.errors import QueryCode, QueryError, from_lark
from reviews.detection.language.phrase import PhraseError, leaf
from reviews.detection.language.pieces import Piece
from reviews.detection.language.types import (
    SPANS,
    And,
    ByRole,
    BySpeaker,
    Condition,
    Count,
    Either,
    Leaf,
    Not,
    Or,
    Span,
    Window,
    Within,
)
from reviews.detection.transcript import Role

CHARACTERS_AT_MOST, TERMS_AT_MOST, DEPTH_AT_MOST = 10_000, 500, 32
_GRAMMAR = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="basic", propagate_positions=True)
_LATER = {
    "ONE_TURN": "IN ONE TURN",
    "AT_TURN": "AT TURN",
    "AS_QUESTION": "AS QUESTION",
    "CONF": "CONF",
    "AFTER_RULE": "AFTER RULE",
}
_LIKE_SCOPE = re.compile(r"[^\W\d]\w*:")
_Branch = Tree[Token]


def parse_query(text: str, *, lists: Mapping[str, Leaf]) -> Condition:
    """The query as a condition; a query that is one span is "found at least once".

    `lists` are the named phrase lists that `{name}` may name. Raises QueryError.
    """
    if len(text) > CHARACTERS_AT_MOST:
        message = f"the query has {len(text)} characters: write at most {CHARACTERS_AT_MOST}"
        raise QueryError(QueryCode.LIMIT, message, text=text, at=CHARACTERS_AT_MOST)
    try:
        tree = _PARSER.parse(text)
    except UnexpectedInput as error:
        raise _empty_or(error, text) from None
    return _Builder(text, lists).build(cast("_Branch", tree.children[0])).node


def _empty_or(error: UnexpectedInput, text: str) -> QueryError:
    without_comments = "\n".join(line.split("#", 1)[0] for line in text.splitlines())
    if not without_comments.strip():
        message = "the query is empty: write what must be heard"
        return QueryError(QueryCode.EMPTY, message, text=text, at=0)
    return from_lark(error, text)


@dataclass
class _Builder:
    text: str
    lists: Mapping[str, Leaf]
    terms: int = 0

    def build(self, tree: _Branch, depth: int = 0) -> Piece:
        if depth > DEPTH_AT_MOST:
            self.refuse(
                QueryCode.LIMIT,
                f"the query is nested over {DEPTH_AT_MOST} deep: split it into rules",
                tree.meta.start_pos,
            )
        method: Callable[[_Branch, int], Piece] = getattr(self, f"_{tree.data}")
        return method(tree, depth)

    def refuse(self, code: QueryCode, message: str, at: int) -> NoReturn:
        raise QueryError(code, message, text=self.text, at=at)

    def _piece(self, tree: _Branch, node: Condition) -> Piece:
        return Piece(node, tree.meta.start_pos, tree.meta.end_pos, self.text)

    def _all(self, tree: _Branch, depth: int) -> list[Piece]:
        return [self.build(cast("_Branch", child), depth) for child in tree.children]

    def _or_chain(self, tree: _Branch, depth: int) -> Piece:
        pieces = self._all(tree, depth)
        infix.check_scopes(pieces, "OR")
        infix.check_suffix(pieces, "OR")
        nodes = tuple(piece.node for piece in pieces)
        is_span = all(isinstance(node, SPANS) for node in nodes)
        node = Either(cast("tuple[Span, ...]", nodes)) if is_span else Or(nodes)
        return replace(
            self._piece(tree, node), carries_scope=any(piece.carries_scope for piece in pieces)
        )

    def _and_chain(self, tree: _Branch, depth: int) -> Piece:
        return self._piece(tree, And(tuple(piece.node for piece in self._all(tree, depth))))

    def _negation(self, tree: _Branch, depth: int) -> Piece:
        operand = self.build(cast("_Branch", tree.children[1]), depth + 1)
        return self._piece(tree, Not(operand.node))

    def _infix_chain(self, tree: _Branch, depth: int) -> Piece:
        self._check_no_negated(tree)
        operands = [self.build(cast("_Branch", child), depth) for child in tree.children[::2]]
        operators = [cast("Token", child) for child in tree.children[1::2]]
        return replace(
            self._piece(tree, infix.join(operands, operators, self.text)),
            is_bare_scope=any(piece.is_bare_scope for piece in operands),
            carries_scope=any(piece.carries_scope for piece in operands),
        )

    def _check_no_negated(self, tree: _Branch) -> None:
        for at, child in enumerate(tree.children):
            if isinstance(child, Tree) and child.data == "negated":
                inner = cast("_Branch", child.children[1]).meta
                left = cast("_Branch", tree.children[at - 2]).meta
                operator = str(tree.children[at - 1])
                name = operator.split("/")[0]
                self.refuse(
                    QueryCode.NEEDS_SPAN,
                    f"{name} needs two span expressions, not NOT: write "
                    f"{self.text[left.start_pos : left.end_pos]} NOT {operator} "
                    f"{self.text[inner.start_pos : inner.end_pos]}",
                    child.meta.start_pos,
                )

    def _suffix_chain(self, tree: _Branch, depth: int) -> Piece:
        operand = self.build(cast("_Branch", tree.children[0]), depth)
        span: Span | None = None
        for suffix in tree.children[1:]:
            branch = cast("_Branch", suffix)
            self._check_suffix_kind(branch)
            shown = self.text[branch.meta.start_pos : branch.meta.end_pos]
            each = f"(A {shown}) AND (B {shown})"
            inner = span or infix.span_of(operand, f"the suffix {shown}", each=each)
            opening, size = (str(child) for child in branch.children)
            span = Within(self._window(opening, size, branch), inner)
        return replace(
            operand, node=span or operand.node, end=tree.meta.end_pos, is_bare_suffix=True
        )

    def _check_suffix_kind(self, suffix: _Branch) -> None:
        first = cast("Token", suffix.children[0])
        if first.type in _LATER:
            self._not_yet(_LATER[first.type], suffix)

    def _window(self, opening: str, size: str, tree: _Branch) -> Window:
        words = opening.split()
        try:
            if len(words) == 1:
                return sizes.clock_window(size)
            return sizes.edge_window(size, is_first=words[1] == "FIRST")
        except sizes.SizeError as error:
            at = cast("Token", tree.children[-1]).start_pos or 0
            self.refuse(QueryCode.WINDOW, str(error), at)

    def _scope(self, tree: _Branch, depth: int) -> Piece:
        self._check_scope_name(cast("Token", tree.children[0]))
        operand = self.build(cast("_Branch", tree.children[1]), depth + 1)
        opening = str(tree.children[0])
        name = opening.rstrip(": \t\n")
        span = infix.span_of(operand, name + ":", each=f"({name}: A) AND ({name}: B)")
        infix.check_contrary(span, name, self.text, tree.meta.start_pos)
        node: Span
        if name.startswith("speaker("):
            label = name.removeprefix("speaker(").removesuffix(")").strip()
            if not label:
                message = "speaker() names nobody: write speaker(A):"
                self.refuse(QueryCode.TERM, message, tree.meta.start_pos)
            node = BySpeaker(label, span)
        else:
            node = ByRole(Role(name), span)
        return replace(self._piece(tree, node), is_bare_scope=True, carries_scope=True)

    def _group(self, tree: _Branch, depth: int) -> Piece:
        inner = self.build(cast("_Branch", tree.children[0]), depth + 1)
        return replace(
            inner,
            start=tree.meta.start_pos,
            end=tree.meta.end_pos,
            is_bare_scope=False,
            is_bare_suffix=False,
            is_group=True,
        )

    def _count(self, tree: _Branch, depth: int) -> Piece:
        operand = self.build(cast("_Branch", tree.children[1]), depth + 1)
        span = infix.span_of(operand, "COUNT", each="COUNT(A) >= 1 AND COUNT(B) >= 1")
        comparison, number = str(tree.children[2]), cast("Token", tree.children[3])
        at = number.start_pos or 0
        if not (number.isascii() and number.isdigit()) or len(number) > 6:
            self.refuse(QueryCode.COUNT, f'"{number}" is no count: write a whole number', at)
        if (comparison, int(number)) in ((">=", 0), ("<", 0)):
            self.refuse(
                QueryCode.COUNT,
                f"COUNT(…) {comparison} 0 is always {'true' if comparison == '>=' else 'false'}: "
                "write >= 1 or = 0",
                at,
            )
        return self._piece(tree, Count(span, comparison, int(number)))

    def _fact(self, tree: _Branch, _depth: int) -> Piece:
        tokens = [cast("Token", child) for child in tree.children]
        try:
            return self._piece(tree, facts.condition([str(token) for token in tokens]))
        except facts.FactError as error:
            at = tokens[min(error.part, len(tokens) - 1)].start_pos or 0
            self.refuse(QueryCode.FACT, str(error), at)

    def _term(self, tree: _Branch, _depth: int) -> Piece:
        text = str(tree.children[0])
        self._check_scope_name(cast("Token", tree.children[0]))
        return self._leaf(tree, text.replace("\\", "\\\\"), shift=0, code=QueryCode.TERM)

    def _check_scope_name(self, token: Token) -> None:
        if token.type != "SCOPE" and _LIKE_SCOPE.match(token):
            self.refuse(
                QueryCode.TERM,
                f'"{token}" is no scope: write agent:, customer:, other: or speaker(A):, '
                "or put the word in quotes",
                token.start_pos or 0,
            )

    def _phrase(self, tree: _Branch, _depth: int) -> Piece:
        return self._leaf(tree, str(tree.children[0])[1:-1], shift=1, code=QueryCode.PHRASE)

    def _leaf(self, tree: _Branch, inside: str, *, shift: int, code: QueryCode) -> Piece:
        self._count_term(tree)
        start = tree.meta.start_pos
        try:
            node = leaf([inside], shown=self.text[start : tree.meta.end_pos])
        except PhraseError as error:
            self.refuse(code, error.message, start + shift + error.offset)
        return self._piece(tree, node)

    def _count_term(self, tree: _Branch) -> None:
        self.terms += 1
        if self.terms > TERMS_AT_MOST:
            self.refuse(
                QueryCode.LIMIT,
                f"the query has over {TERMS_AT_MOST} terms: put phrases into a list",
                tree.meta.start_pos,
            )

    def _list(self, tree: _Branch, _depth: int) -> Piece:
        self._count_term(tree)
        name = str(tree.children[0])[1:-1].strip()
        if name not in self.lists:
            known = ", ".join(sorted(self.lists)) or "none is defined"
            message = f'there is no list "{name}": write one of the lists ({known[:200]})'
            self.refuse(QueryCode.LIST, message, tree.meta.start_pos)
        return self._piece(tree, self.lists[name])

    def _slot(self, tree: _Branch, _depth: int) -> Piece:
        self._not_yet(f"the slot {tree.children[0]}", tree)

    def _similarity(self, tree: _Branch, _depth: int) -> Piece:
        self._not_yet('similarity (~"…")', tree)

    def _not_yet(self, construct: str, tree: _Branch) -> NoReturn:
        message = f"{construct} is not yet supported in this version: leave it out"
        self.refuse(QueryCode.NOT_YET_SUPPORTED, message, tree.meta.start_pos)
