"""A strict address of a Teams workflow over real HTTP: it takes cards, says 202 to each, and shows nobody what it did.

Written from Microsoft's pages on webhooks (limits, the message around a card) and the published schema of Adaptive
Cards 1.4, not from our own adapter or checks: a mistake there must not hide here.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import FAULTS, Answer, Made, Refused, Request, Strict

PATH, SIGNATURE = "/workflows/77/triggers/manual/paths/invoke", "s1gnature-0f-the-w0rkfl0w"
MAX_BYTES = 28 * 1024
MESSAGE_FIELDS, ATTACHMENT_FIELDS = {"type", "attachments", "summary"}, {"contentType", "contentUrl", "content"}
CARD_FIELDS = {
    "$schema", "type", "version", "body", "actions", "fallbackText", "speak", "lang", "minHeight", "backgroundImage",
    "refresh", "authentication", "rtl", "verticalContentAlignment", "selectAction", "msteams",
}  # fmt: skip
TEXT_FIELDS = {
    "type", "text", "color", "fontType", "horizontalAlignment", "isSubtle", "maxLines", "size", "weight", "wrap",
    "style", "height", "separator", "spacing", "id", "isVisible",
}  # fmt: skip


class Teams(Strict):
    """One workflow that writes every card into its channel."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = {kind: FAULTS[kind] for kind in ("make", "any")}
        self.token = SIGNATURE
        self.rows: list[dict[str, Any]] = []

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [("POST", PATH, "make", self.make)]

    def refusal(self, status: int, words: str) -> Any:
        return {"error": {"code": "Error", "message": words}}

    def public(self) -> list[Made]:
        return [Made(remote_id=row["id"], text=row["text"], at=self.by_our_clock(row["at"])) for row in self.rows]

    def end_tokens(self) -> None:
        self.token = ""

    @property
    def address(self) -> str:
        """What the workflow shows to whoever made it."""
        return f"{self.url}{PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"

    def make(self, request: Request) -> Answer:
        if not self.token or request.query.get("sig") != self.token:
            told = {"error": {"code": "DirectApiInvalidAuthorization", "message": f"sig={request.query.get('sig')}"}}
            raise Refused(401, told)
        if len(request.body) > MAX_BYTES:
            raise Refused(413, self.refusal(413, "Request Entity too large"))
        data = json.loads(request.body)
        self.refuse_unknown(data, MESSAGE_FIELDS, "the message")
        [attachment] = data["attachments"]
        self.refuse_unknown(attachment, ATTACHMENT_FIELDS, "the attachment")
        card = attachment["content"]
        self.refuse_unknown(card, CARD_FIELDS, "the card")
        is_card = attachment["contentType"] == "application/vnd.microsoft.card.adaptive" and card["version"] <= "1.5"
        if data["type"] != "message" or card["type"] != "AdaptiveCard" or not is_card or not card["body"]:
            raise Refused(400, self.refusal(400, "Bad payload received by generic incoming webhook"))
        for block in card["body"]:
            self.refuse_unknown(block, TEXT_FIELDS, "a block")
        text = "\n\n".join(block["text"] for block in card["body"])
        self.rows.append({"id": card["body"][0].get("id", ""), "text": text, "at": self.now(), "card": card})
        return Answer(status=202, content=b"")
