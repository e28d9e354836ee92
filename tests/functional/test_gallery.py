"""The page of components: whole at both widths and in both themes, and in no product."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django import Settings

from tests.functional.test_crawl import LOOKS, is_too_wide, violations

Opened = Callable[..., Page]


def test_the_components_are_whole_in_every_look(opened: Opened, settings: Settings) -> None:
    settings.ROOT_URLCONF = "compliance_app.gallery"
    for width, theme in LOOKS:
        page = opened(width=width)
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.goto("/gallery")
        assert violations(page) == []
        assert not is_too_wide(page)


@pytest.mark.django_db
def test_an_installation_has_no_gallery() -> None:
    assert Client().get("/gallery").status_code == 404
