"""The guides for who writes rules, as pages: the Markdown of docs/author."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from reviews.policies import Action
from reviews.web.requests import TenantRequest, needs

_MARKDOWN_FILE = re.compile(r"\.md(?=#|$)")


@dataclass(frozen=True, slots=True)
class Heading:
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """`contents` are the headings of the second level, in order."""

    title: str
    body: SafeString
    contents: tuple[Heading, ...]


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def guide_detail(request: TenantRequest, slug: str, name: str) -> HttpResponse:
    """`name` comes from the URLconf, never from the address."""
    return render(request, "help/guide.html", {"guide": guide(name)})


@cache
def guide(name: str) -> Guide:
    """Read and rendered once in each process: the file changes with the version alone."""
    text = (settings.BASE_DIR / "docs" / "author" / f"{name}.md").read_text("utf-8")
    return rendered(text)


def rendered(text: str, linked: Callable[[str], str] | None = None) -> Guide:
    """A guide of Markdown text. HTML in the text is shown, not taken as HTML.

    `linked` makes the address of a page of what a link to another file says.
    """
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    tokens = markdown.parse(text)
    if linked:
        _link(tokens, linked)
    headings = _anchored(tokens)
    body = markdown.renderer.render(list(_in_regions(tokens)), markdown.options, {})
    return Guide(
        title=next((each.text for level, each in headings if level == "h1"), ""),
        body=mark_safe(body),  # noqa: S308 # the renderer escapes all text, and HTML is switched off
        contents=tuple(each for level, each in headings if level == "h2"),
    )


def _link(tokens: Sequence[Token], linked: Callable[[str], str]) -> None:
    for child in (child for token in tokens for child in token.children or ()):
        href = str(child.attrGet("href") or "")
        if child.type == "link_open" and _MARKDOWN_FILE.search(href):
            child.attrSet("href", linked(href))


def _anchored(tokens: Sequence[Token]) -> list[tuple[str, Heading]]:
    """Each heading with its level, after its token has an id that no other has."""
    headings: list[tuple[str, Heading]] = []
    taken: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = _plain(tokens[at + 1])
        anchor = slugify(text) or "part"
        taken[anchor] = taken.get(anchor, 0) + 1
        if taken[anchor] > 1:
            anchor = f"{anchor}-{taken[anchor]}"
        token.attrSet("id", anchor)
        headings.append((token.tag, Heading(anchor, text)))
    return headings


def _plain(inline: Token) -> str:
    return "".join(each.content for each in inline.children or ())


def _in_regions(tokens: Sequence[Token]) -> Iterator[Token]:
    """A wide table scrolls inside a region of its own, named by the heading above it."""
    name = ""
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            name = _plain(tokens[at + 1])
        if token.type == "table_open":
            attributes: dict[str, str | int | float] = {
                "class": "scroll card",
                "role": "region",
                "aria-label": name,
                "tabindex": "0",
            }
            yield Token("region_open", "div", 1, attrs=attributes, block=True)
        yield token
        if token.type == "table_close":
            yield Token("region_close", "div", -1, block=True)


class _Renderer(RendererHTML):
    """Blocks say what they show: a call, a rule; links between guides are links between pages."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Mapping[str, Any], env: Any) -> str:
        token = tokens[idx]
        return format_html(
            '<pre data-kind="{}"><code>{}</code></pre>\n', token.info.strip(), token.content
        )

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A picture of docs/pictures."""
        name = str(tokens[idx].attrGet("src")).rsplit("/", 1)[-1]
        words = tokens[idx].content
        return format_html(
            '<img src="{}" alt="{}" loading="lazy">', static(f"pictures/{name}"), words
        )

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        href = str(tokens[idx].attrGet("href") or "")
        if "://" not in href:
            tokens[idx].attrSet("href", _MARKDOWN_FILE.sub("", href))
        return self.renderToken(tokens, idx, options, env)
