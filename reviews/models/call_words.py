"""The words of calls as the search looks them up."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from reviews.models.tenancy import TenantModel, reference


class CallWords(TenantModel):
    """What is said on a call, of its current revision alone; personal data is not in it.

    One row a call, a few of a long one. A lexeme is the end of the tenant's id, who speaks, and a
    word or two that follow each other; its positions are the utterances, from 1: so one lookup in
    the index answers for one tenant, one speaker and two words at once (docs/adr/0019).
    """

    PERSONAL = frozenset({"words"})
    SAFE = frozenset({"id", "tenant", "transcript", "revision", "at"})

    transcript = reference("reviews.Transcript", related_name="call_words")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    """When the call was, else when it came: what is newest is found first."""
    words = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "transcript"], name="call_words_transcript"),
            GinIndex(fields=["words"], name="call_words_words"),
        ]

    def __str__(self) -> str:
        return str(self.id)
