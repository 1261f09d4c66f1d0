"""A strict server of Google's Business Profile APIs: two accounts, their places, posts that are looked through first.

Written from Google's reference of localPosts (version 4, a stored copy read 2026-11-30) and, for places, the names of
its discovery document of mybusinessbusinessinformation v1, not from our own adapter or checks: a mistake there must not
hide here. For local posts no machine contract is published any more.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import FAULTS, Answer, Made, Refused, Request, Strict

TOKEN, PLACE, OTHER = "a-token", "accounts/11/locations/21", "accounts/12/locations/22"
POST = {
    "languageCode", "summary", "callToAction", "event", "media", "topicType", "alertType", "offer", "scheduledTime",
    "recurrenceInfo",
}  # fmt: skip
LOCATION = {
    "name", "languageCode", "storeCode", "title", "phoneNumbers", "categories", "storefrontAddress", "websiteUri",
    "regularHours", "specialHours", "serviceArea", "labels", "adWordsLocationExtensions", "latlng", "openInfo",
    "metadata", "profile", "relationshipData", "moreHours", "serviceItems",
}  # fmt: skip
ACTIONS = {"BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "CALL"}
MAX_SUMMARY = 1500


class Google(Strict):
    """A person who manages two places."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.token, self.number, self.codes = TOKEN, 0, {"c0de"}
        self.looks = 0  # how often a new post is still being looked through
        self.rows: dict[str, dict[str, Any]] = {}
        self.lists_oldest_first = self.is_shut = self.is_testing = False
        self.page_size = 100
        metadata = {
            "hasVoiceOfMerchant": True,
            "canOperateLocalPost": True,
            "mapsUri": "https://maps.google.com/?cid=1",
        }
        self.places = {
            PLACE: {"title": "Reef Watch", "metadata": dict(metadata)},
            OTHER: {"title": "Kelp Café", "metadata": dict(metadata)},
        }
        self.faults_known = {**FAULTS, "look": FAULTS["read"]}

    @property
    def slug(self) -> str:
        return "google_business_profile"

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        posts = r"/v4/(accounts/\d+/locations/\d+)/localPosts"
        return [
            ("POST", "/token", "login", self.sign_in),
            ("GET", "/v1/accounts", "read", self.accounts),
            ("GET", r"/v1/(accounts/\d+)/locations", "read", self.locations),
            ("GET", r"/v1/(locations/\d+)", "read", self.location),
            ("POST", posts, "make", self.make),
            ("GET", posts, "read", self.listing),
            ("GET", rf"{posts}/(\w+)", "read", self.show),
            ("PATCH", rf"{posts}/(\w+)", "update", self.change),
            ("DELETE", rf"{posts}/(\w+)", "delete", self.remove),
        ]

    def refusal(self, status: int, words: str, *details: dict[str, Any]) -> Any:
        names = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
        told = {"code": status, "message": words, "status": names.get(status, "INTERNAL")}
        return {"error": {**told, **({"details": list(details)} if details else {})}}

    def held_back(self) -> Answer:
        return Answer(status=429, data=self.refusal(429, "Quota exceeded for quota metric 'Requests'", _limit("300")))

    def public(self) -> list[Made]:
        """What Google still looks through is on its way to the public, whatever anybody does."""
        return [
            Made(remote_id=name, text=row["summary"], at=self.by_our_clock(row["at"]))
            for name, row in self.rows.items()
            if row["state"] != "REJECTED"
        ]

    def end_tokens(self) -> None:
        self.token = ""

    def sign_in(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        known = {"grant_type", "code", "redirect_uri", "client_id", "client_secret", "refresh_token", "code_verifier"}
        self.refuse_unknown(form, known, "the form")
        if form.get("client_secret") != "an-app-secret":
            raise Refused(401, {"error": "invalid_client", "error_description": "The OAuth client was not found."})
        scope = "https://www.googleapis.com/auth/business.manage"
        told = {"expires_in": 3599, "token_type": "Bearer", "scope": scope}
        if form["grant_type"] == "authorization_code":
            if form["code"] not in self.codes or len(form.get("code_verifier", "")) < 43:
                raise Refused(400, {"error": "invalid_grant", "error_description": "Malformed auth code."})
            self.codes.discard(form["code"])
            told["refresh_token"] = "a-refresh-token"
        elif form.get("refresh_token") != "a-refresh-token":
            raise Refused(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        self.token = self.token or TOKEN
        return Answer(data={"access_token": self.token, **told})

    def accounts(self, request: Request) -> Answer:
        self._demand(request)
        self.refuse_unknown(request.query, {"pageSize", "pageToken", "filter", "parentAccount"}, "the query")
        rows = [
            {"name": name.partition("/locations")[0], "accountName": "Ana", "type": "PERSONAL"} for name in self.places
        ]
        return self._page(request, "accounts", rows, 20)

    def locations(self, request: Request, account: str) -> Answer:
        self._demand(request)
        known = {"pageSize", "pageToken", "readMask", "filter", "orderBy"}
        self.refuse_unknown(request.query, known, "the query")
        rows = [self._location(name, request) for name in self.places if name.startswith(f"{account}/")]
        return self._page(request, "locations", rows, 100)

    def location(self, request: Request, short: str) -> Answer:
        self._demand(request)
        name = next((one for one in self.places if one.endswith(f"/{short}")), "")
        if not name:
            raise self._no(404, "Requested entity was not found.")
        return Answer(data=self._location(name, request))

    def make(self, request: Request, place: str) -> Answer:
        self._demand(request)
        self._demand_place(place)
        data = request.data()
        self.refuse_unknown(data, POST, "the post")
        self._demand_whole(data)
        self.number += 1
        name = str(self.number + 10**18)
        kept = {
            "media": [],
            **data,
            "place": place,
            "state": "PROCESSING" if self.looks else "LIVE",
            "looks": self.looks,
        }
        self.rows[name] = {**kept, "at": self.now()}
        self.hide(name)
        return Answer(data=self._shown(name))

    def listing(self, request: Request, place: str) -> Answer:
        self._demand(request)
        self._demand_place(place)
        self.refuse_unknown(request.query, {"pageSize", "pageToken"}, "the query")
        names = [name for name, row in self.rows.items() if row["place"] == place and self.is_shown(name)]
        names.sort(key=lambda name: self.rows[name]["at"], reverse=not self.lists_oldest_first)
        return self._page(request, "localPosts", [self._shown(name) for name in names], self.page_size)

    def show(self, request: Request, place: str, name: str) -> Answer:
        self._demand(request)
        row = self._row(place, name)
        if not self.is_shown(name):
            raise self._no(404, "Requested entity was not found.")
        row["looks"] -= 1
        if row["state"] == "PROCESSING" and row["looks"] < 0:
            row["state"] = "LIVE"
        return Answer(data=self._shown(name))

    def change(self, request: Request, place: str, name: str) -> Answer:
        self._demand(request)
        self.refuse_unknown(request.query, {"updateMask"}, "the query")
        row, data, mask = self._row(place, name), request.data(), request.query["updateMask"].split(",")
        self.refuse_unknown(data, set(mask), "the change")
        self._demand_whole({**row, **data})
        row |= data
        return Answer(data=self._shown(name))

    def remove(self, request: Request, place: str, name: str) -> Answer:
        self._demand(request)
        self._row(place, name)
        del self.rows[name]
        return Answer(data={})

    def _row(self, place: str, name: str) -> dict[str, Any]:
        if name not in self.rows or self.rows[name]["place"] != place:
            raise self._no(404, "Requested entity was not found.")
        return self.rows[name]

    def _demand(self, request: Request) -> None:
        if not self.token or request.token != self.token:
            raise self._no(401, "Request had invalid authentication credentials.")
        if self.is_shut:
            raise Refused(429, self.refusal(429, "Quota exceeded for quota metric 'Requests'", _limit("0")))

    def _demand_place(self, place: str) -> None:
        if place not in self.places:
            raise self._no(403, "The caller does not have permission")

    def _demand_whole(self, data: dict[str, Any]) -> None:
        wrong = []
        if data.get("topicType") not in ("STANDARD", "EVENT", "OFFER"):
            wrong.append(("topic_type", "is not known"))
        if len(data.get("summary", "")) > MAX_SUMMARY or not (data.get("summary") or data.get("media")):
            wrong.append(("summary", "is too long or missing"))
        if data.get("topicType") in ("EVENT", "OFFER") and not _is_event(data.get("event")):
            wrong.append(("event", "is required, with a title and both dates"))
        if "offer" in data and (
            data["topicType"] != "OFFER" or data["offer"].keys() - {"couponCode", "redeemOnlineUrl", "termsConditions"}
        ):
            wrong.append(("offer", "is not allowed like that"))
        action = data.get("callToAction")
        if action and (
            action["actionType"] not in ACTIONS or bool(action.get("url")) == (action["actionType"] == "CALL")
        ):
            wrong.append(("call_to_action", "has no address, or one too many"))
        for item in data.get("media", []):
            if item.keys() != {"mediaFormat", "sourceUrl"} or urlsplit(item["sourceUrl"]).scheme not in (
                "http",
                "https",
            ):
                wrong.append(("media.source_url", "cannot be fetched"))
        if wrong:
            told = [{"field": field, "message": words, "code": 3} for field, words in wrong]
            kind = "type.googleapis.com/google.mybusiness.v4.ValidationError"
            raise Refused(
                400, self.refusal(400, "Request contains an invalid argument.", {"@type": kind, "errorDetails": told})
            )

    def _location(self, name: str, request: Request) -> dict[str, Any]:
        wanted = request.query.get("readMask", "").split(",")
        if not set(wanted) <= LOCATION:
            raise self._no(400, "Invalid field mask provided")
        row = {"name": f"locations/{name.rpartition('/')[2]}", **self.places[name]}
        return {part: row[part] for part in wanted if part in row}

    def _page(self, request: Request, name: str, rows: list[dict[str, Any]], most: int) -> Answer:
        size, start = min(int(request.query.get("pageSize", 20)), most), int(request.query.get("pageToken", "0"))
        after = {"nextPageToken": str(start + size)} if len(rows) > start + size else {}
        page = {name: rows[start : start + size]} if rows else {}
        return Answer(data={**page, **after})

    def _shown(self, name: str) -> dict[str, Any]:
        row = self.rows[name]
        told = {part: row[part] for part in POST if part in row and part != "media"}
        media = [{"name": "m", "mediaFormat": "PHOTO", "googleUrl": f"{self.url}/p.jpg"} for _ in row["media"]]
        at = row["at"].strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"
        address = f"https://local.google.com/place?id=7&use=posts&lpsid={name}"
        stamps = {"createTime": at, "updateTime": at, "state": row["state"], "searchUrl": address}
        return {"name": f"{row['place']}/localPosts/{name}", **told, **({"media": media} if media else {}), **stamps}

    def _no(self, status: int, words: str) -> Refused:
        return Refused(status, self.refusal(status, words))


def _limit(value: str) -> dict[str, Any]:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return {"@type": kind, "reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit_value": value}}


def _is_event(event: Any) -> bool:
    if not isinstance(event, dict) or not event.get("title") or event.keys() - {"title", "schedule"}:
        return False
    schedule = event.get("schedule") or {}
    if (
        schedule.keys() - {"startDate", "startTime", "endDate", "endTime"}
        or not {"startDate", "endDate"} <= schedule.keys()
    ):
        return False
    first, last = (datetime(**schedule[name]) for name in ("startDate", "endDate"))
    return first <= last
