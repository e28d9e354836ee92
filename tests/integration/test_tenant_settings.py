"""A tenant's looks and demands, the way between tenants, and the guides."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from reviews.accounts import colours, logos
from reviews.models import AuditEvent, MemberRole, Membership, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.web.help_index import FILES

pytestmark = pytest.mark.django_db
HERE = "/t/north/settings"


@pytest.fixture
def admin() -> User:
    user = User.objects.create_user("admin@example.test")
    for slug in ("north", "south"):
        tenant = Tenant.objects.create(slug=slug, name=slug.title())
        with tenant_context(tenant.pk):
            Membership.objects.create(tenant=tenant, user=user, role=MemberRole.TENANT_ADMIN)
    return user


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def image(kind: str, *, size: tuple[int, int] = (600, 300)) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, "#1a5fb4").save(made, kind, comment=b"secret note")
    return made.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_served_as_what_it_is(kind: str, client: Client) -> None:
    file = SimpleUploadedFile("logo.html", image(kind) + b"<script>", "text/html")
    answer = client.post(HERE, {"name": "North", "colour": "#1a5fb4", "logo": file})
    assert answer.status_code == 302, text(answer)
    page = text(client.get("/t/north/queue"))
    assert "/t/north/logo.png?v=" in page
    assert '<link rel="stylesheet" href="/t/north/style.css?v=1a5fb4">' in page
    served = client.get("/t/north/logo.png")
    assert served.headers["Content-Type"] == "image/png"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    with Image.open(BytesIO(served.content)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (256, 128))
    assert b"secret note" not in served.content
    assert b"<script>" not in served.content
    style = client.get("/t/north/style.css")
    assert style.headers["Content-Type"].startswith("text/css")
    assert "--tenant: light-dark(#1a5fb4, #" in text(style)
    assert client.post(HERE, {"name": "North", "no_logo": "on"}).status_code == 302
    assert client.get("/t/north/logo.png").status_code == 204
    with tenant_context(Tenant.objects.get(slug="north").pk):
        assert [row.event for row in AuditEvent.objects.all()] == ["tenant.changed"] * 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg/>", "no image that can be read"),
        (image("GIF"), "no image that can be read"),
        (image("PNG")[:60], "no image that can be read"),
        (image("PNG", size=(4001, 4001)), "4001 × 4001 pixels"),
        (b"x" * (logos.BYTES_AT_MOST + 1), "524,289 bytes"),
    ],
    ids=["svg", "gif", "cut", "bomb", "large"],
)
def test_what_is_no_small_image_is_refused(data: bytes, said: str, client: Client) -> None:
    file = SimpleUploadedFile("logo.png", data, "image/png")
    answer = client.post(HERE, {"name": "North", "logo": file})
    assert (answer.status_code, said in text(answer)) == (422, True), text(answer)


@pytest.mark.parametrize("colour", ["#1a5fb4", "#000000", "#a51d2d", "#767676"])
def test_a_readable_colour_has_a_readable_shade_in_the_dark(colour: str) -> None:
    shades = colours.shades(colour.upper())
    assert shades.light == colour
    assert colours.contrast(shades.light, colours.LIGHT_SURFACE) >= colours.LEAST
    assert colours.contrast(shades.dark, colours.DARK_SURFACE) >= colours.LEAST


@pytest.mark.parametrize("colour", ["#ffff00", "#777777", "#ffffff"])
def test_a_pale_colour_is_refused_with_one_near_it_that_is_taken(colour: str) -> None:
    with pytest.raises(colours.ColourRefused) as refused:
        colours.shades(colour)
    assert f"{colours.contrast(colour, '#ffffff'):.2f}" in refused.value.seen
    near = refused.value.remedy.rstrip(".").rsplit(" ", 1)[1]
    assert colours.shades(near).light == near


def test_what_is_no_colour_is_refused_and_contrast_is_measured_as_the_guidelines_do() -> None:
    for text_ in ("red", "#12345", "#12345g", "#1a5fb4;}"):
        with pytest.raises(colours.ColourRefused):
            colours.shades(text_)
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_nobody_locks_a_tenant_to_a_provider_that_was_not_tried(client: Client) -> None:
    answer = client.post(HERE, {"name": "North", "needs_provider": "on"})
    assert (answer.status_code, "Sign in at the provider yourself" in text(answer)) == (422, True)
    assert client.post(HERE, {"name": "North", "idle_minutes": "4"}).status_code == 422
    assert not Tenant.objects.filter(needs_provider=True).exists()


def test_the_tenants_are_listed_with_what_waits_in_each(client: Client, admin: User) -> None:
    page = text(client.get("/tenants"))
    assert "North" in page
    assert "To the next work" not in page, "nothing waits"


def test_every_guide_is_there_for_everybody_and_its_links_lead_to_pages(client: Client) -> None:
    index = text(client.get("/help"))
    for name in FILES:
        assert f'href="/help/{name}"' in index
        page = client.get(f"/help/{name}").content.decode()
        assert ".md" not in "".join(part.split('"')[0] for part in page.split('href="')[1:])
    assert client.get("/help/none").status_code == 404
    assert Client().get("/help").status_code == 302
