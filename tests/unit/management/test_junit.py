"""JUnit files: counts, failures, refused files, and nothing that XML does not have."""

from xml.etree import ElementTree

from reviews.management.junit import Case, Suite, written

GREEN = Case("fee", "rules[0].examples.must_match[0]", 7)
RED = Case("fee", "rules[0].examples.must_match[1]", 8, "fee is not found")
REFUSED = Case("rubric", "the file", 1, "not a \x07 text", is_error=True)
SUITES = (Suite("a", (GREEN, RED)), Suite("b\x00", (REFUSED,)))


def test_every_example_is_a_case_with_its_place() -> None:
    root = ElementTree.fromstring(written([Suite("r.yaml", (GREEN, RED))]))  # noqa: S314 # our own file
    first, second = root.iter("testcase")
    assert first.attrib == {
        "classname": "fee",
        "name": "rules[0].examples.must_match[0]",
        "file": "r.yaml",
        "line": "7",
    }
    assert (len(first), [each.get("message") for each in second]) == (0, ["fee is not found"])


def test_failures_and_errors_are_counted_apart() -> None:
    root = ElementTree.fromstring(written(SUITES))  # noqa: S314 # our own file
    assert root.attrib == {"tests": "3", "failures": "1", "errors": "1"}
    assert [suite.get("failures") for suite in root] == ["1", "0"]
    assert root[1].get("name") == "b\ufffd"
    (error,) = root.iter("error")
    assert error.get("message") == "not a \ufffd text"
