"""Texts that a page, a query or a database could stumble over.

`strings()` has those below; the variable HOSTILE names a JSON file with a list of more.
"""

import json
import os
from pathlib import Path

MARKUP = "'\"></p><b onclick=e()>{{7}}"
"""Leaves an attribute in either quote, begins a tag with a script, and a template."""

_PLAIN = (
    "null None undefined NaN Infinity -0 1/0 0x0 1e999 \\ \\\\ ' \" '' \"\" ` ; -- ${7} #{7} "
    "%s %00 %n ../../etc/passwd C:\\con AND OR NOT NEAR/5 ( [ ] { } * ? : :: is: rule: sev:>= age:>"
)
_WHOLE = (
    "",
    " ",
    "\t\n\r\x0b\x0c",
    "'; DROP TABLE reviews_finding; --",
    "=1+1|'x'!A1",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "</title></textarea></script><script src=//e.test></script>{%e%}&lt;i&gt;",
    "<!--",
    "]]>",
    "{{ request }}{% load x %}",
    "&amp;lt;b&#62;",
    "a" * 20_000,
    "\u0301" * 300,
    "e\u0301\u0302\u0303 z\u0335a\u0334l\u0337go",
    "\u202eevil\u202c \u2066a\u2069 \u200f\u200e",
    "a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060g",
    "\x00 \x01 \x1b[31m \x7f \x85",
    "\ufffe \uffff \U0001f3a7 \U000e0041 \U0010ffff",
    "\u0130 \u0131 \ufb01 \u00df \u1e9e \u212a",
    "田中さん 社會科學院 パーティー 울란바토르",
    "مُنَاقَشَةُ שָׁלוֹם हिन्दी ไทย",
    "１２３ ٠١٢ Ⅷ ½ ²",
    "👩‍👩‍👧‍👦 🇺🇸🇷🇺 👋🏿 1️⃣",
    "“curly” ‘quotes’ – dash — …",
)


def strings() -> list[str]:
    extra = os.environ.get("HOSTILE")
    more: list[str] = json.loads(Path(extra).read_text()) if extra else []
    return [*_PLAIN.split(" "), *_WHOLE, MARKUP, *more]
