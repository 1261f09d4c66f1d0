"""A strict server of the Graph API for a Facebook Page: see graph.py."""

import json
from collections.abc import Callable
from typing import Any

from tests.faults.bench.graph import KEPT_FOR, Graph
from tests.faults.bench.strict import Answer, Request


class Facebook(Graph):
    """One Page, and the person who manages it and others."""

    slug = "facebook_page"

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", r"/v[\d.]+/oauth/access_token", "login", self.code_for_token),
            ("GET", r"/v[\d.]+/me/permissions", "login", self.granted),
            ("GET", r"/v[\d.]+/me/accounts", "login", self.pages),
            ("GET", r"/v[\d.]+/me", "read", self.me),
            ("POST", r"/v[\d.]+/me/photos", "upload", self.photo),
            ("POST", r"/v[\d.]+/me/feed", "make", self.feed),
            ("POST", r"/v[\d.]+/me/videos", "make", self.film),
            ("POST", r"/v[\d.]+/me/video_reels", "make", self.reel),
            ("POST", r"/video-upload/v[\d.]+/(\d+)", "upload", self.upload),
            ("GET", r"/v[\d.]+/me/published_posts", "read", lambda request: self.own(request, is_film=False)),
            ("GET", r"/v[\d.]+/me/videos", "read", lambda request: self.own(request, is_film=True)),
            ("POST", r"/v[\d.]+/(\d+(?:_\d+)?)/comments", "make", self.comment),
            ("GET", r"/v[\d.]+/(\d+(?:_\d+)?)/comments", "read", self.commented),
            ("GET", r"/v[\d.]+/(\d+(?:_\d+)?)", "read", self.look),
            ("POST", r"/v[\d.]+/(\d+(?:_\d+)?)", "change", self.change),
            ("DELETE", r"/v[\d.]+/(\d+(?:_\d+)?)", "delete", self.remove),
        ]

    def granted(self, request: Request) -> Answer:
        names = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")
        return Answer(data={"data": [{"permission": name, "status": "granted"} for name in names]})

    def pages(self, request: Request) -> Answer:
        self.other_tokens["another-token"] = "79"
        if request.token != "a-person":
            raise self.no("Error validating access token", 190, status=401)
        mine = {"id": "77", "name": "Reef Watch", "access_token": self.token, "tasks": ["CREATE_CONTENT", "MANAGE"]}
        other = {"id": "78", "name": "Kelp News", "access_token": "another", "tasks": ["ANALYZE"]}
        third = {"id": "79", "name": "Sea School", "access_token": "another-token", "tasks": ["CREATE_CONTENT"]}
        return Answer(data={"data": [mine, other, third]})

    def me(self, request: Request) -> Answer:
        self.demand(request, {"fields"})
        if request.token in self.other_tokens:
            return Answer(data={"id": self.other_tokens[request.token], "name": "Sea School"})
        return Answer(data={"id": "77", "name": "Reef Watch", "link": "https://www.facebook.com/reefwatch"})

    def photo(self, request: Request) -> Answer:
        given = self.demand(request, {"source", "published", "alt_text_custom", "caption", "temporary"})
        if given.get("published") != "false" or "source" not in given:
            raise self.no("This server takes unpublished photos alone", 100)
        name = self.named()
        self.boxes[name] = {**given, "at": self.now(), "looks": -1, "published": False}
        return Answer(data={"id": name})

    def feed(self, request: Request) -> Answer:
        given = self.demand(request, {"message", "link", "attached_media", "place", "published"})
        names = [one["media_fbid"] for one in json.loads(given.get("attached_media", "[]"))]
        if not (given.get("message") or given.get("link") or names):
            raise self.no("The post is empty", 100, 1349125)
        for name in names:
            box = self.boxes.get(name)
            if box is None or box["published"] or self.now() - box["at"] > KEPT_FOR:
                raise self.no("A photo does not exist, has expired, or was posted already", 100, 1366046)
        for name in names:
            self.boxes[name]["published"] = True
        files = [self.boxes[name] for name in names]
        made = self.keep(
            id=f"77_{self.named()}",
            words=given.get("message", ""),
            link=given.get("link", ""),
            files=files,
            is_film=False,
        )
        for box in files:
            box["story"] = made
        return Answer(data={"id": made})

    def film(self, request: Request) -> Answer:
        given = self.demand(request, {"source", "description", "title", "published"})
        if "source" not in given:
            raise self.no("There is no video file", 390)
        return Answer(data={"id": self.keep(words=given.get("description", ""), link="", files=[], is_film=True)})

    def reel(self, request: Request) -> Answer:
        given = self.demand(request, {"upload_phase", "video_id", "video_state", "description", "title", "place"})
        if given.get("upload_phase") == "start":
            name = self.named()
            self.boxes[name] = {"at": self.now(), "looks": self.looks, "published": False, "is_there": False}
            return Answer(data={"video_id": name, "upload_url": f"{self.url}/video-upload/v25.0/{name}"})
        box = self.boxes.get(given.get("video_id", ""))
        if box is None or not box["is_there"] or box["published"] or given.get("video_state") != "PUBLISHED":
            raise self.no("The video cannot be published", 100, 1363130)
        box["published"] = True
        self.keep(id=given["video_id"], words=given.get("description", ""), link="", files=[], is_film=True)
        return Answer(data={"success": True})

    def upload(self, request: Request, name: str) -> Answer:
        if request.headers.get("authorization") != f"OAuth {self.token}":
            raise self.no("Error validating access token", 190, status=401)
        if name not in self.boxes or int(request.headers.get("file_size", -1)) != len(request.body):
            raise self.no("The upload session does not exist or is of another size", 100)
        self.boxes[name]["is_there"] = True
        return Answer(data={"success": True})

    def own(self, request: Request, *, is_film: bool) -> Answer:
        return self.listing(request, [row for row in self.rows.values() if row["is_film"] is is_film], set())

    def look(self, request: Request, name: str) -> Answer:
        box = self.boxes.get(name)
        if name in self.rows or box is None:  # a post, or a comment
            return self.show(request, name)
        self.demand(request, {"fields"})
        if self.now() - box["at"] > KEPT_FOR:
            raise self.gone()
        if "source" in box:
            return Answer(data={"id": name, **({"page_story_id": box["story"]} if box["published"] else {})})
        box["looks"] -= 1
        is_done = box.get("is_there") and box["looks"] < 0 and name not in self.never_ready
        phase = {"status": "complete" if is_done else "in_progress"}
        return Answer(
            data={"id": name, "published": False, "status": {"video_status": "processing", "uploading_phase": phase}}
        )

    def change(self, request: Request, name: str) -> Answer:
        given = self.demand(request, {"message", "description"})
        if name not in self.rows:
            raise self.gone()
        self.rows[name]["words"] = given.get("message") or given.get("description") or ""
        return Answer(data={"success": True})

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        number = row["id"].rpartition("_")[2]
        told = {
            "id": row["id"], "created_time": self.stamp(row["at"]), "reactions": {"summary": {"total_count": 3}},
            "comments": {"summary": {"total_count": 0}},
        }  # fmt: skip
        if row["is_film"]:
            film = {"description": row["words"], "published": True, "source": f"{self.url}/films/{number}"}
            return {**told, **film, "permalink_url": f"/reel/{number}/", "status": {"video_status": "ready"}}
        files = [
            {"media_type": "photo", "media": {"image": {"src": f"{self.url}/{n}"}}} for n in range(len(row["files"]))
        ]
        top: dict[str, Any] = dict(files[0]) if files else {}
        if len(files) > 1:
            top["subattachments"] = {"data": files}
        if row["link"]:
            top = {"media_type": "link", "unshimmed_url": row["link"]}
        attached = {"attachments": {"data": [top]}} if top else {}
        return {
            **told,
            "message": row["words"],
            "permalink_url": f"https://www.facebook.com/77/posts/{number}",
            **attached,
        }
