"""What a person needs to post something by hand: the place's sheet, the files, and a reminder for their calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_STORED, ZipFile

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from crosscut.apps.accounts.services.credentials import checked_settings
from crosscut.apps.library import storage
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.queries import holder_of
from crosscut.apps.publish.services.by_hand import demand_by_hand
from crosscut.apps.publish.services.post import PostFile, files_for, words_of
from crosscut.channels.hands import ByHand, Sheet
from crosscut.channels.registry import adapter
from crosscut.kernel.errors import NotFound, Unsupported
from crosscut.kernel.phrases import phrase

_ALARM = timedelta(minutes=10)
_TAKES = timedelta(minutes=15)
_COPIED_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Todo:
    """One post for a person's hands."""

    sheet: Sheet
    files: tuple[PostFile, ...]  # in the order of the post


@dataclass(frozen=True, kw_only=True)
class Work:
    """A post that a person posts, with what they need and who has it."""

    post: Target
    todo: Todo
    holder: Attempt | None  # the try of whoever has it


def work_of(target: Target) -> Work:
    """The same with whoever has it. Raises what `todo_of` raises."""
    return Work(post=target, todo=todo_of(target), holder=holder_of(target))


def todo_of(target: Target) -> Todo:
    """All that is needed to post the target. Raises Unsupported where Crosscut posts by itself."""
    demand_by_hand(target)
    place = adapter(target.account.channel)
    if not isinstance(place, ByHand):
        raise Unsupported(phrase("This channel has no sheet for a person."))
    model = checked_settings(target.account.channel, target.account.settings)
    return Todo(sheet=place.sheet(model, words_of(target)), files=files_for(target))


def file_of(target: Target, number: int) -> PostFile:
    """One of the files, by its place in the post from 1 on. Raises NotFound."""
    demand_by_hand(target)
    found = files_for(target)
    if not 1 <= number <= len(found):
        raise NotFound(phrase("This post has no file of that number."))
    return found[number - 1]


def zipped(target: Target) -> IO[bytes]:
    """All files and the words as one ZIP file, open at its beginning; as large as they are, and on disk."""
    todo = todo_of(target)
    made = TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    with ZipFile(made, "w", ZIP_STORED) as box:
        for one in todo.files:
            with storage.open_stored(one.sha256) as source, box.open(one.name, "w", force_zip64=True) as kept:
                while part := source.read(_COPIED_BYTES):
                    kept.write(part)
        box.writestr("words.txt", words(todo))
    made.seek(0)
    return made


def words(todo: Todo) -> str:
    """Everything there is to paste, as plain text."""
    fields = [f"{field.label}\n{'-' * len(field.label)}\n{field.text}" for field in todo.sheet.fields]
    alts = [f"{one.name}: {one.alt_text}" for one in todo.files if one.alt_text]
    if alts and todo.sheet.alt_text:
        fields.append("\n".join([todo.sheet.alt_text, "-" * len(todo.sheet.alt_text), *alts]))
    return "\n\n".join(fields) + "\n"


def zip_name(target: Target) -> str:
    """What the ZIP file is called: "reef-tiktok.zip"."""
    return f"{slugify(target.piece.title) or 'post'}-{slugify(target.account.name) or 'files'}.zip"


def reminder(target: Target, now: datetime) -> bytes:
    """A calendar file (RFC 5545) with one event when the post is due, an alarm before it, and the way to its page."""
    page = f"{settings.DESK_URL}{reverse('by-hand', args=[target.pk])}"
    title = _("Post “%(title)s” on %(account)s") % {"title": target.piece.title, "account": target.account.name}
    calendar, event, alarm = Calendar(), Event(), Alarm()
    calendar.add("prodid", "-//Crosscut//By hand//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event.add("uid", f"by-hand-{target.pk}@{settings.DESK_URL.partition('://')[2]}")
    event.add("dtstamp", now)
    event.add("dtstart", target.due_at)  # in UTC: right in every program, whatever it knows of zones
    event.add("dtend", target.due_at + _TAKES)
    event.add("summary", title)
    event.add("description", page)
    event.add("url", page)
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -_ALARM)
    event.add_component(alarm)
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
