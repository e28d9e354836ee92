from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the tables: under FORCE their references could no longer be checked.
    dependencies = [("reviews", "0041_calibration")]

    operations = [
        EnableRLS("CalibrationSet"),
        EnableRLS("CalibrationCall", append_only=True),
        EnableRLS("CalibrationSeat", append_only=True),
        EnableRLS("Coaching"),
        EnableRLS("CoachingMoment", append_only=True),
        EnableRLS("CoachingNote"),
    ]
