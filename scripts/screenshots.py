"""Takes the pictures of the README from a running demo: python scripts/screenshots.py ADDRESS E-MAIL PASSWORD"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path("docs/images")
# The picture's name, the page's address, and whether it is taken in dark colours.
PICTURES = (
    ("piece", "/pieces/1/", False),
    ("library", "/library/", True),
    ("post", "/posts/1/", False),
)


def main(address: str, email: str, password: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path, is_dark in PICTURES:
            window = browser.new_context(
                viewport={"width": 1360, "height": 850}, color_scheme="dark" if is_dark else "light"
            )
            page = window.new_page()
            sign_in(page, address, email, password)
            page.goto(f"{address}{path}")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(800)
            page.screenshot(path=FOLDER / f"{name}.png")
            print(FOLDER / f"{name}.png")
        browser.close()


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """Fills the sign-in form."""
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


if __name__ == "__main__":
    main(*sys.argv[1:4])
