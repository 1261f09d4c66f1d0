"""What the style page shows: made-up content in the shapes the product uses. It names no real person or post."""

import math
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.templatetags.static import static

from crosscut.kernel.findings import Finding, Level
from crosscut.site.frame import Link
from crosscut.site.templatetags.look import STATES

UNMOVABLE = 99  # the made-up post whose move is refused
_CHANNELS = [SimpleNamespace(icon="brand-bluesky", name="Bluesky"), SimpleNamespace(icon="world", name="Website")]


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Title", help_text="Seen in lists, never published.")
    notes = forms.CharField(label="Notes", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    campaign = forms.ChoiceField(label="Campaign", choices=[("1", "Keep the reef"), ("2", "Winter appeal")])
    at = forms.DateTimeField(
        label="Goes out at",
        help_text="In the workspace's time zone, Europe/Vienna. Your clock says the same.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    kind = forms.ChoiceField(
        label="Kind", choices=[("p", "Post"), ("v", "Short video"), ("e", "Episode")], widget=forms.RadioSelect
    )
    is_repeated = forms.BooleanField(label="Repeat every week", required=False)


def findings() -> list[Finding]:
    """A blocking finding and advice, with and without a repair."""
    return [
        Finding(
            code="text.too_long",
            level=Level.BLOCK,
            message="The text is 312 characters long; Bluesky takes 300.",
            where="Text for Bluesky",
            repair="Shorten it by 12 characters or make it a thread.",
            action="shorten",
            source="Bluesky lexicon app.bsky.feed.post, https://docs.bsky.app, 1 November 2026",
        ),
        Finding(
            code="rights.expired",
            level=Level.BLOCK,
            message="The licence of “Divers at dawn” ended on 3 May 2026.",
            where="Picture 2",
            repair="Renew the licence or choose another picture.",
            source="The licence itself",
        ),
        Finding(
            code="captions.fast",
            level=Level.ADVICE,
            message="Three captions are faster than 20 characters a second.",
            where="Captions, 00:41",
            repair="Split them or let them stand longer.",
        ),
    ]


def posts(now: datetime) -> list[SimpleNamespace]:
    """One post in each state."""
    words = "Six things you can do for the reef before breakfast, and why the sea will notice"
    return [
        SimpleNamespace(
            url="#posts",
            state=state,
            due_at=now + timedelta(hours=index * 7),
            words=words,
            channels=_CHANNELS[: 1 + index % 2],
            thumb=static(f"style/{'reef' if index % 3 else 'people'}.svg") if index % 4 else "",
            campaign="Keep the reef",
        )
        for index, state in enumerate(list(STATES)[:12])
    ]


def calendar_posts(now: datetime, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Made-up posts around today, or the day of `start` to `end` that is nearest to it, as the calendar reads them."""
    day = max(start + timedelta(days=3), min(now, end - timedelta(days=10)))
    morning = day.replace(hour=9, minute=0, second=0, microsecond=0)
    rows: list[dict[str, Any]] = [
        {
            "id": str(index),
            "title": "Six things you can do for the reef" if index % 2 else "Divers at dawn: what they saw",
            "start": (morning + timedelta(days=index - 3, hours=index * 5 % 9)).isoformat(),
            "state": state,
            "state_word": str(STATES[state][0]),
            "url": "#main",
            "thumb": static("style/reef.svg") if index % 3 == 0 else "",
            "channels": [],
            "can_move": True,
        }
        for index, state in enumerate(list(STATES)[:12])
    ]
    rows.append({**rows[3], "id": str(UNMOVABLE), "title": "This one refuses to move", "can_move": True})
    return [row for row in rows if start <= datetime.fromisoformat(str(row["start"])) < end]


def peaks() -> list[float]:
    """A made-up sound."""
    return [abs(math.sin(i / 7) * math.sin(i / 3.1) * math.cos(i / 41)) for i in range(400)]


def tiles() -> list[SimpleNamespace]:
    """A picture, a film, a sound and a file that has no picture."""
    shared = {"alt": "", "peaks": None, "duration_s": None, "flag": "", "thumb": "", "url": "#media"}
    rows: list[dict[str, Any]] = [
        {"name": "divers-at-dawn.jpg", "kind": "image", "thumb": static("style/people.svg"), "sub": "4 000 × 3 000"},
        {"name": "reef-master-cut-final-with-a-long-name.mov", "kind": "video", "thumb": static("style/reef.svg")},
        {"name": "interview-marine-biologist.wav", "kind": "audio", "peaks": peaks(), "duration_s": 1834.2},
        {"name": "credits.pdf", "kind": "document", "sub": "2 pages"},
    ]
    rows[1] |= {"duration_s": 75.4, "flag": "blocked", "sub": "1 080 × 1 920"}
    return [SimpleNamespace(pk=index, **{**shared, **row}) for index, row in enumerate(rows)]


def jobs() -> list[SimpleNamespace]:
    """A job in each state."""
    shared = {"step": "", "left_s": 0, "problem": "", "cancel_url": ""}
    rows: list[dict[str, Any]] = [
        {
            "label": "Adding 14 files",
            "state": "running",
            "done_permille": 420,
            "step": "Looking at reef.mov",
            "left_s": 95,
        },
        {"label": "Making the 9:16 version", "state": "waiting", "done_permille": 0, "step": "Two before it"},
        {"label": "Report of Keep the reef", "state": "done", "done_permille": 1000, "step": "12 pages"},
        {
            "label": "Adding clip.mov",
            "state": "failed",
            "done_permille": 300,
            "problem": "The file ends in the middle.",
        },
    ]
    rows[0]["cancel_url"] = "#jobs"
    return [SimpleNamespace(pk=index, **{**shared, **row}) for index, row in enumerate(rows)]


def story(now: datetime) -> list[SimpleNamespace]:
    """The receipt of a post, from approval to proof."""
    digest = "9f2c4b1e77aa03d5c1e9aa0470b3f6de"
    steps = [
        ("approved", "circle-check", "Approved by Ada Okafor", "Exactly this text, these two pictures.", digest),
        ("running", "shield-check", "Checked", "Nothing blocks it; one piece of advice.", ""),
        ("sending", "send", "Sent to Bluesky", "", ""),
        ("sent", "check", "Bluesky has it", "It answered after 0.8 s and gave the post its address.", ""),
        ("proven", "rosette-discount-check", "The public sees it", "Text, pictures and alt text are as sent.", digest),
    ]
    return [
        SimpleNamespace(
            state=state, icon=icon, title=title, words=words, hash=hash_, at=now - timedelta(minutes=50 - i * 9)
        )
        for i, (state, icon, title, words, hash_) in enumerate(steps)
    ]


def page_of_many() -> Page[Any]:
    """The sixth page of many."""
    return Paginator(range(400), 20).page(6)


def navigation() -> dict[str, tuple[Link, ...]]:
    """A rail for readers who are in no workspace."""
    main = [
        ("Home", "home"),
        ("Calendar", "calendar-event"),
        ("Pieces", "article"),
        ("Library", "photo"),
        ("Campaigns", "target-arrow"),
    ]
    below = [("Accounts", "plug-connected"), ("Team", "users"), ("Activity", "history"), ("Settings", "settings")]
    return {
        "navigation": tuple(Link(label=w, url="#main", icon=i, is_current=w == "Calendar") for w, i in main),
        "navigation_below": tuple(Link(label=w, url="#main", icon=i) for w, i in below),
        "new_menu": tuple(
            Link(label=w, url="#main", icon=i) for w, i in (("Piece", "article"), ("Upload", "cloud-upload"))
        ),
    }
