"""A strict Drupal site: JSON:API for articles, media, files and tags, Simple OAuth, and the public pages.

Written from Drupal core's own code (jsonapi's EntityResource, FileUpload and normalizers, NodeAccessControlHandler,
BasicAuth; read 2026-11-30), not from our own adapter or checks: a mistake there must not hide here.
"""

import base64
import html
import json
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import FAULTS, Answer, Made, Refused, Request, Strict

USER, PASSWORD = "crosscut", "a pass:word"
CLIENT, CLIENT_SECRET = "a-client-id", "a-client-secret"
ME = "11111111-2222-4333-8444-555555555555"
MEDIA_TYPE = "application/vnd.api+json"
NODE, IMAGE, TERM, FILE = "node--article", "media--image", "taxonomy_term--tags", "file--file"
ATTRIBUTES = {
    NODE: {"title", "status", "langcode", "body", "path", "promote", "sticky", "created", "revision_log"},
    IMAGE: {"name", "status", "langcode"},
    TERM: {"name", "description", "status", "langcode"},
}
RELATIONSHIPS = {
    NODE: {"field_image", "field_photos", "field_tags", "uid"},
    IMAGE: {"field_media_image"},
    TERM: {"parent"},
}
FORMATS, MAX_TITLE, MAX_ALT = {"basic_html", "restricted_html"}, 255, 512
EXTENSIONS = {"png", "gif", "jpg", "jpeg", "webp"}
BY_ADMINISTRATORS = {"status", "created", "promote", "sticky", "uid"}
WITH_PARTS = {
    **FAULTS,
    "upload": ((*FAULTS["upload"][0], "drop_after", "error_after"), 0.25),
    "part": (("drop_before", "drop_after", "error_before", "error_after", "garbled", "busy"), 0.2),
}
API = "/jsonapi"
ID = r"([0-9a-f-]{36})"


