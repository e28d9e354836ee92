"""Query text to a typed query. Nothing is reinterpreted: what is not understood is refused."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import NoReturn, cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from reviews.detection.language import facts, infix, sizes
from reviews.detection.language.errors import QueryCode, QueryError, from_lark
from reviews.detection.language.phrase import PhraseError, captures_of, leaf
from reviews.detection.language.pieces import Piece
from reviews.detection.language.similar import similar
from reviews.detection.language.types import (
    SPANS,
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    Condition,
    Confident,
    Count,
    Either,
    Leaf,
    Not,
    Or,
    Place,
    Placed,
    Span,
    Window,
    Within,
)
from reviews.detection.transcript import Role

CHARACTERS_AT_MOST, TERMS_AT_MOST, DEPTH_AT_MOST = 10_000, 500, 32
_GRAMMAR = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
PARSER = Lark(_GRAMMAR, parser="lalr", lexer="basic", propagate_positions=True)
_CONFIDENCE = re.compile(r"0(?:\.\d{1,3})?|1(?:\.0{1,3})?")
_LIKE_SCOPE = re.compile(r"[^\W\d]\w*:")
_Branch = Tree[Token]


def parse_query(
    text: str, *, lists: Mapping[str, Leaf], rules: Collection[str] | None = None
) -> Condition:
    """The query as a condition; a query that is one span is "found at least once".

    `lists` are the named phrase lists that `{name}` may name, `rules` the codes that AFTER RULE
    may, None where there is no rubric. Raises QueryError.
    """
    if len(text) > CHARACTERS_AT_MOST:
        message = f"the query has {len(text)} characters: write at most {CHARACTERS_AT_MOST}"
        raise QueryError(QueryCode.LIMIT, message, text=text, at=CHARACTERS_AT_MOST)
    try:
        tree = PARSER.parse(text)
    except UnexpectedInput as error:
        raise _empty_or(error, text) from None
    return _Builder(text, lists, rules).build(cast("_Branch", tree.children[0])).node


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
    rules: Collection[str] | None
    terms: int = 0
    captures: set[str] = field(default_factory=set)

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
            shown = self.text[branch.meta.start_pos : branch.meta.end_pos]
            each = f"(A {shown}) AND (B {shown})"
            inner = span or infix.span_of(operand, f"the suffix {shown}", each=each)
            span = self._suffixed(branch, inner)
        end = tree.meta.end_pos
        suffixes = self.text[cast("_Branch", tree.children[1]).meta.start_pos : end]
        return replace(operand, node=span or operand.node, end=end, bare_suffix=suffixes)

    def _suffixed(self, suffix: _Branch, inner: Span) -> Span:
        tokens = [cast("Token", child) for child in suffix.children]
        match tokens[0].type:
            case "WINDOW":
                return Within(self._window(str(tokens[0]), str(tokens[1]), suffix), inner)
            case "CONF":
                return Confident(self._per_mille(tokens[1], tokens[2]), inner)
            case "AFTER_RULE":
                is_negated = tokens[0].startswith("NOT")
                return AfterRule(self._rule(tokens[1]), inner, is_negated)
        return Placed(Place(" ".join(tokens[0].split())), inner)

    def _per_mille(self, comparison: Token, value: Token) -> int:
        if comparison != ">=":
            message = f"CONF {comparison} is not a confidence: write CONF >= 0.6"
            self.refuse(QueryCode.CONFIDENCE, message, comparison.start_pos or 0)
        if not _CONFIDENCE.fullmatch(value):
            message = f'"{value}" is no confidence: write 0 to 1 with a stop, such as CONF >= 0.6'
            self.refuse(QueryCode.CONFIDENCE, message, value.start_pos or 0)
        return round(float(value) * 1000)

    def _rule(self, name: Token) -> str:
        at = name.start_pos or 0
        if self.rules is None:
            message = f"AFTER RULE {name} needs a rubric: use it in a rule, not in a lone query"
            self.refuse(QueryCode.RULE, message, at)
        if name not in self.rules:
            known = ", ".join(sorted(self.rules)) or "none is there"
            message = f'there is no rule "{name}" to come after: write one of {known[:200]}'
            self.refuse(QueryCode.RULE, message, at)
        return str(name)

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
            bare_suffix="",
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
            shown = self.text[start : tree.meta.end_pos]
            node = leaf([inside], shown=shown, is_term=code is QueryCode.TERM)
        except PhraseError as error:
            self.refuse(code, error.message, start + shift + error.offset)
        return self._captured(tree, node)

    def _captured(self, tree: _Branch, node: Leaf) -> Piece:
        """Two values of one name would leave open which of them a fact compares."""
        captures = captures_of(node.patterns)
        if twice := sorted(captures & self.captures):
            message = (
                f'two slots are captured as "{twice[0]}": name one of them otherwise, or write it '
                f"without as {twice[0]}"
            )
            self.refuse(QueryCode.SLOT, message, tree.meta.start_pos)
        self.captures |= captures
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
        return self._captured(tree, self.lists[name])

    def _slot(self, tree: _Branch, _depth: int) -> Piece:
        return self._leaf(tree, str(tree.children[0]), shift=0, code=QueryCode.SLOT)

    def _similarity(self, tree: _Branch, _depth: int) -> Piece:
        self._count_term(tree)
        try:
            return self._piece(tree, similar(str(tree.children[0])))
        except PhraseError as error:
            self.refuse(QueryCode.SIMILARITY, error.message, tree.meta.start_pos + error.offset)
