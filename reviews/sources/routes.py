"""What a call's addresses say about whose it is: its tags, and the folders its recording lies in.

Where an address can be read in two ways it says nothing: a call that nobody gets can be brought to
its tenant later, one that the wrong tenant got cannot be taken back.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, unquote_plus, urlsplit

TAG = "tenant"
MOST_FIELDS = 100
MOST_FOLDERS = 50
_PAIR = re.compile(r"[?&#;]([^?&#;=]*)(?:=([^?&#;]*))?")
_PORTS = {"http": 80, "https": 443}


def tags(url: str | None) -> tuple[str, ...] | None:
    """Every different value of `tenant` in the query; None where that is in doubt."""
    if url is None:
        return ()
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    found = [text for name, text in pairs if name == TAG]
    return tuple(dict.fromkeys(found)) if found == _loosely(url) else None


def _loosely(url: str) -> list[str]:
    """As the most lenient reader would find them: any case, any separator, in the fragment, too."""
    named = ((unquote_plus(name), text) for name, text in _PAIR.findall(url))
    return [unquote_plus(text) for name, text in named if "".join(name.split()).lower() == TAG]


def folders(url: object) -> tuple[str, ...]:
    """Every folder that the address lies in, and itself as one, each as `folder` writes it."""
    parts = _plain(url) if isinstance(url, str) else None
    if parts is None:
        return ()
    steps = [step for step in parts.path.split("/") if step]
    if len(steps) > MOST_FOLDERS:
        return ()
    origin = f"{parts.scheme}://{parts.netloc}/"
    names = [f"{step}/" for step in steps]
    return tuple(origin + "".join(names[:to]) for to in range(len(names) + 1))


def folder(text: str) -> str | None:
    """The address of a folder in the one form that is compared; None where it is none.

    That is scheme, host, port and path of http or https, with nothing else beside.
    """
    parts = _plain(text)
    if parts is None or "?" in text or "#" in text or "@" in text:
        return None
    return folders(text)[-1] if folders(text) else None


def _plain(url: str) -> SplitResult | None:
    """The address with host and port in one form; None where its path could be read in two ways."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or ":" in host or parts.scheme not in _PORTS or not _is_plain(url, parts.path):
        return None
    given = f":{port}" if port and port != _PORTS[parts.scheme] else ""
    return parts._replace(netloc=host + given)


def _is_plain(url: str, path: str) -> bool:
    read = unquote(path)
    is_doubled = "//" in read or "\\" in read or read.count("/") != path.count("/")
    is_relative = any(step in (".", "..") for step in read.split("/"))
    return url.isprintable() and url == url.strip() and not is_doubled and not is_relative