class Drupal(Strict):
    """One site with articles, a media library, a vocabulary, and one user who may write."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = WITH_PARTS
        self.token, self.number = PASSWORD, 0
        self.rows: dict[str, dict[str, Any]] = {}  # of every kind, by id
        self.contents: dict[str, bytes] = {}  # of files, by path
        self.tokens: set[str] = set()
        self.is_read_only = self.is_moderated = self.hides_pictures = False
        self.may_create = self.may_make_tags = self.publishes_by_default = True
        self.may_administer = self.has_oauth = self.has_aliases = True

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        node, media, terms = f"{API}/node/article", f"{API}/media/image", f"{API}/taxonomy_term/tags"
        return [
            ("GET", API, "read", self.entry),
            ("POST", "/oauth/token", "read", self.grant),
            ("GET", f"{API}/user/user/{ID}", "read", self.user),
            ("GET", node, "read", self.articles),
            ("POST", node, "make", lambda request: self.add(request, NODE)),
            ("POST", f"{node}/(field_image|field_photos)", "upload", self.upload),
            ("GET", f"{node}/{ID}", "read", self.show),
            ("PATCH", f"{node}/{ID}", "make", self.change),
            ("DELETE", f"{node}/{ID}", "delete", self.remove),
            ("POST", media, "part", lambda request: self.add(request, IMAGE)),
            ("POST", f"{media}/(field_media_image)", "upload", self.upload),
            ("GET", f"{media}/{ID}", "read", self.show),
            ("PATCH", f"{media}/{ID}", "part", self.change),
            ("DELETE", f"{media}/{ID}", "delete", self.remove),
            ("GET", terms, "read", self.tags),
            ("POST", terms, "part", lambda request: self.add(request, TERM)),
            ("DELETE", f"{API}/file/file/{ID}", "delete", self.remove),
            ("GET", r"/sites/default/files/(.+)", "file", self.file),
            ("GET", r"/(node/\d+|reef/[a-z0-9-]+)", "read", self.page),
        ]

    def refusal(self, status: int, words: str, pointer: str = "") -> Any:
        error = {"title": "Error", "status": str(status), "detail": words, "links": {"via": {"href": self.url}}}
        source = {"source": {"pointer": pointer}} if pointer else {}
        return {"jsonapi": {"version": "1.0"}, "errors": [error | source]}

    def public(self) -> list[Made]:
        return [
            Made(remote_id=row["id"], text=row["body"]["value"], at=self.by_our_clock(row["at"]))
            for row in self._of(NODE)
            if row["status"]
        ]

    def end_tokens(self) -> None:
        self.token = ""

    def entry(self, request: Request) -> Answer:
        links = {name: {"href": f"{self.url}{API}/{name.replace('--', '/')}"} for name in (NODE, IMAGE, TERM, FILE)}
        me = {"links": {"me": {"meta": {"id": ME}}}} if self._is_known(request) else {}
        return self._document([], links=links, meta=me)

    def grant(self, request: Request) -> Answer:
        given = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if not self.has_oauth:
            return Answer(status=404, content=b"<h1>Page not found</h1>", media_type="text/html")
        if given.get("grant_type") != "client_credentials":
            return Answer(status=400, data={"error": "unsupported_grant_type", "message": "The grant type is unknown."})
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            refused = {"error": "invalid_client", "error_description": "Client authentication failed"}
            return Answer(status=401, data=refused)
        self.number += 1
        self.tokens.add(f"token-{self.number}")
        return Answer(data={"token_type": "Bearer", "expires_in": 300, "access_token": f"token-{self.number}"})

    def user(self, request: Request, name: str) -> Answer:
        return self._document({"type": "user--user", "id": name, "attributes": {"display_name": USER}})

    def articles(self, request: Request) -> Answer:
        self._demand_query(request, {"page"})
        return self._document([self._told(row) for row in self._of(NODE) if row["status"]])

    def tags(self, request: Request) -> Answer:
        self._demand_query(request, {"filter"})
        wanted = request.query.get("filter[name]", "").casefold()
        return self._document([self._told(row) for row in self._of(TERM) if row["name"].casefold() == wanted])

    def add(self, request: Request, kind: str) -> Answer:
        self._demand_writing(request)
        may = self.may_make_tags if kind == TERM else self.may_create
        if not self._is_known(request) or not may:
            what = f"create terms in {kind}" if kind == TERM else f"create {kind.partition('--')[2]} content"
            raise self._no(403, f"The following permissions are required: '{what}'.")
        data = self._given(request, kind)
        self._check_fields(kind, data)
        self._validate(kind, data, is_new=True)
        name = data.get("id") or str(uuid.uuid4())
        if name in self.rows:
            raise self._no(409, "Conflict: Entity already exists.")
        self.number += 1
        row = {"id": name, "type": kind, "nid": self.number, "vid": self.number, "at": self.now(), "status": True}
        if kind == NODE:
            row |= {"status": self.publishes_by_default and not self.is_moderated, "moderation_state": "draft"}
        self.rows[name] = row | self._kept(data)
        self._moderate(self.rows[name])
        if kind == NODE:
            self.hide(name)
        return self._document(self._told(self.rows[name]), status=201)

    def show(self, request: Request, name: str) -> Answer:
        self._demand_query(request, {"include"})
        row = self._row(name)
        if not row["status"] and not self._is_known(request):
            raise self._no(403, "The current user is not allowed to GET the selected resource.")
        wanted = [part.split(".") for part in request.query.get("include", "").split(",") if part]
        included = {one["id"]: self._told(one) for path in wanted for one in self._included(row, path)}
        return self._document(self._told(row), included=list(included.values()))

    def change(self, request: Request, name: str) -> Answer:
        self._demand_writing(request)
        row = self._row(name)
        if not self._is_known(request):
            raise self._no(403, "The current user is not allowed to PATCH the selected resource.")
        data = self._given(request, row["type"])
        if data.get("id") != name:
            words = f"The selected entity ({name}) does not match the ID in the payload ({data.get('id')})."
            raise self._no(400, words)
        self._check_fields(row["type"], data)
        self._validate(row["type"], data, is_new=False)
        was_public = row["status"]
        row |= self._kept(data) | {"vid": row["vid"] + 1}
        self._moderate(row)
        if row["status"] and not was_public:
            row["at"] = self.now()
            self.hide(name)
        return self._document(self._told(row))

    def remove(self, request: Request, name: str) -> Answer:
        self._demand_writing(request)
        row = self._row(name)
        if not self._is_known(request):
            raise self._no(403, "The current user is not allowed to DELETE the selected resource.")
        if row["type"] == FILE:
            self.contents.pop(row["path"], None)
        del self.rows[name]
        return Answer(status=204, content=b"")

    def upload(self, request: Request, field: str) -> Answer:
        if self.is_read_only:
            self._demand_writing(request)
        if request.headers.get("content-type") != "application/octet-stream":
            raise self._no(415, 'No route found that matches "Content-Type"')
        if not self._is_known(request) or not self.may_create:
            raise self._no(403, "The current user is not permitted to upload a file for this field.")
        told = re.search(r'\bfilename="(.+)"', request.headers.get("content-disposition", ""))
        if not told:
            raise self._no(400, 'No filename found in "Content-Disposition" header.')
        stem, _, ending = told[1].rpartition(".")
        if ending.lower() not in EXTENSIONS:
            only = f"Only files with the following extensions are allowed: {' '.join(sorted(EXTENSIONS))}."
            raise self._no(422, f"Unprocessable Entity: file validation failed.\n{only}")
        path, number = f"2026-11/{stem}.{ending}", 0
        while path in self.contents:
            path, number = f"2026-11/{stem}_{number}.{ending}", number + 1
        self.contents[path] = request.body
        name = str(uuid.uuid4())
        self.rows[name] = {"id": name, "type": FILE, "path": path, "status": True}
        return self._document(self._told(self.rows[name]), status=201)

    def file(self, request: Request, path: str) -> Answer:
        if path not in self.contents:
            return Answer(status=404, content=b"", media_type="text/html")
        return Answer(content=self.contents[path], media_type="image/jpeg")

    def page(self, request: Request, path: str) -> Answer:
        row = next((row for row in self._of(NODE) if path in (f"node/{row['nid']}", self._alias(row)[1:])), None)
        if row is None or not self.is_shown(row["id"]):
            return Answer(status=404, content=b"<h1>Page not found</h1>", media_type="text/html")
        if not row["status"]:
            return Answer(status=403, content=b"<h1>Access denied</h1>", media_type="text/html")
        return Answer(content=self._page(row).encode(), media_type="text/html")

    def _is_known(self, request: Request) -> bool:
        """A login that does not hold is no error: its user is a stranger."""
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            return told in self.tokens
        return bool(self.token) and told == base64.b64encode(f"{USER}:{self.token}".encode()).decode()

    def _demand_writing(self, request: Request) -> None:
        if self.is_read_only:
            where = f"Site administrators can configure this at {self.url}/admin/config/services/jsonapi."
            raise self._no(405, f"JSON:API is configured to accept only read operations. {where}")
        kind = request.headers.get("content-type")
        if request.method != "DELETE" and kind not in (MEDIA_TYPE, "application/octet-stream"):
            raise self._no(415, f'No route found that matches "Content-Type: {kind}"')

    def _demand_query(self, request: Request, known: set[str]) -> None:
        if extra := {name.partition("[")[0] for name in request.query} - known:
            words = f"The following query parameters violate the JSON:API spec: '{', '.join(sorted(extra))}'."
            raise self._no(400, words)

    def _given(self, request: Request, kind: str) -> dict[str, Any]:
        data = (request.data() or {}).get("data")
        if not isinstance(data, dict) or data.get("type") != kind:
            raise self._no(400, 'Resource object must include a "type".')
        if not re.fullmatch(ID, data.get("id") or ME):
            raise self._no(422, "IDs should be properly generated and formatted UUIDs as described in RFC 4122.")
        for field in data.get("relationships", {}).values():
            for one in _listed(field["data"]):
                if one["id"] not in self.rows:
                    words = f"The resource identified by `{one['type']}:{one['id']}` could not be found."
                    raise self._no(404, words)
        return data

    def _check_fields(self, kind: str, data: dict[str, Any]) -> None:
        attributes, relationships = data.get("attributes", {}), data.get("relationships", {})
        known = ATTRIBUTES[kind] | ({"moderation_state"} if self.is_moderated else set()) | RELATIONSHIPS[kind]
        for name in (*attributes, *relationships):
            if name not in known:
                raise self._no(422, f"The attribute {name} does not exist on the {kind} resource type.")
        if kind == NODE and not self.may_administer and (closed := BY_ADMINISTRATORS & attributes.keys()):
            words = f"The current user is not allowed to POST the selected field ({closed.pop()})."
            raise self._no(403, f"{words} The 'administer nodes' permission is required.", "/data/attributes/status")

    def _validate(self, kind: str, data: dict[str, Any], *, is_new: bool) -> None:
        attributes, wrong = data.get("attributes", {}), []
        named = "title" if kind == NODE else "name"
        if is_new and not attributes.get(named):
            wrong.append((f"{named}: This value should not be null.", f"/data/attributes/{named}"))
        if len(attributes.get(named) or "") > MAX_TITLE:
            wrong.append((f"{named}: This value is too long.", f"/data/attributes/{named}/value"))
        if attributes.get("body", {}).get("format", "basic_html") not in FORMATS:
            words = "body.0.format: The value you selected is not a valid choice."
            wrong.append((words, "/data/attributes/body/format"))
        state = attributes.get("moderation_state", "draft")
        if state not in ("draft", "published"):
            wrong.append((f"moderation_state: State '{state}' does not exist.", "/data/attributes/moderation_state"))
        fields = data.get("relationships", {})
        for name in ("field_image", "field_media_image"):
            if len(_listed(fields.get(name, {}).get("data"))) > 1:
                words = f"{name}: Field: this field cannot hold more than 1 values."
                wrong.append((words, f"/data/attributes/{name}"))
        told = (one for field in fields.values() for one in _listed(field["data"]))
        if any(len(one.get("meta", {}).get("alt", "")) > MAX_ALT for one in told):
            wrong.append(("alt: This value is too long.", "/data/attributes/field_image"))
        if wrong:
            document = self.refusal(422, "")
            document["errors"] = [self.refusal(422, *one)["errors"][0] for one in wrong]
            raise Refused(422, document)

    def _kept(self, data: dict[str, Any]) -> dict[str, Any]:
        fields = {name: _listed(field["data"]) for name, field in data.get("relationships", {}).items()}
        return dict(data.get("attributes", {})) | fields

    def _moderate(self, row: dict[str, Any]) -> None:
        if self.is_moderated and row["type"] == NODE:
            row["status"] = row["moderation_state"] == "published"

    def _included(self, row: dict[str, Any], path: list[str]) -> list[dict[str, Any]]:
        there = [self.rows[one["id"]] for one in row.get(path[0], ()) if one["id"] in self.rows]
        return there + [deep for one in there if path[1:] for deep in self._included(one, path[1:])]

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        """As JSON:API tells it: what refers to one thing is no list."""
        if row["type"] == FILE:
            uri = {"value": f"public://{row['path']}", "url": f"/sites/default/files/{row['path']}"}
            return {"type": FILE, "id": row["id"], "attributes": {"filename": row["path"], "uri": uri}}
        attributes = {name: row.get(name) for name in ATTRIBUTES[row["type"]]}
        if row["type"] == NODE:
            body = row.get("body") or {}
            attributes |= {
                "drupal_internal__nid": row["nid"], "drupal_internal__vid": row["vid"],
                "created": row["at"].isoformat(timespec="seconds"),
                "path": {"alias": self._alias(row) or None, "pid": 1, "langcode": "en"},
                "body": {**body, "processed": body.get("value", "")},
            }  # fmt: skip
        single = ("field_image", "field_media_image")
        told = {name: row.get(name, []) for name in RELATIONSHIPS[row["type"]]}
        fields = {name: (next(iter(data), None) if name in single else data) for name, data in told.items()}
        relationships = {name: {"data": data} for name, data in fields.items()}
        return {"type": row["type"], "id": row["id"], "attributes": attributes, "relationships": relationships}

    def _alias(self, row: dict[str, Any]) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", row["title"].lower()).strip("-")
        return f"/reef/{name}-{row['nid']}" if self.has_aliases else ""

    def _pictures(self, row: dict[str, Any]) -> list[tuple[str, str]]:
        """Path and alt text of each."""
        found = []
        for one in (*row.get("field_image", ()), *row.get("field_photos", ())):
            there = self.rows.get(one["id"])
            told = there.get("field_media_image", [None])[0] if there and there["type"] == IMAGE else one
            if told and told["id"] in self.rows:
                found.append((self.rows[told["id"]]["path"], told.get("meta", {}).get("alt", "")))
        return found

    def _page(self, row: dict[str, Any]) -> str:
        """As its own theme draws it: each picture in a style, which makes a copy in another format."""
        title = html.escape(row["title"])
        shown = [
            f'<img src="/sites/default/files/styles/wide/public/{path}.webp?itok=a1" alt="{html.escape(alt)}">'
            for path, alt in ([] if self.hides_pictures else self._pictures(row))
        ]
        body = f"<article><h1>{title}</h1>{''.join(shown)}<div>{row['body']['value']}</div></article>"
        return f"<html><head><title>{title} | Reef Watch</title></head><body>{body}</body></html>"

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.rows.values() if row["type"] == kind]

    def _row(self, name: str) -> dict[str, Any]:
        if name not in self.rows:
            raise self._no(404, 'The "entity" parameter was not converted for the path.')
        return self.rows[name]

    def _document(self, data: Any, *, status: int = 200, **parts: Any) -> Answer:
        told = {"jsonapi": {"version": "1.0"}, "data": data, "links": {}, **{k: v for k, v in parts.items() if v}}
        return Answer(status=status, content=json.dumps(told).encode(), media_type=MEDIA_TYPE)

    def _no(self, status: int, words: str, pointer: str = "") -> Refused:
        return Refused(status, self.refusal(status, words, pointer))


def _listed(data: Any) -> list[dict[str, Any]]:
    return data if isinstance(data, list) else [data] if data else []
