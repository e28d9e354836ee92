"""A finding as a message for Slack's incoming webhook: values in, JSON out, within Slack's limits.

Foreign text stands in plain text only, its & < > escaped: nothing of a call, a name or a rubric can
mention a channel or form a link.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

HOST = "hooks.slack.com"
HEADER_AT_MOST, TEXT_AT_MOST, FIELD_AT_MOST, FIELDS_AT_MOST = 150, 3_000, 2_000, 10
WHOLE_AT_MOST = 13_000
"""Characters of a whole message."""
_QUOTE_AT_MOST = 1_500
_VALUE_AT_MOST = 300
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Card:
    """What is said of a finding. `quote` is empty where words may not go along."""

    title: str
    facts: Mapping[str, str]
    link: str = ""
    quote: str = ""


def message(card: Card) -> bytes:
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(card.title, HEADER_AT_MOST)}]
    if card.facts:
        blocks.append({"type": "section", "fields": list(_fields(card.facts))})
    if card.quote:
        blocks.append({"type": "section", "text": _plain(card.quote, _QUOTE_AT_MOST)})
    if card.link:
        button = {"type": "button", "text": _plain(_("Open the call"), 75), "url": card.link}
        blocks.append({"type": "actions", "elements": [button]})
    sent = {
        "text": escaped(card.title, HEADER_AT_MOST),
        "mrkdwn": False,
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": blocks,
    }
    return json.dumps(sent).encode()


def escaped(text: str, at_most: int) -> str:
    """On one line, of `at_most` characters as they are sent."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    whole = line.translate(_ESCAPED)
    if len(whole) <= at_most:
        return whole
    kept, length = [], 1
    for each in (c.translate(_ESCAPED) for c in line):
        length += len(each)
        if length > at_most:
            break
        kept.append(each)
    return "".join(kept) + "…"


def _plain(text: str, at_most: int) -> dict[str, Any]:
    # Slack refuses an empty one.
    return {"type": "plain_text", "emoji": False, "text": escaped(text, at_most) or "–"}


def _fields(facts: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for name, value in list(facts.items())[:FIELDS_AT_MOST]:
        yield _plain(f"{name}: {value}", _VALUE_AT_MOST)
