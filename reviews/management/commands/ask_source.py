"""`manage.py ask_source`: what a source itself says of a call, beside what is kept here."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews import access
from reviews.accounts import keys
from reviews.errors import ErrorCode, Refused
from reviews.ingest import corroborate, vendor
from reviews.ingest.corroborate import Compared
from reviews.management.commands.source import named
from reviews.management.excerpt import printable
from reviews.models import Source, Transcript
from reviews.models.tenancy import tenant_context
from reviews.policies import check_can_ask
from reviews.queries import transcripts
from reviews.reviewing import reveal
from reviews.reviewing.reveal import REASONS
from reviews.sources.assemblyai.client import DERIVED, WORDS_AT_MOST

SAME, DIFFERENT = 0, 1


class CallNotFound(Refused):
    code = ErrorCode.NOT_FOUND


class Command(BaseCommand):
    help = (
        "What a source itself says of a call. `words` holds its word search against ours, `srt`, "
        "`vtt`, `sentences` and `paragraphs` print what it derives, `lemur` an old answer of its "
        "language model. Personal data is shown as the source gives it, so all but `words` need a "
        "reason, which is audited. Exit status of `words`: 0 where both agree, 1 where not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["words", *DERIVED, "lemur"])
        parser.add_argument("call", metavar="ID", help="the call's there; of lemur the request's")
        parser.add_argument(
            "phrases",
            nargs="*",
            metavar="PHRASE",
            help=f"of words: 1 to {WORDS_AT_MOST} words each",
        )
        parser.add_argument("--tenant", required=True, help="the tenant's short name")
        parser.add_argument("--source", default="", help="its name, where the tenant has several")
        parser.add_argument("--characters", type=int, metavar="N", help="of a caption, at most")
        parser.add_argument("--reason", choices=list(REASONS), help="why somebody looks")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = keys.tenant_of(options["tenant"])
            with tenant_context(tenant.pk):
                source = named(tenant, options["source"])
                check_can_ask(source)
                row = _call(source, options["call"]) if options["what"] != "lemur" else None
            if row and options["what"] == "words":
                self._words(source, row, options["phrases"])
            else:
                self.stdout.write(_told(source, row, options), ending="")
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal

    def _words(self, source: Source, row: Transcript, phrases: Sequence[str]) -> None:
        if not phrases:
            raise CommandError("The search is refused: no phrase. Write one or more.", returncode=2)
        with tenant_context(source.tenant_id):
            call = transcripts.columns_of(row)
        compared = corroborate.compare(source, call, row.external_id, phrases)
        for each in compared:
            self.stdout.write(_line(each))
        if not all(each.is_agreed for each in compared):
            raise SystemExit(DIFFERENT)


def _call(source: Source, external_id: str) -> Transcript:
    calls = access.scoped_to(Transcript, source.tenant_id)
    row = calls.filter(source=source, external_id=external_id).first()
    if row is None:
        raise CallNotFound(
            "The call is refused", "an id that the source has not sent", "Name one that is here."
        )
    return row


def _line(each: Compared) -> str:
    ours = "not assessable" if each.ours is None else f"{len(each.ours)} here"
    said = "the same" if each.is_agreed else "they differ"
    return f"{printable(each.phrase)}: {ours}, {each.theirs.count} at the source: {said}"


def _told(source: Source, row: Transcript | None, options: dict[str, Any]) -> str:
    """Audited before anything is asked for."""
    with tenant_context(source.tenant_id):
        target = row or source
        reveal.reveal(row=target, reason=options["reason"] or "", by=None, now=timezone.now())
    with vendor.asked(source) as client:
        if row is None:
            return client.lemur(options["call"]).decode(errors="replace")
        part, characters = options["what"], options["characters"]
        return client.derived(row.external_id, part, characters=characters).decode(errors="replace")
