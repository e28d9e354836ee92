"""Files that are no rubric, each with a part of the reason that is given."""

GOOD = "name: Test\nrules:\n  - code: a\n    check: {query: 'agent: guarantee'}\n"


def rule(text: str) -> str:
    return f"{GOOD}    {text}\n"


def check(text: str) -> str:
    return f"name: Test\nrules:\n  - code: a\n    check: {text}\n"


BROKEN = {
    "": "name: nothing is not a text",
    "# a comment alone\n": "name: nothing is not a text",
    "name: [1": "line 1, column 9: ",
    "name: Test\n\trules: 1": "line 2, column 1: ",
    "a: 1\nb: {c: 1, c: 2}": "line 2, column 11: the same key stands twice",
    "a: !!python/object/apply:os.getcwd []": "line 1, column 4: ",
    "--- \nname: a\n---\nname: b\n": "line 3, column 1: but found another document",
    "*absent": "line 1, column 1: found undefined alias",
    "a: \x07": "characters or values that YAML does not allow",
    "a: 2026-13-45": "characters or values that YAML does not allow",
    "[" * 20_000: "nesting beyond what a rubric has",
    "&a [*a]": "rubric: a list is not a mapping",
    "- name: Test": "rubric: a list is not a mapping",
    "just words": "rubric: 'just words' is not a mapping",
    "<html><body>no</body></html>": "is not a mapping",
    "42": "rubric: 42 is not a mapping",
    "1: a\nname: b": "rubric: the key 1 is not a text: put it in quotes",
    '{"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}}': "name: nothing is not a text",
    "apiVersion: v1\nkind: Pod\nname: x\n": "apiVersion: this key is not known",
    'name: "a\\0b"\nrules: []': "name: a text with a character that is none",
    'name: a\nrules: [{code: "\\ud800"}]': "rules[0].code: a text with a character that is none",
    'name: a\n"k\\0": 1': "a text with a character that is none",
    f"name: a\npass_mark: {10**30}": "pass_mark: a number of too many digits",
    f"name: a\npass_mark: 0x{'f' * 9_000}": "pass_mark: a number of too many digits",
    f"name: a\npass_mark: {'9' * 9_000}": "characters or values that YAML does not allow",
    "name: Test\n": "rules: the rubric has no rule",
    "name: Test\nrules: {}\n": "rules: a dict is not a list",
    "name: Test\nrules: [a]\n": "rules[0]: 'a' is not a mapping",
    "name: 7\nrules: []\n": "name: 7 is not a text",
    f"name: {'x' * 201}\n": "name: the text has 201 characters",
    GOOD + "pass_mark: .nan\n": "pass_mark: nan is out of range",
    GOOD + "pass_mark: 101\n": "pass_mark: 101 is out of range",
    GOOD + "scoring: {not_assessable: ignored}\n": "scoring.not_assessable: 'ignored' is not",
    GOOD + "sections: [{code: a}]\n": "rules[0].section: there is no section ''",
    GOOD + "lists: {empty: []}\n": "lists.empty: the list is empty",
    GOOD + "lists: {a: ['{b}']}\n": "lists.a[0]: a phrase names no other list",
    GOOD + "  - code: a\n    check: {query: b}\n": "rules: the code 'a' is used 2 times",
    rule("severity: fatal"): "rules[0].severity: 'fatal' is not allowed",
    rule("weight: heavy"): "rules[0].weight: 'heavy' is not a number",
    rule("auto_fail: 1"): "rules[0].auto_fail: 1 is not yes or no",
    rule("colour: red"): "rules[0].colour: this key is not known",
    rule("applies_when: 'call.kind ='"): "rules[0].applies_when: line 1, column 12: ",
    rule("examples: {must_match: ['hello']}"): "rules[0].examples.must_match[0]: line 1 names no",
    rule("why: 2026-01-01"): "rules[0].why: a date is not a text",
    check("{query: 'agent: (a'}"): "rules[0].check.query: line 1, column ",
    check("{query: '{absent}'}"): "rules[0].check.query: line 1, column 1: ",
    check("{regex: '.*'}"): "rules[0].check: a check has exactly one kind",
    check("{query: a, pii: {}}"): "rules[0].check: a check has exactly one kind",
    check("{judge: {}}"): "rules[0].check.judge",
    check("{query: !!binary aGVsbG8=}"): "rules[0].check.query: a bytes is not a text",
    check("{query: 'a AFTER RULE a'}"): "rules: a, a come after each other",
}
