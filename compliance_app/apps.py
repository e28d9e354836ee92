from importlib import import_module

from django.apps import AppConfig


class ComplianceAppConfig(AppConfig):
    name = "compliance_app"

    def ready(self) -> None:
        """Models are there from now on, which the checks look at."""
        import_module("compliance_app.checks")
