"""The language model a tenant lets its judge rules ask, and what it may cost a day."""

from django.db import models

from reviews.models.tenancy import TenantModel


class JudgeEndpoint(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "base_url", "model", "sealed_key", "is_on", "calls_per_day",
            "tokens_per_day", "day", "calls_used", "tokens_used", "updated_at",
        }
    )  # fmt: skip

    base_url = models.URLField(max_length=500)
    """`/chat/completions` is asked below it."""
    model = models.CharField(max_length=200)
    sealed_key = models.BinaryField()
    is_on = models.BooleanField(default=False)
    calls_per_day = models.PositiveIntegerField()
    tokens_per_day = models.PositiveIntegerField()
    day = models.DateField(null=True, blank=True)
    """The day in UTC that the two below are of."""
    calls_used = models.PositiveIntegerField(default=0)
    tokens_used = models.PositiveIntegerField(default=0)
    """Of requests under way an estimate."""
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="judge_endpoint_once")]

    def __str__(self) -> str:
        return str(self.id)
