"""Logs are one JSON object a line and hold no words of a call."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from compliance_app import logs

CANARY = "4111 1111 1111 1111"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    config = logs.configure("INFO")
    config["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(config)
    yield stream
    logging.config.dictConfig(logs.configure("INFO"))


def only(lines: io.StringIO) -> dict[str, Any]:
    (line,) = lines.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_an_event_is_one_json_line_with_its_known_keys(lines: io.StringIO) -> None:
    structlog.get_logger("x").info("job_done", job="j-1", tenant="t-1", seconds=2)
    assert only(lines) | {"job": "j-1", "tenant": "t-1", "event": "job_done"} == only(lines)


def test_an_unknown_key_and_a_long_value_are_refused(lines: io.StringIO) -> None:
    structlog.get_logger("x").info("stored", text=CANARY, code="x" * 300)
    assert (only(lines)["text"], only(lines)["code"]) == ("refused", "refused")


def test_an_exception_leaves_its_class_alone(lines: io.StringIO) -> None:
    try:
        int(CANARY)
    except ValueError:
        structlog.get_logger("x").exception("failed")
    assert only(lines)["error"] == "ValueError"
    assert CANARY not in lines.getvalue()


def test_another_librarys_record_keeps_its_template_without_arguments(lines: io.StringIO) -> None:
    logging.getLogger("library").warning("could not parse %s", CANARY)
    logging.getLogger("library").error("failed: %r", CANARY, exc_info=ValueError(CANARY))
    assert CANARY not in lines.getvalue()
    assert "could not parse %s" in lines.getvalue()


def test_a_line_feed_in_a_value_stays_in_its_line(lines: io.StringIO) -> None:
    structlog.get_logger("x").info("refused", state="a\n{} b")
    assert only(lines)["state"] == "a\n{} b"


def test_a_record_that_is_an_object_leaves_its_type_alone(lines: io.StringIO) -> None:
    logging.getLogger("library").error(ValueError(CANARY))
    assert only(lines)["event"] == "ValueError"
    structlog.get_logger("x").error(ValueError(CANARY))
    assert CANARY not in lines.getvalue()


@pytest.mark.parametrize("key", ["error", "code", "where"])
@pytest.mark.parametrize("value", [CANARY, "my card is lost", CANARY.replace(" ", ""), ["card"]])
def test_a_name_that_does_not_look_like_one_is_refused(
    key: str, value: object, lines: io.StringIO
) -> None:
    structlog.get_logger("x").info("job_failed", **{key: value})
    assert only(lines)[key] == "refused"


def test_names_pass(lines: io.StringIO) -> None:
    names = {"error": "ValueError", "code": "vendor_down", "where": "reviews/jobs/ledger.py:12"}
    structlog.get_logger("x").info("job_failed", **names)
    assert only(lines) | names == only(lines)
