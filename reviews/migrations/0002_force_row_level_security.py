from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_tables")]

    operations = [
        EnableRLS("Team"),
        EnableRLS("Membership", own_rows="user_id"),
        EnableRLS("MembershipTeam"),
        EnableRLS("Agent"),
        EnableRLS("Source"),
        EnableRLS("Transcript"),
        EnableRLS("Participant"),
        EnableRLS("Utterance"),
        EnableRLS("Rubric"),
        EnableRLS("RubricVersion", append_only=True),
        EnableRLS("Evaluation", append_only=True),
        EnableRLS("Finding", append_only=True),
        EnableRLS("Review", append_only=True),
        EnableRLS("ReviewNote"),
        EnableRLS("CallReview", append_only=True),
        EnableRLS("ApiKey"),
        EnableRLS("AuditEvent", append_only=True),
        EnableRLS("Job"),
    ]
