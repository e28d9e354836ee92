from django.db import migrations

from reviews.migrations._rls import EnableRLS, TenantReference


class Migration(migrations.Migration):
    # Apart from the tables: under FORCE their references could no longer be checked.
    dependencies = [("reviews", "0025_call_reviews")]

    operations = [
        EnableRLS("CallReviewDraft"),
        EnableRLS("CallReviewAnswer", append_only=True),
        EnableRLS("CallReviewComment"),
        EnableRLS("CallReviewRule", append_only=True),
        TenantReference("CallReview", "evaluation"),
    ]
