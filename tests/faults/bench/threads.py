"""A strict server of the Threads API: see graph.py."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.faults.bench.graph import Graph, url_of
from tests.faults.bench.strict import Answer, Request

TH_FIELDS = {
    "media_type", "text", "image_url", "video_url", "alt_text", "is_carousel_item", "children", "reply_control",
    "reply_to_id", "link_attachment", "topic_tag", "location_id", "quote_post_id", "allowlisted_country_codes",
    "poll_attachment", "auto_publish_text",
}  # fmt: skip


class Threads(Graph):
    """One profile."""

    limit = 250
    reply_limit = 1000

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/oauth/access_token", "login", self.code_for_token),
            ("GET", "/(?:refresh_)?access_token", "login", self.longer),
            ("GET", r"/v1.0/me", "read", self.me),
            ("GET", r"/v1.0/me/threads_publishing_limit", "read", self.quota),
            ("POST", r"/v1.0/me/threads", "upload", self.container),
            ("POST", r"/v1.0/me/threads_publish", "make", self.publish),
            ("GET", r"/v1.0/me/threads", "read", self.posts),
            ("GET", r"/v1.0/(\d+)/replies", "read", self.answers),
            ("GET", r"/v1.0/(\d+)/insights", "read", self.insights),
            ("GET", r"/v1.0/(\d+)", "read", self.look),
            ("DELETE", r"/v1.0/(\d+)", "delete", self.remove),
        ]

    def me(self, request: Request) -> Answer:
        self.demand(request, {"fields"})
        return Answer(data={"id": "77", "username": "reefwatch", "name": "Reef Watch"})

    def posts(self, request: Request) -> Answer:
        """Answers are not among them."""
        return self.listing(request, [row for row in self.rows.values() if not row["parent"]], set())

    def answers(self, request: Request, name: str) -> Answer:
        if name not in self.rows:
            raise self.gone()
        return self.listing(request, [row for row in self.rows.values() if row["parent"] == name], set())

    def container(self, request: Request) -> Answer:
        given = self.demand(request, TH_FIELDS)
        kind = given.get("media_type", "")
        needs = {"IMAGE": "image_url", "VIDEO": "video_url", "CAROUSEL": "children", "TEXT": "text"}
        if kind not in needs or needs[kind] not in given:
            raise self.no("Param media_type and its content do not fit", 100)
        if sum(len(sign.encode()) if ord(sign) > 0x1F000 else 1 for sign in given.get("text", "")) > 500:
            raise self.no("Param text must be at most 500 characters long", 100)
        if len(given.get("alt_text", "")) > 1000 or len(given.get("topic_tag", "")) > 50:
            raise self.no("Param is too long", 100)
        if given.get("reply_to_id") and given["reply_to_id"] not in self.rows:
            raise self.no("Param reply_to_id must be a valid Threads media id", 100)
        if "link_attachment" in given and kind != "TEXT":
            raise self.no("link_attachment is for text-only posts", 100)
        children = [self.boxes.get(name) for name in given.get("children", "").split(",")] if kind == "CAROUSEL" else []
        if kind == "CAROUSEL" and not (2 <= len(children) <= 20 and all(one and one["looks"] < 0 for one in children)):
            raise self.no("Param children must be 2 to 20 finished containers", 100)
        return self.made_box(given)

    def publish(self, request: Request) -> Answer:
        box = self.opened(self.demand(request, {"creation_id"}))
        kind = {"TEXT": "TEXT_POST", "CAROUSEL": "CAROUSEL_ALBUM"}.get(box["media_type"], box["media_type"])
        children = [self.boxes[name] for name in box.get("children", "").split(",") if name]
        told = {"words": box.get("text", ""), "kind": kind, "box": box, "children": children}
        return Answer(data={"id": self.keep(**told, parent=box.get("reply_to_id", ""))})

    # …/docs/threads/overview#rate-limiting: answers are counted apart

    def quota(self, request: Request, *_: str) -> Answer:
        given = self.demand(request, {"fields"})
        known = {
            "quota_usage": self.used(), "config": {"quota_total": self.limit, "quota_duration": 86_400},
            "reply_quota_usage": self.replied(),
            "reply_config": {"quota_total": self.reply_limit, "quota_duration": 86_400},
        }  # fmt: skip
        return Answer(data={"data": [{name: known[name] for name in given["fields"].split(",")}]})

    def demand_room(self, box: dict[str, Any]) -> None:
        if not box.get("reply_to_id"):
            return super().demand_room(box)
        if self.replied() >= self.reply_limit:
            raise self.no("You reached maximum number of replies", 9, 2207042, status=403)
        return None

    def used(self) -> int:
        return super().used() - self.replied()

    def replied(self) -> int:
        day = timedelta(days=1)
        return sum(bool(row["parent"]) and self.now() - row["at"] < day for row in self.rows.values())

    def look(self, request: Request, name: str) -> Answer:
        return self.box(request, name, "status", "error_message") if name in self.boxes else self.show(request, name)

    def insights(self, request: Request, name: str) -> Answer:
        given = self.demand(request, {"metric", "since", "until"})
        return Answer(data={"data": [{"name": one, "values": [{"value": 2}]} for one in given["metric"].split(",")]})

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        box = row["box"]
        told = {
            "id": row["id"], "text": row["words"], "media_type": row["kind"], "timestamp": self.stamp(row["at"]),
            "permalink": f"https://www.threads.com/@reefwatch/post/{row['id']}",
            **({"replied_to": {"id": row["parent"]}, "is_reply_owned_by_me": True} if row["parent"] else {}),
        }  # fmt: skip
        if row["children"]:
            files = [
                {
                    "id": str(n),
                    "media_type": one["media_type"],
                    "media_url": url_of(one),
                    "alt_text": one.get("alt_text", ""),
                }
                for n, one in enumerate(row["children"])
            ]
            return {**told, "children": {"data": files}}
        link = {"link_attachment_url": box["link_attachment"]} if "link_attachment" in box else {}
        file = {"media_url": url_of(box), "alt_text": box.get("alt_text", "")} if url_of(box) else {}
        return {**told, **link, **file}
