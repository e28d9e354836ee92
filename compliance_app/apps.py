from django.apps import AppConfig


class ComplianceAppConfig(AppConfig):
    name = "compliance_app"
