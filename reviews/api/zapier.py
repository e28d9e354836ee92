"""`?format=zapier`: a feed's newest rows as a bare array, as Zapier's polling triggers read one.

A trigger fires for an id that it has not seen, so a row has another one whenever it has changed.
"""

from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers

from reviews.api.parameters import ParameterRefused
from reviews.api.serializers import (
    EvaluationSerializer,
    FindingSerializer,
    Row,
    TranscriptSerializer,
)

FORMAT = "zapier"
AT_MOST = 100
"""Of one poll: Zapier drops what is beyond."""
ASKED = OpenApiParameter(
    "format",
    str,
    enum=[FORMAT],
    description="The newest rows as a bare array, at most 100, each change under an id of its own. "
    "Neither `updated_since` nor `cursor` nor `fields` goes with it.",
)
_ROW_ID = "As every other address has it."


class ZapierTranscriptSerializer(TranscriptSerializer):
    id = serializers.SerializerMethodField(  # type: ignore[assignment] # a text where theirs is a UUID
        help_text="`<row_id>:<revision>`."
    )
    row_id = serializers.UUIDField(source="id", help_text=_ROW_ID)

    def get_id(self, row: Any) -> str:
        return f"{row.pk}:{row.revision}"


class ZapierEvaluationSerializer(EvaluationSerializer):
    id = serializers.SerializerMethodField(  # type: ignore[assignment] # a text where theirs is a UUID
        help_text="As `row_id`: it never changes."
    )
    row_id = serializers.UUIDField(source="id", help_text=_ROW_ID)

    def get_id(self, row: Any) -> str:
        return str(row.pk)


class ZapierFindingSerializer(FindingSerializer):
    id = serializers.SerializerMethodField(  # type: ignore[assignment] # a text where theirs is a UUID
        help_text="`<row_id>:<sequence>`."
    )
    row_id = serializers.UUIDField(source="finding_id", help_text=_ROW_ID)

    def get_id(self, row: Any) -> str:
        return f"{row.finding_id}:{row.sequence}"


def either(name: str, feed: type[Row], row: type[Row]) -> Any:
    """For the schema: a page of the feed, or its newest rows."""
    return PolymorphicProxySerializer(
        component_name=name,
        serializers=[feed, row(many=True)],
        resource_type_field_name=None,
        many=False,
    )


def is_asked(query: QueryDict) -> bool:
    """Raises ParameterRefused."""
    if "format" not in query:
        return False
    if query["format"] != FORMAT:
        raise ParameterRefused("format", f"{query['format'][:60]!r}", f"Send {FORMAT}, or none.")
    return True
