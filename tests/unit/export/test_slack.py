"""Messages for Slack: within its limits whatever they are made of, and without markup."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.export import slack
from reviews.export.slack import Card
from tests.factories.slack import OK, judge

TEXT = st.text(max_size=400) | st.sampled_from(["<!channel>", "&", "<" * 4_000, "a\nb", ""])


@settings(max_examples=40)
@given(TEXT, st.dictionaries(st.text(min_size=1, max_size=40), TEXT, max_size=14), TEXT)
def test_slack_takes_a_message_whatever_it_is_made_of(
    title: str, facts: dict[str, str], quote: str
) -> None:
    sent = slack.message(Card(title, facts, "https://v.example/t/a", quote))
    assert judge(sent) == OK
    said = [text for text in _strings(json.loads(sent)) if not text.startswith("https:")]
    assert not any("<" in text or ">" in text for text in said)
    assert len(sent.decode()) < 6 * slack.WHOLE_AT_MOST
    assert sum(map(len, said)) <= slack.WHOLE_AT_MOST


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [text for each in inner for text in _strings(each)]


def test_no_text_can_mention_a_channel_or_is_read_as_markup() -> None:
    card = Card("<!channel> & co", {"Agent": "<@U1> *bold*"}, quote="<http://x|y>")
    sent = json.loads(slack.message(card))
    assert sent["text"] == "&lt;!channel&gt; &amp; co"
    assert sent["mrkdwn"] is False
    kinds = {part["type"] for part in (sent["blocks"][0]["text"], *sent["blocks"][1]["fields"])}
    assert kinds | {sent["blocks"][2]["text"]["type"]} == {"plain_text"}
    assert sent["blocks"][1]["fields"][0]["text"] == "Agent: &lt;@U1&gt; *bold*"


def test_an_escape_is_never_cut_in_two() -> None:
    assert slack.escaped("ab<", 6) == "ab&lt;"
    assert slack.escaped("abc<d", 7) == "abc…"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [{"type": "rich_picture"}]}, "invalid_blocks"),
        (
            {"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]},
            "invalid_blocks",
        ),
        (
            {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "a" * 151}}]},
            "invalid_blocks",
        ),
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3_000}}] * 5},
            "msg_blocks_too_long",
        ),
        ({"channel_id": "C1"}, "invalid_payload"),
        ({}, "no_text"),
    ],
)
def test_the_fake_refuses_what_slack_refuses(message: dict[str, Any], said: str) -> None:
    assert judge(json.dumps(message).encode()) == (400, said)
