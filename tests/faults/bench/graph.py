"""What strict servers of the Graph API have in common: logins, containers, limits and error bodies of their own.

Written from the published guides (https://developers.facebook.com/docs/instagram-platform/content-publishing,
…/docs/threads/posts, …/docs/pages-api/posts, …/docs/video-api/guides/reels-publishing, 2026-04 to 2026-10) and not from
our own adapters or checks: a mistake there must not hide here.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import FAULTS, MAKE, Answer, Made, Refused, Request, Strict

KEPT_FOR = timedelta(hours=24)  # of a container
VERSIONS = {"v25.0", "v26.0", "v1.0"}
PAGE = 100
LIMIT_CODES = (4, 17, 32, 368, 613, 80_002)  # …/graph-api/overview/rate-limiting and …/guides/error-handling
LASTING_S = {"version_gone": 400.0, "limit_used": 900.0}
STAGE_FAULTS = ("drop_before", "drop_after", "error_before", "error_after", "slow_answer", "busy", "busy_for", "lie")
# What else these networks do: a container that never gets ready, or is gone; a version that was switched off.
GRAPH_FAULTS = {
    **FAULTS,
    "make": ((*MAKE, "trouble_after", "trouble_before"), 0.6),
    "upload": (STAGE_FAULTS, 0.2),
    "read": (FAULTS["read"][0], 0.15),
    "any": (("token_ends", "version_gone", "limit_used"), 0.06),
    "container": (("never_ready", "expires", "expires", "expires"), 0.04),
}


def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, of either kind; a file's field holds its name."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        text = request.body.decode("latin-1")
        found = re.findall(
            r'name="(\w+)"(; filename="[^"]*")?[^\r]*?\r\n(?:[\w-]+: [^\r]*\r\n)*\r\n(.*?)\r\n--', text, re.S
        )
        return {name: "a file" if is_file else value.encode("latin-1").decode() for name, is_file, value in found}
    return {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}


class Graph(Strict):
    """What the networks of the house have in common."""

    limit = 100  # posts in 24 hours
    can_delete = True

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = GRAPH_FAULTS
        self.token, self.number, self.traces = "a-token", 17_000, 0
        self.other_tokens: dict[str, str] = {}  # of other accounts here, each with its id
        self.boxes: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.may_comment = True
        self.looks = 1  # how often a container is looked at before it is ready
        self.never_ready: set[str] = set()
        self.spoils_left = 2  # a network that never makes it ready is given up after three tries
        self.until: dict[str, float] = {}  # how long a trouble lasts, on the passed clock
        self.limit_codes = itertools.cycle(LIMIT_CODES)
        self.codes = {"c0de"}  # that the login page gave, each good once
        self.fetch: Callable[[str], bytes] = lambda url: b"a file"  # how it gets a file from an address

    # Errors: https://developers.facebook.com/docs/graph-api/guides/error-handling

    def refusal(self, status: int, words: str, code: int = 100, subcode: int = 0) -> Any:
        self.traces += 1
        code = {429: 4, 500: 1, 503: 2}.get(status, code)
        error = {
            "message": f"(#{code}) {words}",
            "type": "OAuthException",
            "code": code,
            "fbtrace_id": f"A{self.traces}",
        }
        return {"error": {**error, **({"error_subcode": subcode} if subcode else {}), "is_transient": code in (1, 2)}}

    def no(self, words: str, code: int = 100, subcode: int = 0, status: int = 400, **headers: str) -> Refused:
        return Refused(status, self.refusal(status, words, code, subcode), **headers)

    def gone(self) -> Refused:
        return self.no("Unsupported get request. Object does not exist or cannot be loaded", 100, 33)

    def public(self) -> list[Made]:
        posts = [
            Made(remote_id=name, text=row["words"], at=self.by_our_clock(row["at"]), answers=row.get("parent", ""))
            for name, row in self.rows.items()
        ]
        comments = [
            Made(remote_id=f"comment-{one['id']}", text=one["text"], at=self.by_our_clock(one["at"]), answers=name)
            for name, below in self.comments.items()
            for one in below
        ]
        return posts + comments

    def end_tokens(self) -> None:
        self.token = ""

    def heal(self) -> None:
        super().heal()
        self.until.clear()
        self.never_ready.clear()

    def order(self, kind: str, fault: str) -> None:
        if fault in LASTING_S:
            self.until[fault] = self.clock.monotonic() + LASTING_S[fault]
            self.met.append(fault)
        elif kind == "container":
            self._spoil(fault)
        else:
            super().order(kind, fault)

    def is_in(self, trouble: str) -> bool:
        """Whether that trouble lasts still."""
        return self.clock.monotonic() < self.until.get(trouble, 0)

    def held_back(self) -> Answer:
        """Six codes say it; only some of them come with the minutes to wait."""
        code = next(self.limit_codes)
        usage = {"77": [{"type": "pages", "estimated_time_to_regain_access": 1}]} if code > 80_000 else {}
        told = {"X-Business-Use-Case-Usage": json.dumps(usage)}
        return Answer(status=400, data=self.refusal(400, "There have been too many calls", code), headers=told)

    def _spoil(self, fault: str) -> None:
        """Every container that is not public yet never gets ready, or is gone."""
        waiting = [name for name, box in self.boxes.items() if not box["published"]]
        if not waiting or not self.spoils_left:
            return
        self.spoils_left -= 1
        self.met.append(fault)
        if fault == "never_ready":
            self.never_ready.update(waiting)
        for name in waiting if fault == "expires" else ():
            self.boxes[name]["at"] -= KEPT_FOR + timedelta(minutes=1)

    def demand(self, request: Request, known: Iterable[str]) -> dict[str, str]:
        """The request's fields: with a login, of a version there is, and none that nobody knows."""
        version = request.path.split("/")[1]
        if version not in VERSIONS or self.is_in("version_gone"):
            raise self.no("You are calling a deprecated version of the API", 2635)
        if not self.token or request.token not in (self.token, *self.other_tokens):
            raise self.no("Error validating access token: the session has expired", 190, 463, status=401)
        given = {**request.query, **(form_of(request) if request.method == "POST" else {})}
        self.refuse_unknown(given, {"access_token", *known}, "the request")
        return given

    def named(self, prefix: str = "") -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    def box(self, request: Request, name: str, field: str, why: str) -> Answer:
        """How far a container is."""
        self.demand(request, {"fields"})
        box = self.boxes.get(name)
        if box is None:
            raise self.gone()
        if box["published"]:
            status = "PUBLISHED"
        elif self.now() - box["at"] > KEPT_FOR:
            status = "EXPIRED"
        elif name in self.never_ready:
            status = "IN_PROGRESS"
        else:
            box["looks"] -= 1
            status = "FINISHED" if box["looks"] < 0 else "IN_PROGRESS"
        return Answer(data={"id": name, field: status, why: f"{status.title()}: as told"})

    def made_box(self, fields: dict[str, str]) -> Answer:
        for name in ("image_url", "video_url"):
            if name in fields and (not fields[name].startswith("http") or not self.fetch(fields[name])):
                raise self.no("The media could not be fetched from this URI", 9004, 2207052)
        name = self.named()
        self.boxes[name] = {**fields, "at": self.now(), "looks": self.looks, "published": False}
        return Answer(data={"id": name})

    def opened(self, fields: dict[str, str]) -> dict[str, Any]:
        """The container to publish: ready, alone, and not published before."""
        box = self.boxes.get(fields.get("creation_id", ""))
        if box is None or self.now() - box["at"] > KEPT_FOR:
            raise self.no("The media builder has expired or does not exist", 24, 2207008)
        if box["published"]:
            raise self.no("The media was published already", 24, 2207006)
        if box["looks"] >= 0 or fields["creation_id"] in self.never_ready:
            raise self.no("The media is not ready for publishing, please wait", 9007, 2207027)
        self.demand_room(box)
        box["published"] = True
        return box

    def demand_room(self, box: dict[str, Any]) -> None:
        if self.used() >= self.limit:
            raise self.no("You reached maximum number of posts", 9, 2207042, status=403)

    def used(self) -> int:
        recent = [row for row in self.rows.values() if self.now() - row["at"] < timedelta(days=1)]
        return len(recent) + (self.limit if self.is_in("limit_used") else 0)

    def quota(self, request: Request, *_: str) -> Answer:
        self.demand(request, {"fields"})
        config = {"quota_total": self.limit, "quota_duration": 86_400}
        return Answer(data={"data": [{"quota_usage": self.used(), "config": config}]})

    def listing(self, request: Request, rows: Iterable[dict[str, Any]], known: set[str]) -> Answer:
        given = self.demand(request, {"fields", "limit", "after", "before", "since", "until", *known})
        shown = [
            row
            for row in rows
            if self.is_shown(row["id"]) and int(re.sub(r".*_", "", row["id"])) < int(given.get("after", 10**18))
        ]
        limit = min(int(given.get("limit", 25)), PAGE)
        newest = sorted(shown, key=lambda row: -row["number"])
        page = newest[:limit]
        paging = {"cursors": {"after": str(page[-1]["number"])}} if page else {}
        more = {"next": "more"} if len(newest) > limit else {}
        return Answer(data={"data": [self.shown(row) for row in page], "paging": {**paging, **more}})

    def show(self, request: Request, name: str) -> Answer:
        self.demand(request, {"fields"})
        row = self.rows.get(name)
        if row is None and (comment := self._comment(name)):
            return Answer(data=self._as_told(comment))
        if row is None or not self.is_shown(name):
            raise self.gone()
        return Answer(data=self.shown(row))

    def remove(self, request: Request, name: str) -> Answer:
        self.demand(request, ())
        if comment := self._comment(name):
            for below in self.comments.values():
                below[:] = [one for one in below if one is not comment]
            return Answer(data={"success": True})
        if name not in self.rows:
            raise self.gone()
        if not self.can_delete:
            raise self.no("This login does not support deleting media", 10)
        del self.rows[name]
        self.comments.pop(name, None)
        return Answer(data={"success": True})

    def comment(self, request: Request, name: str) -> Answer:
        given = self.demand(request, {"message"})
        self._demand_may_comment()
        if name not in self.rows:
            raise self.gone()
        prefix = f"{name.rpartition('_')[2]}_" if self.slug == "facebook_page" else ""
        made = self.named(prefix)
        row = {"id": made, "text": given["message"], "at": self.now(), "number": self.number}
        self.comments.setdefault(name, []).append(row)
        self.hide(made)
        return Answer(data={"id": made})

    def commented(self, request: Request, name: str) -> Answer:
        """The newest first, on a Page where that is asked for (…/graph-api/reference/object/comments)."""
        given = self.demand(request, {"fields", "order", "limit", "after"})
        self._demand_may_comment()
        if name not in self.rows:
            raise self.gone()
        rows = [one for one in self.comments.get(name, []) if self.is_shown(one["id"])]
        is_newest_first = self.slug != "facebook_page" or given.get("order") == "reverse_chronological"
        return Answer(data={"data": [self._as_told(one) for one in (rows[::-1] if is_newest_first else rows)]})

    def _demand_may_comment(self) -> None:
        if not self.may_comment:
            raise self.no("Permissions error", 200, status=403)

    def _comment(self, name: str) -> dict[str, Any] | None:
        return next((one for below in self.comments.values() for one in below if one["id"] == name), None)

    def _as_told(self, comment: dict[str, Any]) -> dict[str, Any]:
        if self.slug == "facebook_page":
            told = {"message": comment["text"], "created_time": self.stamp(comment["at"])}
            return {"id": comment["id"], **told, "from": {"id": comment.get("writer", "77")}}
        return {
            "id": comment["id"], "text": comment["text"], "timestamp": self.stamp(comment["at"]),
            "username": comment.get("writer", "reefwatch"),
        }  # fmt: skip

    def keep(self, **row: Any) -> str:
        """One more public post."""
        name = row.pop("id", None) or self.named()
        self.number += 1
        self.rows[name] = {"id": name, "at": self.now(), "number": self.number, **row}
        self.hide(name)
        return str(name)

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")

    # Logins

    def code_for_token(self, request: Request) -> Answer:
        given = {**form_of(request), **request.query}
        self.refuse_unknown(
            given,
            {"client_id", "client_secret", "grant_type", "redirect_uri", "code", "code_verifier", "fb_exchange_token"},
            "the request",
        )
        if given.get("client_secret") != "an-app-secret":
            raise self.no("Error validating client secret.", 1)
        if given.get("grant_type") == "fb_exchange_token":
            return Answer(data={"access_token": "a-person", "token_type": "bearer", "expires_in": 5_184_000})
        if given.get("code") not in self.codes:
            raise self.no("This authorization code has been used.", 100, 36009)
        self.codes.remove(given["code"])
        return Answer(data={"access_token": "a-short-one", "user_id": 17, "permissions": self.permissions})

    permissions: ClassVar[list[str]] = []

    def longer(self, request: Request) -> Answer:
        given = request.query
        self.refuse_unknown(given, {"grant_type", "client_secret", "access_token"}, "the request")
        kind = given.get("grant_type", "")
        if kind.endswith("_exchange_token") and given.get("client_secret") != "an-app-secret":
            raise self.no("Error validating client secret.", 1)
        if given.get("access_token") not in ("a-short-one", self.token) or not self.token:
            raise self.no("Error validating access token", 190, status=401)
        return Answer(data={"access_token": self.token, "token_type": "bearer", "expires_in": 5_184_000})


def url_of(box: dict[str, Any]) -> str:
    """Where the server got the file of a container from."""
    return str(box.get("image_url") or box.get("video_url") or "")
