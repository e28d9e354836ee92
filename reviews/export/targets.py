"""Where a drop's files go: a directory of the operator's, or a bucket. No row is touched.

A file is there whole or not at all, and putting it again puts the same in its place.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from reviews import extras
from reviews.egress import Config, Limits, Surroundings, VendorDown
from reviews.errors import ErrorCode, Refused
from reviews.export.forms import EXTRA
from reviews.models import Drop, DropTarget
from reviews.models.secret import SecretUnreadable, unseal
from reviews.posting import Poster

SURROUNDINGS: Callable[[], Surroundings] = Surroundings
"""Names and connections of the requests; a test puts its own in its place."""
_REQUEST_S, _SHARE = 60.0, 0.5
"""A request's time, and at most this share of a job's."""
WHAT = _("Putting the files is refused")
NO_FOLDER, UNWRITABLE = "no_folder", "unwritable"
DENIED, NO_BUCKET, REDIRECTED = "denied", "no_bucket", "redirected"
REJECTED, NO_SECRET = "rejected", "no_secret"
REASONS = {
    NO_FOLDER: (
        _("this installation has no directory for drops"),
        _("Who runs it sets EXPORT_DIR; or use a bucket."),
    ),
    UNWRITABLE: (
        _("the directory cannot be written to"),
        _("Who runs the installation gives it room and rights."),
    ),
    DENIED: (
        _("the bucket's key may not put files there"),
        _("Give the key s3:PutObject under the prefix, or make the drop anew with another key."),
    ),
    NO_BUCKET: (
        _("no bucket of that name at the endpoint"),
        _("Make the bucket, or make the drop anew with its right name."),
    ),
    REDIRECTED: (
        _("the endpoint sends elsewhere"),
        _("Make the drop anew with the endpoint of the bucket's own region."),
    ),
    NO_SECRET: (
        _("the key's secret cannot be read"),
        _("Make the drop anew with it, or have the operator put back the key it was sealed with."),
    ),
    REJECTED: (
        _("the bucket's server refused the file"),
        _("Check endpoint, region and the rules of the bucket."),
    ),
    ErrorCode.VENDOR_DOWN: (
        _("the endpoint does not answer, or failed"),
        _("Nothing to do where it comes back: it is tried again, and no row is lost."),
    ),
    ErrorCode.DESTINATION_REFUSED: (
        _("the endpoint is not on the open internet"),
        _("Who runs the installation opens it with EGRESS_ALLOW_PRIVATE."),
    ),
    ErrorCode.EXTRA_MISSING: (
        _("this installation has not the extra “warehouse”"),
        _("Who runs it installs verbatim[warehouse]."),
    ),
}
"""Code of a run → what was seen, what to do."""


class TargetRefused(Refused):
    code = ErrorCode.TARGET_REFUSED

    def __init__(self, reason: str) -> None:
        seen, remedy = REASONS[reason]
        super().__init__(str(WHAT), str(seen), str(remedy))
        self.reason = reason


class Target(Protocol):
    def put(self, name: str, body: bytes, media_type: str) -> None:
        """`name` is of directories and a file, in plain characters. Raises Refused."""

    def close(self) -> None: ...


def target_of(drop: Drop) -> Target:
    """Raises Refused."""
    return Bucket(drop) if drop.target == DropTarget.BUCKET else Folder(drop)


def folder_of(tenant_id: UUID) -> Path | None:
    """Where a tenant's folders are; None where the installation has no directory for them."""
    return Path(settings.EXPORT_DIR) / str(tenant_id) if settings.EXPORT_DIR else None


class Folder:
    def __init__(self, drop: Drop) -> None:
        own = folder_of(drop.tenant_id)
        if own is None:
            raise TargetRefused(NO_FOLDER)
        self._path = own / drop.folder

    def put(self, name: str, body: bytes, media_type: str) -> None:
        del media_type
        path = self._path / name
        unfinished = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            raise TargetRefused(UNWRITABLE) from None

    def close(self) -> None:
        """Nothing stays open."""


class Bucket:
    """Path-style, one PUT a file, signed by AWS Signature 4 and sent like all our requests."""

    def __init__(self, drop: Drop) -> None:
        auth = extras.load("botocore.auth", extra=EXTRA)
        credentials = extras.load("botocore.credentials", extra=EXTRA)
        self._request = extras.load("botocore.awsrequest", extra=EXTRA).AWSRequest
        try:
            secret = unseal(bytes(drop.sealed_secret or b""))
        except SecretUnreadable:
            raise TargetRefused(NO_SECRET) from None
        known = credentials.Credentials(drop.access_key_id, secret)
        self._signer = auth.S3SigV4Auth(known, "s3", drop.region)
        self._base = "/".join(
            part for part in (drop.endpoint.rstrip("/"), drop.bucket, drop.prefix) if part
        )
        seconds = min(_REQUEST_S, settings.JOB_TIMEOUT_S * _SHARE)
        config = Config(
            base_url=drop.endpoint,
            allow_private=settings.EGRESS_ALLOW_PRIVATE,
            limits=Limits(read_seconds=seconds, total_seconds=seconds),
        )
        self._poster = Poster(config, surroundings=SURROUNDINGS())

    def put(self, name: str, body: bytes, media_type: str) -> None:
        url = f"{self._base}/{name}"
        asked = self._request(
            method="PUT", url=url, data=body, headers={"Content-Type": media_type}
        )
        self._signer.add_auth(asked)
        headers = {key: str(value) for key, value in asked.headers.items()}
        status = self._poster.answer(url, body, headers, method="PUT").status
        if status // 100 == 2:
            return
        if status // 100 == 5 or status == 429:
            raise VendorDown(str(WHAT), f"an answer with {status}", "It is tried again.")
        raise TargetRefused(_STATUSES.get(status, REDIRECTED if status < 400 else REJECTED))

    def close(self) -> None:
        self._poster.close()


_STATUSES = {401: DENIED, 403: DENIED, 404: NO_BUCKET}
