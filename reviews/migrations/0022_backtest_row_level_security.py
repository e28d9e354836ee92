from django.db import migrations

from reviews.migrations._rls import EnableRLS, TenantReference


class Migration(migrations.Migration):
    # Apart from the tables: under FORCE their references could no longer be checked.
    dependencies = [("reviews", "0021_backtests")]

    operations = [
        EnableRLS("Draft"),
        EnableRLS("Backtest"),
        EnableRLS("BacktestTally"),
        EnableRLS("BacktestHit"),
        EnableRLS("Judgement", append_only=True),
        TenantReference("QueueItem", "carried_from"),
    ]
