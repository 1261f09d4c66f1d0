"""Every page and operation there is, asked by nobody, a guest and a stranger: each is refused, and learns nothing.

A new page or operation is walked by itself. One that lets others in is named here with its reason.
"""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import get_resolver, reverse

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.site.portable import shape
from tests.cast import Cast
from tests.entrances.doors import Door, is_open, operations, pages
from tests.rows import SECRET, one_of_each, own_models

pytestmark = pytest.mark.django_db

OUTSIDE = "203.0.113.9"  # this machine itself may ask more
# Pages that somebody who is not signed in may see, and why.
FOR_ANYBODY = {
    "health": "whether the installation works, for who restarts it",
    **dict.fromkeys(
        ("style", "style-entry", "style-calendar", "style-events", "style-move", "style-copy", "style-move-together"),
        "the look of pages, with made-up content",
    ),
    "sign-in": "where people come in",
    "invitation": "whoever has the link was invited",
    "lightbox": "whoever has the link may look: library/tests/test_collections.py tells how far",
    "lightbox-file": "a signed address of such a page",
    "review": "whoever has the link may look: produce/tests/test_guests.py tells how far",
    "review-file": "a signed address of such a page",
    "calendar-feed": "whoever has the secret address may read it",
}
# Operations that anybody may ask, and why.
OPEN_OPERATIONS = {
    "get /api/health": "whether the installation works, for who restarts it",
    "options /api/library/uploads": "what of tus is spoken here",
    "get /api/schemas/piece-file": "a format, the same everywhere",
    "get /api/schemas/campaign-file": "a format, the same everywhere",
}
# Pages of a guest's own, or of what was shared with them.
FOR_GUESTS = {
    "setup": "leads who is signed in home",
    "setup-link": "leads who is signed in home",
    "profile": "a person's own",
    "password": "a person's own",
    "workspace-switch": "another workspace the person belongs to",
    "shared": "what was shared with the guest",
    "shared-one": "what was shared with the guest",
}
# What is sent to these is looked at before the thing is: a stranger learns that their input is wrong, and no more.
LOOKS_AT_INPUT_FIRST = {
    "calendar-copy-draft": "the page's form",
    "post /api/accounts/{account_id}/reader-tables": "a file, which the walk does not send",
}
# Operations of a guest's own, or of what was shared with them.
FOR_PROGRAMS_OF_GUESTS = {
    "get /api/me": "the person",
    "get /api/members": "the person alone: accounts/tests tells",
    "get /api/tokens": "a person's own",
    "post /api/tokens": "a person's own",
    "get /api/channels": "the same for everybody",
    "get /api/metrics/definitions": "the same for everybody",
    "get /api/library/licences": "none of the workspace's",
    "get /api/library/licences/ready-made": "the same for everybody",
    "post /api/text/count/{channel}/{post_type}": "counts what it is sent",
}


def state(cast: Cast) -> dict[str, list[dict[str, object]]]:
    """Every row of the cast's workspace."""
    return {shape.label(model): list(shape.rows_of(model, cast.workspace).values()) for model in own_models()}


def told(answer: object) -> bytes:
    """All that was answered."""
    content: bytes = answer.getvalue()  # type: ignore[attr-defined]
    return content


def test_nobody_gets_past_the_sign_in_page(cast: Cast) -> None:
    wrong = []
    for door in pages():
        answer = door.open(Client(REMOTE_ADDR=OUTSIDE))
        is_refused = answer.status_code in (403, 405) or (
            answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
        )
        if not is_refused and door.name not in FOR_ANYBODY:
            wrong.append((door.name, door.method, answer.status_code))
    assert wrong == []


def test_a_program_without_a_key_is_refused() -> None:
    wrong = []
    for door in operations():
        answer = door.open(Client())
        if is_open(door):
            assert door.name in OPEN_OPERATIONS, door.name
        elif answer.status_code != 401:
            wrong.append((door.name, door.method, answer.status_code))
    assert wrong == []


def test_guests_are_let_into_nothing_but_what_is_theirs(cast: Cast) -> None:
    one_of_each(cast)
    before, wrong = state(cast), []
    browser, client = signed_in(cast.guest, REMOTE_ADDR=OUTSIDE), program(cast.guest)
    for door in pages():
        answer = door.open(browser)
        is_sent_home = answer.status_code == 302 and answer.headers["Location"] == reverse("shared")
        if answer.status_code not in (403, 405) and not is_sent_home and door.name not in FOR_GUESTS | FOR_ANYBODY:
            wrong.append((door.name, door.method, answer.status_code))
    for door in operations():
        answer = door.open(client)
        allowed = FOR_PROGRAMS_OF_GUESTS | OPEN_OPERATIONS
        if (
            answer.status_code < 400
            and door.name not in allowed
            and told(answer) not in (b'{"items": [], "count": 0}',)
        ):
            wrong.append((door.name, door.method, answer.status_code))
        assert SECRET.encode() not in told(answer) or door.name in allowed, door.name
    changed = {table for table, rows in state(cast).items() if rows != before[table]}
    assert wrong == [] and changed <= {"accounts.apitoken", "accounts.auditevent"}  # a person's own keys


def asked_by(cast: Cast) -> Iterator[tuple[Door, Client]]:
    browser, client = signed_in(cast.stranger, REMOTE_ADDR=OUTSIDE), program(cast.stranger)
    yield from ((door, browser) for door in pages() if door.name not in FOR_ANYBODY)
    yield from ((door, client) for door in operations())


def test_to_a_stranger_what_is_ours_is_what_is_not_there(cast: Cast) -> None:
    one_of_each(cast)
    before, wrong = state(cast), []
    for door, client in asked_by(cast):
        ours = door.open(client)
        assert SECRET.encode() not in told(ours), door.name
        if door.is_of_a_thing and ours.status_code not in (404, 405) and door.name not in LOOKS_AT_INPUT_FIRST:
            wrong.append((door.name, door.method, ours.status_code, told(ours)[:200]))
    assert wrong == []
    assert state(cast) == before
    assert list(reaching_over(cast)) == []


def reaching_over(cast: Cast) -> Iterator[str]:
    """Rows of the stranger's that point at something of ours."""
    for model in own_models():
        for row in shape.rows_of(model, cast.stranger.workspace):
            for key in shape.foreign_keys(model):
                other = getattr(row, key.name)
                if other is not None and _home(other) not in (None, cast.stranger.workspace_id):
                    yield f"{shape.label(model)}.{key.name}"


def _home(row: models.Model) -> int | None:
    path = shape.path_of(type(row))
    if path is None:
        return None
    found: int | None = (
        type(row)._default_manager.filter(pk=row.pk).values_list(f"{path}__pk" if path else "pk", flat=True).first()
    )
    return found


def test_the_public_side_has_these_addresses_and_no_others() -> None:
    found = [str(pattern.pattern) for pattern in get_resolver(settings.PUBLIC_URLCONF).url_patterns]
    assert found == [
        "count/<slug:workspace>",
        "go/<slug:workspace>/<slug:code>",
        "letters/join/<int:account_id>",
        "letters/confirm/<str:code>",
        "letters/leave/<str:code>",
        "letters/<str:name>",
        "offered/<str:note>/<str:name>",
        "^(?P<place>[a-z0-9][a-z0-9-]*)(?:/.*)?$",
    ]
