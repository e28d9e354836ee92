"""What goes wrong on a page without being seen: broken policies, errors, foreign requests."""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response


def watch(page: Page, base_url: str, troubles: list[str]) -> None:
    """Note each trouble of the page as a sentence. Its own 4xx is what a test looks at itself."""
    host = urlsplit(base_url).netloc

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            troubles.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if urlsplit(request.url).netloc != host:
            troubles.append(f"foreign request: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            troubles.append(f"{response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
    page.on("request", on_request)
    page.on("response", on_response)
