"""A long render, made in parts by as many workers as there are, and joined without a seam.

Whoever asked works along, so that one worker alone is enough; helpers are jobs that take part after part until there is
none. A part belongs to who took it last: a worker that is silent for LOST_S has lost its part and nothing else, and
what it may still hand in does not count. Made parts lie in the store, so a killed job goes on where it was.
"""

import secrets
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from crosscut.apps.library import storage
from crosscut.apps.library.models import SplitPart, SplitRender, Version
from crosscut.kernel.errors import Cancelled, CrosscutError, Damaged, Unavailable, Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.kernel.records import as_data, digest, from_data
from crosscut.media.packs import Control, Division, Part, divide, join, render_part
from crosscut.media.recipes import Recipe, suffix_of

HELP = "library.render_part"  # the task's name; tasks.py holds the task
FROM_S = Fraction(240)  # shorter films are made whole: parts cost a look at the queue and a join
PART_S = Fraction(60)
MOST_HELPERS = 8
LOST_S = 20.0  # a worker says that it lives every BEAT_S; after this silence its part is given to another
BEAT_S = 1.0
LOOK_S = 0.5  # between two looks while others make the last parts
MOST_TRIES = 3  # a part that took this many workers with it would take the next one, too
State = SplitPart.State


@dataclass(frozen=True, kw_only=True)
class Watch:
    """How whoever asked for a render follows and steers it."""

    report: Report
    should_stop: ShouldStop
    should_pause: ShouldStop


def division_of(facts: MediaFacts, recipe: Recipe, captions: str = "") -> Division | None:
    """The parts that a film is made in; None when it is made whole: it is short, or its recipe cannot be divided.

    `captions` is the text of what the recipe burns in.
    """
    if recipe.video is None or (facts.duration_s or 0) < FROM_S:
        return None
    try:
        division = divide(facts, recipe, part_s=PART_S, captions=captions)
    except Unsupported:
        return None
    return division if len(division.parts) > 1 else None


def render_in_parts(version: Version, source_sha256: str, division: Division, watch: Watch) -> tuple[Path, MediaFacts]:
    """The whole film, made with every worker that is free, and its facts; the caller removes its folder.

    `source_sha256` is what is decoded, and the division is of it. Raises Damaged, Unavailable or Cancelled; parts that
    were made stay and are used when it is asked for again.
    """
    row = _begun(version, source_sha256, division)
    try:
        _work_along(row, watch)
        made = _join(row)
    except Cancelled:
        SplitRender.objects.filter(pk=row.pk).update(is_stopped=True)
        raise
    row.delete()
    return made


def help_along(render_id: int) -> int:
    """Makes part after part until none is left; answers how many. What fails is left for whoever asked to say."""
    count = 0
    while (row := SplitRender.objects.filter(pk=render_id, is_stopped=False).first()) and (part := _claim(row)):
        try:
            _make(row, part, _flags_of(row))
        except CrosscutError:
            return count
        count += 1
    return count


def progress_of(row: SplitRender) -> Fraction:
    """How far the whole is: the parts by the length of each, the sound for a twentieth of the picture."""
    division = from_data(Division, row.division)
    states = {part.number: part for part in row.parts.all()}
    weights = {part.number: _weight(part, division) for part in division.parts}
    done = sum((weights[number] * states[number].done_permille for number in weights), Fraction(0))
    return done / sum(weights.values()) / 1000


def _weight(part: Part, division: Division) -> Fraction:
    pictures = [other.frame_count for other in division.parts if not other.is_sound]
    usual = max(max(pictures), 1)
    if part.is_sound:
        return Fraction(usual * len(pictures), 20)
    return Fraction(part.frame_count or usual)


# Whoever asked


def _begun(version: Version, source_sha256: str, division: Division) -> SplitRender:
    """The row of this work with its parts; the one from before where somebody began it and died."""
    name = digest({"source": source_sha256, "recipe": division.recipe.digest, "parts": as_data(division.parts)})
    with transaction.atomic():
        fields = {"version": version, "source_sha256": source_sha256, "division": as_data(division)}
        row, is_new = SplitRender.objects.get_or_create(name=name, defaults=fields)
        if is_new:
            SplitPart.objects.bulk_create(SplitPart(render=row, number=part.number) for part in division.parts)
        else:
            SplitRender.objects.filter(pk=row.pk).update(is_stopped=False, is_paused=False)
            row.parts.filter(state=State.FAILED).update(state=State.WAITING, tries=0, problem="")
            _forget_lost_files(row)
        for _helper in range(min(MOST_HELPERS, len(division.parts) - 1)):
            app.configure_task(HELP, queue="media").defer(render_id=row.pk)
    row.refresh_from_db()
    return row


def _forget_lost_files(row: SplitRender) -> None:
    """A made part that is no longer in the store is made again."""
    for part in row.parts.filter(state=State.DONE):
        if not storage.exists(part.sha256):
            row.parts.filter(pk=part.pk).update(state=State.WAITING, sha256="", done_permille=0)


def _work_along(row: SplitRender, watch: Watch) -> None:
    """Makes parts until all are made, by whomever."""
    mirror = _mirrored(row, watch)
    while row.parts.exclude(state=State.DONE).exists():
        if mirror.should_stop():
            raise Cancelled(phrase("Stopped on request. The parts that were made are kept."))
        if failed := row.parts.filter(state=State.FAILED).first():
            raise Damaged(Path(row.version.filename), failed.problem, code="media.part_failed")
        part = None if mirror.should_pause() else _claim(row)
        if part:
            _make(row, part, mirror)
        else:
            watch.report(_told(row))
            time.sleep(LOOK_S)


