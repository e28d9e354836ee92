"""Reviewers at work, as locust drives them: run by bench/load.py under a Python that has locust.

Each signs in once and then does one thing a second: looks at the own findings, decides on the
first of them, opens its call, narrows the queue, searches for a phrase.
"""

import html
import itertools
import os
import random
import re

from locust import HttpUser, constant_throughput, task

SLUG, PASSWORD = os.environ["BENCH_SLUG"], os.environ["BENCH_PASSWORD"]
EMAIL = os.environ["BENCH_EMAIL"]
"""With {} for the reviewer's number."""
_NUMBERS = itertools.count()
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_FORM = re.compile(
    r'<form class="decide" method="post" action="([^"]+)".*?name="sequence" value="(\d+)"'
)
_CALL = re.compile(r'<a class="strong" href="([^"#]+)#')
_MINE = "assignee:me"


class Reviewer(HttpUser):
    wait_time = constant_throughput(1)

    def on_start(self) -> None:
        self.forms: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self._page("/login", "sign-in, the form")
        given = {"email": EMAIL.format(next(_NUMBERS)), "password": PASSWORD}
        self._send("/login", "sign-in", given)

    @task(4)
    def decide(self) -> None:
        """On the first of the page; the page is loaded when it is done with."""
        if not self.forms:
            return self.look()
        address, sequence = self.forms.pop(0)
        verdict = random.choice(("upheld", "dismissed", "escalated"))
        given = {
            "verdict": verdict,
            "sequence": sequence,
            "reason": "allowed",
            "next": self._queue(),
        }
        return self._send(address, "verdict", given)

    @task(3)
    def look(self) -> None:
        self._page(self._queue(_MINE), "queue, mine")

    @task(1)
    def narrow(self) -> None:
        asked = random.choice(("sev:>=high", "is:undecided assignee:none", "is:overdue sort:due"))
        self._page(self._queue(asked), "queue, narrowed")

    @task(2)
    def open(self) -> None:
        if not self.calls:
            return self.look()
        return self._page(random.choice(self.calls), "call")

    @task(1)
    def search(self) -> None:
        word = random.choice(("w15000", "w700", "w40 w300", "w90"))
        self._page(f"/t/{SLUG}/calls?phrase={word}", "search")

    def _queue(self, query: str = "") -> str:
        return f"/t/{SLUG}/queue" + (f"?q={query.replace(' ', '+')}" if query else "")

    def _page(self, address: str, name: str) -> None:
        with self.client.get(address, name=name, catch_response=True, allow_redirects=False) as got:
            if got.status_code != 200:
                return got.failure(f"answered {got.status_code}")
        self.token = _TOKEN.search(got.text).group(1)
        if name == "queue, mine":
            self.forms = [(html.unescape(a), sequence) for a, sequence in _FORM.findall(got.text)]
            self.calls = _CALL.findall(got.text)
        return None

    def _send(self, address: str, name: str, given: dict[str, str]) -> None:
        form = {"csrfmiddlewaretoken": self.token, **given}
        headers = {"Referer": self.host + address}
        with self.client.post(
            address, form, name=name, headers=headers, catch_response=True, allow_redirects=False
        ) as got:
            if got.status_code != 302:
                got.failure(f"answered {got.status_code}")
