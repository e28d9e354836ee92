"""A call's page goes from place to place: findings, words that are looked for, moments."""

import re
from collections import Counter
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviews.demo import build
from reviews.models import MemberRole, QueueItem, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
LINK = re.compile(r'<a class="button" href="([^"]+)"[^>]*data-step="1"')


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(12)[CARE]


@pytest.fixture
def client(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.REVIEWER)


def page(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def flagged(care: Tenant) -> str:
    """The address of the call with the most findings."""
    with tenant_context(care.pk):
        calls = Counter(QueueItem.objects.values_list("transcript_id", flat=True))
    [(call, count)] = calls.most_common(1)
    assert count > 2
    return reverse("call-detail", args=[CARE, call])


def spoken(care: Tenant, *words: tuple[str, float | None]) -> str:
    """The address of a call of one line with these words, each with its confidence."""
    payload = dict(build.calls(1, seed=1)[0].payload)
    said = [
        {"text": text, "start": at * 500, "end": at * 500 + 400, "speaker": "A", "confidence": sure}
        for at, (text, sure) in enumerate(words)
    ]
    line = {"text": " ".join(text for text, _ in words), "start": 0, "end": 9000, "speaker": "A"}
    payload |= {"id": "spoken", "text": line["text"], "words": said}
    payload["utterances"] = [line | {"confidence": 0.9, "words": said}]
    demo.keep_payload(care, payload)
    with tenant_context(care.pk):
        row = Transcript.objects.get(external_id="spoken")
    return reverse("call-detail", args=[CARE, row.pk])


def test_the_links_lead_through_all_findings_and_round_again(client: Client, care: Tenant) -> None:
    shown = page(client, flagged(care))
    anchors = re.findall(r'data-at="0" data-stops="([^"]+)"', shown)[0].split()
    assert len(set(anchors)) == len(anchors) > 2
    visited = []
    for at in [*range(1, len(anchors) + 1), 1]:
        [link] = LINK.findall(shown)
        address, _, anchor = unescape(link).partition("#")
        assert f'id="{anchor}"' in shown
        visited.append(anchor)
        shown = page(client, address)
        assert f"{at} of {len(anchors)}</output>" in shown
    assert visited == [*anchors, anchors[0]]


def test_a_chip_narrows_to_its_rule_and_an_unknown_one_to_nothing(
    client: Client, care: Tenant
) -> None:
    address = flagged(care)
    chip = re.compile(r'<a class="chip" href="([^"#]+)#[^"]*" data-stops="([^"]+)"')
    chips = chip.findall(page(client, address))
    every, rules = chips[0], chips[1:]
    assert sorted(every[1].split()) == sorted(" ".join(stops for _, stops in rules).split())
    for link, stops in rules:
        shown = page(client, unescape(link))
        assert f'data-tour="findings" data-at="1" data-stops="{stops}"' in shown
    unknown = page(client, address, rule="none", stop="x")
    assert f'data-tour="findings" data-at="0" data-stops="{every[1]}"' in unknown


def test_words_are_found_as_they_follow_each_other_and_masked_ones_never(
    client: Client, care: Tenant
) -> None:
    words = ["my", "card", "is", "4111", "1111", "1111", "1111", "my", "card"]
    address = spoken(care, *((word, 0.9) for word in words))
    shown = page(client, address, find="My CARD")
    assert shown.count('<mark data-mark="found">my card</mark>') == 2
    assert 'data-tour="found" data-at="0" data-stops="u0"' in shown
    assert "Found 2 times" in shown
    for hidden in ("4111", "is 4111", "1111 my"):
        shown = page(client, address, find=hidden)
        assert 'data-tour="found"' not in shown
        assert "Not said so in one line" in shown
        assert "found" not in re.findall(r'data-mark="([^"]*)"', shown)


def test_what_cannot_be_looked_for_is_refused_with_what_to_do(client: Client, care: Tenant) -> None:
    answer = client.get(flagged(care), {"find": "–"})
    assert answer.status_code == 400
    assert "Write one to 20 words" in answer.content.decode()


def test_a_moment_marks_the_line_that_was_begun_last(client: Client, care: Tenant) -> None:
    address = flagged(care)
    links = re.findall(r'<a href="\?at=([\d.]+)#u(\d+)">', page(client, address))
    assert len(links) > 5
    for at, index in (*links[1:4], (0, links[0][1]), (1e6, links[-1][1])):
        marked = re.findall(r'<li id="u(\d+)"[^>]*aria-current', page(client, address, at=at))
        assert marked == [index]
    for at in ("", "x", "-1", "nan", "inf", "1e999"):
        assert 'aria-current="location"' not in page(client, address, at=at)


def test_words_under_the_threshold_are_counted_and_those_without_a_confidence_are_not(
    client: Client, care: Tenant
) -> None:
    words = [("Hello", 0.49), ("th\U0001f3a7re", 0.1), ("4111", 0.1), ("1111", 0.1),
             ("1111", 0.1), ("1111", 0.1), ("all", 0.5), ("right", 0.2), ("umm", None)]  # fmt: skip
    shown = page(client, spoken(care, *words))
    [(low, line)] = re.findall(r'data-low="([^"]+)".*?</a> (.*?)</li>', shown, re.DOTALL)
    text = re.sub(r"<[^>]+>", "", unescape(line)).encode("utf-16-le")
    numbers = [int(each) * 2 for each in low.split()]
    spans = zip(numbers[::2], numbers[1::2], strict=True)
    heard = [text[at : at + size].decode("utf-16-le") for at, size in spans]
    assert heard == ["Hello", "th\U0001f3a7re", "right"]
    assert "3 unclear" in shown
    assert "confidence under 0.5" in shown