def _mirrored(row: SplitRender, watch: Watch) -> Watch:
    """What was asked of us, written where helpers on other machines see it."""
    known = {"is_stopped": False, "is_paused": False}

    def mirror(name: str, is_asked: ShouldStop) -> ShouldStop:
        def asked() -> bool:
            now = is_asked()
            if known[name] != now:
                known[name] = now
                SplitRender.objects.filter(pk=row.pk).update(**{name: now})
            return now

        return asked

    return Watch(
        report=watch.report,
        should_stop=mirror("is_stopped", watch.should_stop),
        should_pause=mirror("is_paused", watch.should_pause),
    )


def _join(row: SplitRender) -> tuple[Path, MediaFacts]:
    division = from_data(Division, row.division)
    folder = Path(tempfile.mkdtemp(dir=settings.UPLOAD_FOLDER, prefix="make-"))
    out = folder / f"whole{suffix_of(division.recipe)}"
    with ExitStack() as copies:
        master = copies.enter_context(storage.local_copy(row.source_sha256))
        files = {part.number: copies.enter_context(storage.local_copy(part.sha256)) for part in row.parts.all()}
        return out, join(master, division, files, out)


def _told(row: SplitRender) -> Progress:
    count, done = row.parts.count(), row.parts.filter(state=State.DONE).count()
    return Progress(done=progress_of(row) * Fraction(99, 100), label=f"Encoding: {done} of {count} parts are done")


# Whoever makes a part


@transaction.atomic
def _claim(row: SplitRender) -> SplitPart | None:
    """A part for us: one that waits, or whose worker is silent; None when there is none now."""
    lost = Q(state=State.MAKING, beat_at__lt=timezone.now() - timedelta(seconds=LOST_S))
    free = SplitPart.objects.filter(Q(state=State.WAITING) | lost, render=row)
    part = free.select_for_update(skip_locked=True).order_by("number").first()
    if part is None:
        return None
    if part.tries >= MOST_TRIES:
        part.state, part.problem = State.FAILED, f"Part {part.number + 1} ended {MOST_TRIES} workers that made it."
        part.save(update_fields=["state", "problem"])
        return None
    part.state, part.token, part.beat_at = State.MAKING, secrets.token_hex(16), timezone.now()
    part.tries, part.done_permille = part.tries + 1, 0
    part.save(update_fields=["state", "token", "beat_at", "tries", "done_permille"])
    return part


def _make(row: SplitRender, part: SplitPart, watch: Watch) -> None:
    """Makes the part and hands it in; gives it back, with the reason, when it cannot."""
    division = from_data(Division, row.division)
    ours = SplitPart.objects.filter(pk=part.pk, token=part.token, state=State.MAKING)
    wanted = next(one for one in division.parts if one.number == part.number)
    suffix = suffix_of(division.recipe)
    try:
        with (
            storage.plain_disk_errors(phrase("make a part of a film")),
            storage.local_copy(row.source_sha256) as master,
            tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder,
        ):
            out = Path(folder) / f"part{suffix}"
            render_part(master, division, wanted, out, control=_control(row, ours, watch))
            stored = storage.keep(out)
    except (Cancelled, Unavailable):
        ours.update(state=State.WAITING, done_permille=0)
        raise
    except CrosscutError as error:
        ours.update(state=State.FAILED, problem=str(error)[:1000])
        raise
    ours.update(state=State.DONE, sha256=stored.sha256, done_permille=1000)
    watch.report(_told(row))


def _control(row: SplitRender, ours: QuerySet[SplitPart], watch: Watch) -> Control:
    """Progress is told for the part; a sign of life is given whenever the engine asks whether to stop."""

    def report(progress: Progress) -> None:
        ours.update(done_permille=int(progress.done * 1000), beat_at=timezone.now())
        watch.report(_told(row))

    def alive(ask: ShouldStop) -> ShouldStop:
        return _at_most_every(BEAT_S, lambda: bool(ours.update(beat_at=timezone.now())) is False or ask())

    return Control(
        report=report,
        should_stop=alive(watch.should_stop),
        should_pause=_at_most_every(BEAT_S, watch.should_pause),
    )


def _at_most_every(wait_s: float, ask: Callable[[], bool]) -> Callable[[], bool]:
    """The same answer for so long: the engine asks many times a second, and the database need not be asked as often."""
    known, asked_at = False, 0.0

    def answer() -> bool:
        nonlocal known, asked_at
        if time.monotonic() - asked_at >= wait_s:
            known, asked_at = ask(), time.monotonic()
        return known

    return answer


def _flags_of(row: SplitRender) -> Watch:
    """What whoever asked wants, as a helper sees it. When the work is gone or done, it stops."""

    def is_asked(name: str) -> ShouldStop:
        return lambda: not SplitRender.objects.filter(pk=row.pk, **{name: False}).exists()

    def paused() -> bool:
        return SplitRender.objects.filter(pk=row.pk, is_paused=True).exists()

    return Watch(report=lambda progress: None, should_stop=is_asked("is_stopped"), should_pause=paused)
