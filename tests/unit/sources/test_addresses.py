"""What an address loses before it is kept."""

import time

import pytest

from reviews.sources.addresses import unsigned, unsigned_within, without_secrets
from reviews.sources.security_codes import Removed

HOOK = "https://hooks.example/in"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://b.example/a.wav?X-Sig=s3cr3t&e=1#t=3", "https://b.example/a.wav"),
        ("https://user:pw@b.example/a@b.wav", "https://b.example/a@b.wav"),
        ("//user@b.example/a.wav", "//b.example/a.wav"),
        ("http://[::1/a?sig=1", "http://[::1/a"),
        ("http://deleted_by_user", "http://deleted_by_user"),
        ("", ""),
    ],
)
def test_unsigned_leaves_scheme_host_and_path(url: str, kept: str) -> None:
    assert unsigned(url) == kept


def test_unsigned_within_cuts_the_addresses_of_a_text_alone() -> None:
    text = "No file at s3://k:v@bucket/a.wav?sig=1 today? Ask a@b.example"
    assert unsigned_within(text) == "No file at s3://bucket/a.wav today? Ask a@b.example"


def test_unsigned_within_reads_a_long_word_in_time() -> None:
    began = time.monotonic()
    assert len(unsigned_within("a" * 1_000_000)) == 1_000_000
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("query", "kept", "kinds"),
    [
        ("?subject=s-1&queue=claims&account=a-1", "?queue=claims", ["account", "subject"]),
        ("?queue=a&Subject=s-1", "?queue=a", ["subject"]),
        ("?ACCOUNT=a%201", "", ["account"]),
        ("?%73ubject=s-1&queue=a", "?queue=a", ["subject"]),
        ("?sub\nject=s-1&queue=a", "?queue=a", ["subject"]),
        ("?queue=a;subject=s-1", "?queue=a", ["subject"]),
        ("?queue=a&queue=b#subject=s", "?queue=a&queue=b#", ["subject"]),
        ("?subject=s&subject=t&x", "?x", ["subject"]),
        ("?subjects=1&my_account=2", "?subjects=1&my_account=2", []),
        ("?", "?", []),
    ],
)
def test_without_secrets_takes_subject_and_account_out(
    query: str, kept: str, kinds: list[str]
) -> None:
    value, removed = without_secrets({"webhook_url": HOOK + query})
    assert value["webhook_url"] == HOOK + kept
    assert removed == tuple(Removed("webhook_url", kind, 1) for kind in kinds)


def test_without_secrets_cuts_every_audio_address_and_the_error() -> None:
    url = "https://b.example/a.wav?sig=1"
    payload = {
        "audio_url": url,
        "redacted_audio_url": url,
        "error": f"No {url}",
        "request": {"audio_url": url, "webhook_url": "https://u:p@h/?queue=a"},
        "text": url,
    }
    value, removed = without_secrets(payload)
    bare = "https://b.example/a.wav"
    assert (value["audio_url"], value["redacted_audio_url"]) == (bare, bare)
    assert (value["error"], value["text"]) == (f"No {bare}", url)
    assert value["request"] == {"audio_url": bare, "webhook_url": "https://h/?queue=a"}
    assert {item.kind for item in removed} == {"signature"}
    assert len(removed) == 5
    assert payload["audio_url"] == url


@pytest.mark.parametrize("junk", [None, 3, [], {}, ["https://b/?sig=1"], True])
def test_without_secrets_leaves_what_is_no_address(junk: object) -> None:
    payload = {"audio_url": junk, "webhook_url": junk, "error": junk}
    assert without_secrets(payload) == (payload, ())
