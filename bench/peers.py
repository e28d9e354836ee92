"""The script a user would write for the same job, in one run with ours; a JSON line out.

json, one regular expression a phrase over the whole text, presidio's pattern recognisers on a blank
spaCy pipeline (no names: the fast way to run it), and Django's ORM, a row a call and a finding.
"""

import json
import os
import re
import sys
import uuid
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django
import spacy
from django.conf import settings
from django.db import connection, models, transaction
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine

from bench.processes import cpu_s
from bench.rubric import LISTS

ENTITIES = ["US_SSN", "PHONE_NUMBER"]  # those of our rule; for mail presidio would fetch a list
STAGES = ("json", "phrases", "pii", "write")
Phrases = list[tuple[str, re.Pattern[str]]]
url = urlsplit(os.environ["DATABASE_OWNER_URL"])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path[1:],
            "USER": url.username,
            "PASSWORD": url.password,
            "HOST": unquote(parse_qs(url.query)["host"][0]),
        }
    }
)
django.setup()


class Call(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    payload = models.JSONField()

    class Meta:
        app_label = "peers"

    def __str__(self) -> str:
        return str(self.id)


class Hit(models.Model):
    call = models.ForeignKey(Call, on_delete=models.CASCADE)
    rule = models.CharField(max_length=100)
    start = models.IntegerField()
    end = models.IntegerField()

    class Meta:
        app_label = "peers"

    def __str__(self) -> str:
        return self.rule


class _Blank(SpacyNlpEngine):
    """A tokeniser without a model."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}


def main() -> None:
    """Arguments: the file of payloads, the database server's process id, the rounds."""
    bodies = Path(sys.argv[1]).read_bytes().splitlines()
    server, rounds = int(sys.argv[2]), int(sys.argv[3])
    with connection.schema_editor() as editor:
        editor.create_model(Call)
        editor.create_model(Hit)
    phrases = [(name, _expression(phrase)) for name, row in LISTS.items() for phrase in row]
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers()
    registry.remove_recognizer("SpacyRecognizer")
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=_Blank())
    _round(bodies[:3], server, phrases, analyzer)
    done = [_round(bodies, server, phrases, analyzer) for _ in range(rounds)]
    sys.stdout.write(json.dumps(done))


def _expression(phrase: str) -> re.Pattern[str]:
    """With a word for *1, two for *2."""
    words = phrase.replace("*1", r"\S+").replace("*2", r"\S+ \S+")
    return re.compile(rf"\b{words}\b", re.IGNORECASE)


def _round(
    bodies: list[bytes], server: int, phrases: Phrases, analyzer: AnalyzerEngine
) -> dict[str, Any]:
    """Every payload once."""
    cpu, backends, began = process_time(), cpu_s(server), perf_counter()
    spent = [_one(body, phrases, analyzer) for body in bodies]
    wall_s, client_s = perf_counter() - began, process_time() - cpu
    return {
        "calls": len(bodies),
        "wall_s": wall_s,
        "client_s": client_s,
        "cpu_s": client_s + cpu_s(server) - backends,
        "stages": {name: [each[at] * 1000 for each in spent] for at, name in enumerate(STAGES)},
    }


def _one(body: bytes, phrases: Phrases, analyzer: AnalyzerEngine) -> list[float]:
    """Seconds of each stage."""
    times = [perf_counter()]
    payload = json.loads(body)
    text = payload["text"]
    times.append(perf_counter())
    hits = [(name, *m.span()) for name, phrase in phrases for m in phrase.finditer(text)]
    times.append(perf_counter())
    found = analyzer.analyze(text=text, language="en", entities=ENTITIES)
    hits += [(each.entity_type, each.start, each.end) for each in found]
    times.append(perf_counter())
    with transaction.atomic():
        call = Call.objects.create(payload=payload)
        rows = [Hit(call=call, rule=rule, start=start, end=end) for rule, start, end in hits]
        Hit.objects.bulk_create(rows)
    times.append(perf_counter())
    return [after - before for before, after in pairwise(times)]


if __name__ == "__main__":
    main()
