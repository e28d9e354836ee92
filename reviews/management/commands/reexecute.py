"""`manage.py reexecute`: whether a finding's rule comes to the same on the same words."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from reviews.accounts import keys
from reviews.detection.engine import ENGINE_VERSION
from reviews.errors import Refused
from reviews.evaluation.reexecute import Anew, reexecute

SAME, DIFFERENT, REFUSED = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Run the rule of a finding anew, by the same version on the same revision of the words, "
        "and hold it against what is stored. Nothing is written. Exit status: 0 the same, 1 it "
        "differs, 2 refused. "
        "Example: manage.py reexecute 019a0c5e-7d4b-7a51-9d54-0d1c3a1f2b6e --tenant north-wind"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("finding", metavar="FINDING", type=UUID, help="its id")
        parser.add_argument("--tenant", required=True, help="the tenant's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant_id = keys.tenant_of(options["tenant"]).pk
            anew = reexecute(tenant_id=tenant_id, finding_id=options["finding"])
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        self.stdout.write(_line(anew))
        if not anew.is_same:
            raise SystemExit(DIFFERENT)


def _line(anew: Anew) -> str:
    evaluation, version = anew.evaluation, anew.evaluation.rubric_version
    return (
        f"{'the same' if anew.is_same else 'it differs'}: rule {anew.finding.rule_code} "
        f"of {version.rubric.code}, version {version.number} ({bytes(version.sha256).hex()}): "
        f"{anew.result.value.replace('_', ' ')}; revision {evaluation.transcript_revision}; "
        f"engine {evaluation.engine_version} then, {ENGINE_VERSION} now"
    )
