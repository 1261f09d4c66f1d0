"""How long the server takes for the main pages of a full workspace: 10,000 assets, 5,000 pieces, a year of samples.

Starts an installation of its own in a temporary folder, fills it with `crosscut seed`, signs in and asks every page 21
times over HTTP; the first answer is not counted. Prints the median, the slowest and the size, and writes them to
result.json beside it. Run it on an otherwise quiet machine: python benchmarks/pages/run.py
"""

import http.cookiejar
import json
import os
import platform
import re
import statistics
import sys
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from installation import installation

HERE = Path(__file__).parent
RESULT = HERE / "result.json"
LIMIT_MS = 200
TIMES = 20


def main() -> int:
    with installation() as here:
        way_in = json.loads(here.run("seed", "--json"))
        rows = measure(Browser(here.url, way_in["email"], way_in["password"]))
    write(rows)
    return 0 if all(row["median_ms"] < LIMIT_MS for row in rows) else 1


class Browser:
    """A signed-in session."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.url = url
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = self.get("/sign-in/").decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "the sign-in page has no form"
        fields = {"csrfmiddlewaretoken": token[1], "email": email, "username": email, "password": password}
        request = urllib.request.Request(
            f"{url}/sign-in/", data=urllib.parse.urlencode(fields).encode(), headers={"Referer": f"{url}/sign-in/"}
        )
        answer = self._opener.open(request)
        assert not answer.url.endswith("/sign-in/"), "the sign-in was refused"

    def get(self, path: str) -> bytes:
        """A page's body."""
        return bytes(self._opener.open(f"{self.url}{path}").read())


def measure(browser: Browser) -> list[dict[str, object]]:
    """Every page of the list, asked one after the other."""
    rows = []
    for name, path in pages(browser).items():
        size = len(browser.get(path))
        times_ms = []
        for _ in range(TIMES):
            began = time.perf_counter()
            browser.get(path)
            times_ms.append((time.perf_counter() - began) * 1000)
        median_ms = round(statistics.median(times_ms), 1)
        rows.append({"page": name, "median_ms": median_ms, "slowest_ms": round(max(times_ms), 1), "bytes": size})
        mark = "fine" if median_ms < LIMIT_MS else "TOO SLOW"
        print(
            f"{name:24} {median_ms:8.1f} ms   slowest {max(times_ms):8.1f} ms   {size:>9,} bytes   {mark}", flush=True
        )
    return rows


def pages(browser: Browser) -> dict[str, str]:
    """The pages by name, with one piece, asset, post and campaign found by following links."""
    first = {
        "piece": (r"(/pieces/\d+/)", "/pieces/"),
        "asset": (r"(/library/\d+/)", "/library/"),
        "campaign": (r"(/campaigns/\d+/)", "/campaigns/"),
        "post": (r"(/posts/\d+/)", "/posts/"),
    }
    found = {"home": "/", "calendar": "/calendar/", "library": "/library/", "pieces": "/pieces/", "posts": "/posts/"}
    month = datetime.now(UTC).strftime("%Y-%m")
    found["calendar events"] = f"/calendar/posts/?start={month}-01T00:00:00Z&end={month}-28T00:00:00Z"
    found["library search"] = "/library/?q=harbour"
    for name, (pattern, path) in first.items():
        match = re.search(pattern, browser.get(path).decode())
        assert match, f"no link to a {name} on {path}"
        found[name] = match[1]
    return found


def write(rows: list[dict[str, object]]) -> None:
    """Keeps the result beside the benchmark."""
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "limit_ms": LIMIT_MS,
        "times": TIMES,
        "pages": rows,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
