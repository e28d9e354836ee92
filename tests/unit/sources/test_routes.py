"""What an address says about whose a call is; where it could be read in two ways, nothing."""

import pytest

from reviews.sources.routes import folder, folders, tags

HOOK = "https://hooks.test/x"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (None, ()),
        (HOOK, ()),
        ("http://deleted_by_user", ()),
        (f"{HOOK}?agent=7", ()),
        (f"{HOOK}?tenant=north", ("north",)),
        (f"{HOOK}?agent=7&tenant=north-wind&call_at=1", ("north-wind",)),
        (f"{HOOK}?tenant=n%C3%B6rd+1", ("nörd 1",)),
        (f"{HOOK}?tenant=north&tenant=north", ("north",)),
        (f"{HOOK}?tenant=north&tenant=south", ("north", "south")),
        (f"{HOOK}?ten\tant=north&tenant=south", ("north", "south")),
        (f"{HOOK}?tenant=", ("",)),
        (f"{HOOK}?tenant", ("",)),
        (f"{HOOK}?tenants=north&xtenant=south", ()),
    ],
)
def test_a_tag_is_the_tenant_of_the_query(url: str | None, found: tuple[str, ...]) -> None:
    assert tags(url) == found


@pytest.mark.parametrize(
    "url",
    [
        f"{HOOK}?Tenant=north",
        f"{HOOK}?%20tenant=north",
        f"{HOOK}#tenant=north",
        f"{HOOK}?a=1;tenant=north",
        f"{HOOK}?tenant=north;tenant=south",
        f"{HOOK}?tenant=north#tenant=south",
        f"{HOOK}?next=https://a.test/?tenant=north",
        "http://[::1?tenant=north",
        HOOK + "?" + "&".join(f"a{at}=1" for at in range(101)) + "&tenant=north",
    ],
)
def test_a_tag_that_readers_disagree_about_is_in_doubt(url: str) -> None:
    assert tags(url) is None


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://a.test/x.wav", ("https://a.test/", "https://a.test/x.wav/")),
        ("https://A.Test:443/x", ("https://a.test/", "https://a.test/x/")),
        (
            "http://a.test:8080/b/c/x?signed=1",
            (
                "http://a.test:8080/",
                "http://a.test:8080/b/",
                "http://a.test:8080/b/c/",
                "http://a.test:8080/b/c/x/",
            ),
        ),
        ("https://evil.test@a.test/x", ("https://a.test/", "https://a.test/x/")),
    ],
)
def test_a_recording_lies_in_every_folder_of_its_address(url: str, found: tuple[str, ...]) -> None:
    assert folders(url) == found


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "x.wav",
        "ftp://a.test/x",
        "https:///x",
        "https://[::1]/x",
        "https://[::1/x",
        "https://a.test:99999/x",
        "https://a.test/north/../south/x",
        "https://a.test/north/%2e%2e/south/x",
        "https://a.test/north/./x",
        "https://a.test/north%2fx",
        "https://a.test/north//x",
        "https://a.test/north\\x",
        "https://a.test/north%5Cx",
        "https://a.test/north\x00/x",
        " https://a.test/north/x",
        "https://a.test/" + "a/" * 51,
    ],
)
def test_an_address_whose_path_is_in_doubt_lies_nowhere(url: object) -> None:
    assert folders(url) == ()


@pytest.mark.parametrize("text", ["https://a.test/n", "https://a.test/n/", "HTTPS://A.test:443/n"])
def test_a_folder_has_one_form_whatever_it_is_written_as(text: str) -> None:
    assert folder(text) == "https://a.test/n/"


@pytest.mark.parametrize(
    "text",
    ["", "n/", "https://", "https://a.test/n?x=1", "https://a.test/n#x", "https://b@a.test/n",
     "https://a.test/n/../m", "s3://a/n"],
)  # fmt: skip
def test_what_is_no_folder_is_none(text: str) -> None:
    assert folder(text) is None


def test_a_folder_does_not_hold_those_whose_names_begin_like_it() -> None:
    north = folder("https://a.test/north")
    assert north in folders("https://a.test/north/2026/x.wav")
    assert north not in folders("https://a.test/northern/x.wav")
    assert north not in folders("https://a.test/North/x.wav")
