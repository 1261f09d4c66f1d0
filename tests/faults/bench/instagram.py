"""A strict server of Instagram's API, by Instagram's own login: see graph.py."""

from collections.abc import Callable
from typing import Any, ClassVar

from tests.faults.bench.graph import Graph, url_of
from tests.faults.bench.strict import Answer, Request

IG_FIELDS = {
    "image_url", "video_url", "caption", "alt_text", "media_type", "is_carousel_item", "children", "collaborators",
    "location_id", "share_to_feed", "cover_url", "thumb_offset", "user_tags", "product_tags", "audio_name",
    "trial_params", "upload_type",
}  # fmt: skip


class Instagram(Graph):
    """One professional account, by Instagram's own login: no program may delete with it."""

    can_delete = False
    permissions: ClassVar[list[str]] = [
        "instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments",
    ]  # fmt: skip

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/oauth/access_token", "login", self.code_for_token),
            ("GET", "/(?:refresh_)?access_token", "login", self.longer),
            ("GET", r"/v[\d.]+/me", "read", self.me),
            ("GET", r"/v[\d.]+/77/content_publishing_limit", "read", self.quota),
            ("POST", r"/v[\d.]+/77/media", "upload", self.container),
            ("POST", r"/v[\d.]+/77/media_publish", "make", self.publish),
            ("GET", r"/v[\d.]+/77/media", "read", lambda request: self.own(request, is_story=False)),
            ("GET", r"/v[\d.]+/77/stories", "read", lambda request: self.own(request, is_story=True)),
            ("POST", r"/v[\d.]+/(\d+)/comments", "make", self.comment),
            ("GET", r"/v[\d.]+/(\d+)/comments", "read", self.commented),
            ("GET", r"/v[\d.]+/(\d+)/insights", "read", self.insights),
            ("GET", r"/v[\d.]+/(\d+)", "read", self.look),
            ("DELETE", r"/v[\d.]+/(\d+)", "delete", self.remove),
        ]

    def me(self, request: Request) -> Answer:
        self.demand(request, {"fields"})
        return Answer(
            data={"id": "1", "user_id": "77", "username": "reefwatch", "name": "Reef Watch", "account_type": "BUSINESS"}
        )

    def container(self, request: Request) -> Answer:
        given = self.demand(request, IG_FIELDS)
        kind = given.get("media_type", "IMAGE")
        if kind not in ("IMAGE", "VIDEO", "REELS", "STORIES", "CAROUSEL"):
            raise self.no("Param media_type must be one of {IMAGE, VIDEO, REELS, STORIES, CAROUSEL}", 100)
        if len(given.get("caption", "")) > 2200 or given.get("caption", "").count("#") > 30:
            raise self.no("The caption is too long", 36004, 2207010)
        if len(given.get("alt_text", "")) > 1000:
            raise self.no("The alt text is too long", 100)
        if "is_carousel_item" in given and "caption" in given:
            raise self.no("A caption is not accepted on a carousel item", 100)
        if kind == "CAROUSEL":
            self._demand_children(given.get("children", "").split(","))
        elif ("video_url" in given) == ("image_url" in given):
            raise self.no("Exactly one of image_url and video_url is required", 100)
        elif kind == "VIDEO" and "is_carousel_item" not in given:
            raise self.no("Use REELS to publish a video", 352, 2207081)
        return self.made_box({**given, "media_type": kind})

    def _demand_children(self, names: list[str]) -> None:
        boxes = [self.boxes.get(name) for name in names]
        if not 2 <= len(names) <= 10 or any(box is None or box["looks"] >= 0 for box in boxes):
            raise self.no("The children of a carousel must be two to ten finished containers", 36003, 2207009)

    def publish(self, request: Request) -> Answer:
        box = self.opened(self.demand(request, {"creation_id"}))
        kind = {"REELS": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}.get(box["media_type"], "IMAGE")
        if box["media_type"] == "STORIES":
            kind = "VIDEO" if "video_url" in box else "IMAGE"
        product = {"REELS": "REELS", "STORIES": "STORY"}.get(box["media_type"], "FEED")
        children = [self.boxes[name] for name in box.get("children", "").split(",") if name]
        made = self.keep(words=box.get("caption", ""), kind=kind, product=product, box=box, children=children)
        return Answer(data={"id": made})

    def own(self, request: Request, *, is_story: bool) -> Answer:
        rows = [row for row in self.rows.values() if (row["product"] == "STORY") is is_story]
        return self.listing(request, rows, set())

    def look(self, request: Request, name: str) -> Answer:
        return self.box(request, name, "status_code", "status") if name in self.boxes else self.show(request, name)

    def insights(self, request: Request, name: str) -> Answer:
        given = self.demand(request, {"metric", "period", "breakdown"})
        wanted = given["metric"].split(",")
        if not set(wanted) <= {"views", "reach", "saved", "shares", "likes", "comments", "total_interactions"}:
            raise self.no("metric must be one of the following values", 100)
        return Answer(data={"data": [{"name": one, "period": "lifetime", "values": [{"value": 3}]} for one in wanted]})

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        box = row["box"]
        told = {
            "id": row["id"], "caption": row["words"], "media_type": row["kind"], "media_product_type": row["product"],
            "permalink": f"https://www.instagram.com/p/{row['id']}/", "timestamp": self.stamp(row["at"]),
            "like_count": 3, "comments_count": len(self.comments.get(row["id"], [])),
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
        return {**told, "media_url": url_of(box), "alt_text": box.get("alt_text", "")}
