from django.apps import AppConfig
from django.core.checks import Tags, register

from compliance_app.checks import mail_is_set_up_where_it_is_wanted


class ComplianceAppConfig(AppConfig):
    name = "compliance_app"

    def ready(self) -> None:
        register(mail_is_set_up_where_it_is_wanted, Tags.database, deploy=True)
