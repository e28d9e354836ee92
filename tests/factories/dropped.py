"""Drops in every state that the page shows, and a bucket on the loopback that checks signatures."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils import timezone

from reviews.export import targets
from reviews.models import Drop, DropForm, DropRun, DropTarget, Tenant
from reviews.models.tenancy import tenant_context

KEY_ID, SECRET, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1"


def dropped(tenant: Tenant) -> None:
    now = timezone.now()
    folder = {"target": DropTarget.FOLDER, "folder": "nightly"}
    bucket = {
        "target": DropTarget.BUCKET,
        "endpoint": "https://s3.eu-central-1.example.com",
        "bucket": "acme-warehouse",
        "prefix": "exports/verbatim",
    }
    with tenant_context(tenant.pk):
        for name, is_on, where in (
            ("Snowflake", True, bucket),
            ("Archive", True, folder),
            ("Trial", False, folder),
        ):
            drop = Drop.objects.create(
                tenant=tenant,
                name=name,
                tables=["calls", "evaluations", "rule_results", "evidence"],
                form=DropForm.PARQUET,
                every_hours=24,
                next_at=now + timedelta(hours=3),
                is_on=is_on,
                created_at=now,
                **where,
            )
            if is_on:
                _ran(drop, is_done=name == "Archive")


def _ran(drop: Drop, *, is_done: bool) -> None:
    now = timezone.now()
    DropRun.objects.create(
        tenant=drop.tenant,
        drop=drop,
        until=now,
        schema_version=1,
        rows=4_321,
        files=[{"name": "calls-00001.parquet"}],
        code="" if is_done else targets.DENIED,
        began_at=now - timedelta(hours=1),
        ended_at=now if is_done else None,
    )


@dataclass
class Bucket:
    """Takes what is signed with the right key, by AWS Signature 4 as its documents have it."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    """By path."""
    order: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Answered first, one a request, before any is taken."""

    @property
    def entry(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def endpoint(self) -> str:
        return f"http://{self.entry}"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        if self.statuses:
            return self.statuses.pop(0)
        if not is_signed(path, headers, body):
            return 403
        self.files[path] = body
        self.order.append(path)
        return 200


def is_signed(path: str, headers: dict[str, str], body: bytes) -> bool:
    algorithm, _, rest = headers.get("authorization", "").partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    digest = hashlib.sha256(body).hexdigest()
    day, scope = headers["x-amz-date"][:8], f"{headers['x-amz-date'][:8]}/{REGION}/s3/aws4_request"
    names = given["SignedHeaders"].split(";")
    canonical = "\n".join(
        [
            *("PUT", path, ""),
            *(f"{name}:{headers[name].strip()}" for name in names),
            *("", given["SignedHeaders"], digest),
        ]
    )
    key = f"AWS4{SECRET}".encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join([algorithm, headers["x-amz-date"], scope, hashed])
    return (
        algorithm == "AWS4-HMAC-SHA256"
        and given["Credential"] == f"{KEY_ID}/{scope}"
        and {"host", "x-amz-content-sha256", "x-amz-date"} <= set(names)
        and headers["x-amz-content-sha256"] == digest
        and given["Signature"] == hmac.digest(key, text.encode(), "sha256").hex()
    )


@contextmanager
def bucket() -> Iterator[Bucket]:
    made = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(made: Bucket) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(made.take(self.path, headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
            pass

    return Handler
