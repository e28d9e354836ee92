"""What the pages promise: no inline style or script, translated words, small files."""

import gzip
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from reviews.web.keys import KEYS

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
NAMES = [str(path.relative_to(FOLDER)) for path in TEMPLATES]
UNSHOWN = re.compile(r"\{#.*?#\}|\{% block page %\}\w+\{% endblock %\}")
TRANSLATED = re.compile(r"\{% blocktranslate.*?\{% endblocktranslate %\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
ELEMENT = re.compile(r"<[a-zA-Z/!][^<>]*>")
SHOWN = re.compile(r"""\s(?:title|alt|placeholder|aria-label)=["']([^"']*)""")
LETTERS = re.compile(r"[^\W\d_]{2,}")
UNSAID = re.compile(r"\b(invalid|oops|something went wrong|successfully|please)\b", re.IGNORECASE)
FORBIDDEN = {
    "an inline style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "a script without src": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
    "a javascript or data address": re.compile(r"=\s*[\"']?\s*(javascript|data):", re.IGNORECASE),
    "an address elsewhere": re.compile(r"(src|href|action)=[\"'](https?:)?//", re.IGNORECASE),
    "unescaped output": re.compile(r"\|\s*safe\b|autoescape off", re.IGNORECASE),
}


def faults(text: str) -> list[str]:
    """What a template holds that the content security policy or the reviewers forbid."""
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


def untranslated(text: str) -> list[str]:
    """Words that are shown but stand outside of a translation."""
    bare = TAG.sub(" ", TRANSLATED.sub(" ", UNSHOWN.sub(" ", text)))
    texts = [ELEMENT.sub(" ", bare), *SHOWN.findall(bare)]
    return [word for part in texts for word in LETTERS.findall(re.sub(r"&\w+;", " ", part))]


def gzipped_kb(folder: str, suffix: str) -> float:
    files = sorted((ROOT / "static" / folder).glob(f"*{suffix}"))
    return sum(len(gzip.compress(path.read_bytes())) for path in files) / 1024


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_template_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 200


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_template_holds_nothing_inline(path: Path) -> None:
    assert faults(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_every_shown_word_can_be_translated(path: Path) -> None:
    # Attributes alone, which are put inside an element; and what no user sees.
    is_apart = path.name == "_swap.html" or path.parent.name == "gallery"
    assert is_apart or untranslated(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_no_page_scolds_or_begs(path: Path) -> None:
    assert UNSAID.findall(path.read_text().replace("aria-invalid", "")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_form_that_posts_carries_the_token(path: Path) -> None:
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL)
    assert [form[:80] for form in forms if "{% csrf_token %}" not in form] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_disabled_control_says_why(path: Path) -> None:
    disabled = re.findall(r"<[^>]*\sdisabled[\s>][^>]*>?", path.read_text())
    assert [each for each in disabled if "aria-describedby" not in each] == []


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('<p style="color: red">', "an inline style"),
        ("<script>alert(1)</script>", "a script without src"),
        ('<a onclick="go()">', "an inline handler"),
        ('<a hx-on:click="go()">', "an inline handler"),
        ('<a href="javascript:go()">', "a javascript or data address"),
        ('<link href="//elsewhere.example/a.css">', "an address elsewhere"),
        ("{{ text|safe }}", "unescaped output"),
    ],
)
def test_a_planted_fault_is_seen(planted: str, fault: str) -> None:
    assert faults(planted) == [fault]


@pytest.mark.parametrize("planted", ["<p>Hello</p>", '<a aria-label="Go on">{{ x }}</a>'])
def test_a_planted_word_is_seen(planted: str) -> None:
    assert untranslated(planted) != []


def test_a_translated_word_is_not_bare() -> None:
    assert untranslated('<p>{% translate "Hello" %} {{ name }} &amp;</p>') == []


def test_styles_and_modules_keep_their_budgets() -> None:
    assert gzipped_kb("css", ".css") <= 12
    assert gzipped_kb("js", ".js") <= 10


def test_only_the_base_page_knows_the_swapping_library() -> None:
    loading = [name for name, path in zip(NAMES, TEMPLATES, strict=True) if loads(path)]
    assert loading == ["base.html"]


def loads(path: Path) -> bool:
    return "htmx_script" in path.read_text()


def test_every_key_of_the_help_asks_for_something_that_the_pages_do() -> None:
    done: set[str] = set()
    for name in ("review", "call", "player"):
        module = (ROOT / f"static/js/{name}.js").read_text()
        actions = module.split("const actions = {")[1].split("\n};")[0]
        done.update(re.findall(r"^  (\w+)[:,]", actions, re.M))
    # Those two open what bears their name.
    assert {key.action for key in KEYS} - {"help", "jump"} <= done
