"""Mails of the program's own accord: plain text, to one person each."""

import smtplib

import structlog
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from reviews.errors import ErrorCode, Refused

log = structlog.get_logger("verbatim.mail")


class MailDown(Refused):
    code = ErrorCode.MAIL_DOWN

    def __init__(self) -> None:
        super().__init__(
            "Mail was not sent", "the mail server is away", "Look at MAIL_HOST; it is tried again."
        )


def connected() -> BaseEmailBackend:
    """Raises MailDown."""
    connection = mail.get_connection()
    try:
        connection.open()
    except OSError:
        raise MailDown from None
    return connection


def send(connection: BaseEmailBackend, *, to: str, subject: str, body: str) -> None:
    """Raises MailDown where the server has gone; what it refuses for this person is passed over."""
    message = mail.EmailMessage(
        subject=f"{settings.INSTANCE_NAME}: {subject}",
        body=body,
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    try:
        message.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, ValueError) as error:
        log.warning("mail_refused", error=type(error).__name__)
    except OSError:
        raise MailDown from None
