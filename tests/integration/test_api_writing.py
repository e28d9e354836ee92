"""The commands of the page about writing, in its order, as a reader would run them."""

import re
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from reviews.accounts.keys import Scope
from reviews.models import MemberRole, Membership, QueueItem
from reviews.models.tenancy import tenant_context
from tests.factories import api, demo
from tests.integration.test_api import curl

DOCS = Path(__file__).parents[2] / "docs" / "integrator" / "writing.md"


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_page_work(live_server: LiveServer) -> None:
    care = demo.evaluated(24)["meridian-care"]
    with tenant_context(care.pk):
        reviewer = Membership.objects.get(role=MemberRole.LEAD).user.email
        finding = QueueItem.objects.filter(standing="open", sequence=0)[0].finding_id
    given = {
        "BASE": live_server.url,
        "KEY": api.token(care, *api.FEEDS.values()),
        "IMPORT_KEY": api.token(care, Scope.IMPORT),
        "REVIEWS_KEY": api.token(care, Scope.WRITE_REVIEWS),
        "AGENTS_KEY": api.token(care, Scope.AGENTS, Scope.WRITE_AGENTS),
        "AUDIT_KEY": api.token(care, Scope.AUDIT),
        "ERASE_KEY": api.token(care, Scope.ERASE),
        "REVIEWER": reviewer,
        "FINDING": str(finding),
    }
    commands = re.findall(r"```sh\n(curl .*?)```", DOCS.read_text(), re.DOTALL)
    answers: list[dict[str, Any]] = [curl(command, given) for command in commands]
    assert [each.get("code") for each in answers] == [None] * 9
    assert [each["outcome"] for each in answers if "outcome" in each] == ["created", "replaced"]
    assert answers[1]["external_id"] == "crm-0017"
    assert [each["verdict"] for each in answers[4]["results"]] == ["dismissed"]
    assert answers[5]["name"] == "Ana Reyes"
    assert answers[7]["results"][0]["sequence"] == 1
    assert answers[8] == {"status": 204}
