"""The worked campaign, step by step: brief, media, rights, checks, approval, publication, proof, numbers, report.

Every step can be played again: what was done before is left as it is, so that a demo killed at any moment goes on where
it stopped.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from crosscut.apps.library.models import Arrival, Asset, Rendition
from crosscut.apps.library.queries import assets_for
from crosscut.apps.library.services.arrive import ingest_paths
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.measure.services import collect
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.services.from_file import apply_campaign_file
from crosscut.apps.preflight.services import check_piece
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.approve import approve, ask_for_approval, is_approved
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.from_file import apply_piece_file, read_piece_file
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.from_file import find_account
from crosscut.apps.publish.services.post import render_for
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.report.services import write_report
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import NotAllowed, Unavailable
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.findings import blocking
from crosscut.kernel.piece_file import CampaignFile, PieceFile, parse
from crosscut.kernel.records import from_data
from crosscut.media.recipes import Recipe
from crosscut.site.demo import broken, places
from crosscut.site.demo.people import People, gather

PIECES = ("film.yaml", "photo.yaml", "episode.yaml")
BLOCKED_PIECE = "expired.yaml"
_LEAD_TIME = timedelta(seconds=3)  # scheduled a moment ahead, so that the ticker and not this story sends it
_PATIENCE_S = 240
_SETTLED = {Target.State.PROVEN, Target.State.REFUSED, Target.State.BLOCKED}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing the story did."""

    title: str  # "Media into the library"
    details: tuple[str, ...]  # what came of it, one line each


@dataclass
class Story:
    """The worked campaign of one installation."""

    home: Path
    example: Path  # the folder with campaign.yaml, the pieces and media/
    show: Callable[[str, float], None]  # progress within a step: label and 0 to 1

    def steps(self) -> Iterator[Step]:
        """Plays, yielding each step when it is done."""
        people = gather(self.home)
        yield Step(title="Workspace", details=(f"{people.lead.workspace.name} with a lead, a senior and a junior",))
        accounts = places.connect_all(people.lead, self.example)
        yield Step(title="Places to publish", details=tuple(f"{row.name}: {row.url}" for row in accounts))
        campaign = self._campaign(people)
        yield Step(title="Brief", details=_brief(campaign))
        yield self._ingest(people)
        yield self._refuse_broken(people)
        pieces = [self._piece(people, name) for name in PIECES]
        yield Step(title="Pieces", details=tuple(f"{piece.title}" for piece, _ in pieces))
        yield self._blocked(people)
        yield self._refused_junior(people, *pieces[1])
        yield _approval(people, [piece for piece, _ in pieces])
        targets = self._schedule(people, pieces)
        yield self._published(targets)
        yield _files(targets)
        yield self._measured(targets)
        yield self._report(people, campaign)

    def _campaign(self, people: People) -> Campaign:
        text = (self.example / "campaign.yaml").read_text(encoding="utf-8")
        return apply_campaign_file(people.lead, parse(text, CampaignFile, name="campaign.yaml"))

    def _ingest(self, people: People) -> Step:
        if assets_for(people.lead).exists():
            return Step(title="Media into the library", details=(f"{assets_for(people.lead).count()} assets",))
        job = self._finish(ingest_paths(people.lead, [self.example / "media"]))
        stored = job.arrivals.filter(state=Arrival.State.STORED).count()
        kinds = [
            f"{assets_for(people.lead).filter(kind=kind).count()} {label.lower()}"
            for kind, label in Asset.Kind.choices
            if assets_for(people.lead).filter(kind=kind).exists()
        ]
        return Step(title="Media into the library", details=(f"{stored} files: {', '.join(kinds)}",))

    def _refuse_broken(self, people: People) -> Step:
        known = Arrival.objects.filter(workspace=people.lead.workspace, filename__in=broken.NAMES)
        if not known.exists():
            folder = broken.make(self.home / "demo", self.example / "media")
            self._finish(ingest_paths(people.lead, [folder]))
        rows = known.order_by("filename").distinct("filename")
        return Step(
            title="Broken files stay out",
            details=tuple(f"{row.filename}: {row.get_state_display().lower()}. {row.problem}" for row in rows),
        )

    def _piece(self, people: People, name: str) -> tuple[Piece, PieceFile]:
        path = self.example / name
        file = read_piece_file(path)
        return apply_piece_file(people.lead, file, path), file

    def _blocked(self, people: People) -> Step:
        piece, _ = self._piece(people, BLOCKED_PIECE)
        findings = [finding for found in check_piece(piece).values() for finding in blocking(found)]
        return Step(
            title="An expired licence blocks",
            details=tuple(dict.fromkeys(f"{finding.message} → {finding.repair}" for finding in findings)),
        )

    def _refused_junior(self, people: People, piece: Piece, file: PieceFile) -> Step:
        title = "A junior cannot publish alone"
        if is_approved(freeze(piece)):
            return Step(title=title, details=("Tried before the approval, and was refused.",))
        account = find_account(people.junior, file.schedule.to[0].account if file.schedule else "practice")
        try:
            schedule(people.junior, piece, account, wall_time=_soon(), zone="UTC")
        except NotAllowed as error:
            ask_for_approval(people.junior, piece, note="Ready, I think.")
            return Step(title=title, details=(str(error),))
        raise Unavailable("A junior could schedule without approval: this demo has found a fault.")

    def _schedule(self, people: People, pieces: list[tuple[Piece, PieceFile]]) -> list[Target]:
        targets = []
        for piece, file in pieces:
            for posting in file.schedule.to if file.schedule else ():
                account = find_account(people.senior, posting.account)
                known = (
                    Target.objects.filter(piece=piece, account=account).exclude(state=Target.State.CANCELLED).first()
                )
                targets.append(known or schedule(people.senior, piece, account, wall_time=_soon(), zone="UTC"))
        return targets

    def _published(self, targets: list[Target]) -> Step:
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            for target in targets:
                target.refresh_from_db()
            done = [target for target in targets if target.state in _SETTLED]
            self.show("Publishing and proving", len(done) / len(targets))
            if len(done) == len(targets):
                break
            time.sleep(0.2)
        return Step(title="Published and proven", details=tuple(_line(target) for target in targets))

    def _measured(self, targets: list[Target]) -> Step:
        samples = [sample for target in targets for sample in collect(target.pk)]
        told = ", ".join(sorted({sample.metric for sample in samples})) or "no channel tells numbers yet"
        return Step(title="First numbers", details=(f"{len(samples)} samples: {told}",))

    def _report(self, people: People, campaign: Campaign) -> Step:
        path = self.home / "reports" / f"{campaign.slug}.pdf"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(write_report(people.lead, campaign))
        return Step(title="Report", details=(str(path),))

    def _finish(self, job: Job) -> Job:
        end = time.monotonic() + _PATIENCE_S
        while job.ended_at is None and time.monotonic() < end:
            self.show(job.step or job.label, job.done_permille / 1000)
            time.sleep(0.2)
            job.refresh_from_db()
        if job.state != Job.State.DONE:
            raise Unavailable(f"{job.label}: {job.problem or 'not finished in time'}")
        return job


def _brief(campaign: Campaign) -> tuple[str, ...]:
    results = ", ".join(f"{row.name} ({row.goal:.0f})" for row in campaign.key_results.all())
    return campaign.objective, f"Key results: {results}"


def _approval(people: People, pieces: list[Piece]) -> Step:
    for piece in pieces:
        edition = freeze(piece, by=people.senior)
        if not is_approved(edition):
            approve(people.senior, edition, note="Good to go.")
    return Step(
        title="Approved",
        details=tuple(f"{piece.title}: {freeze(piece).digest[:12]} by {people.senior.user.name}" for piece in pieces),
    )


def _files(targets: list[Target]) -> Step:
    """What each place was given instead of the master, and what was left as it was."""
    rows = [row for target in targets for row in render_for(target) if row]
    return Step(title="Files as each place takes them", details=tuple(dict.fromkeys(_file_line(row) for row in rows)))


def _file_line(row: Rendition) -> str:
    made, master = facts_of(row), facts_of(row.version)
    before = f"{_sound_words(master)} → " if master.audio else ""
    reasons = "; ".join(from_data(Recipe, row.recipe).reasons)
    return f"{row.purpose} of {row.version.filename}: {before}{_sound_words(made)}. {reasons}"


def _sound_words(facts: MediaFacts) -> str:
    """The sound of a file in short: "aac, 6 channels, -21.5 LUFS"."""
    if not facts.audio:
        return facts.media_type
    stream = facts.audio[0]
    loudness = f", {facts.loudness.integrated_lufs:.1f} LUFS" if facts.loudness else ""
    return f"{stream.codec}, {stream.channels} channel{'s' if stream.channels > 1 else ''}{loudness}"


def _soon() -> datetime:
    return (timezone.now() + _LEAD_TIME).replace(tzinfo=None)


def _line(target: Target) -> str:
    return f"{target.account.name}: {target.get_state_display().lower()} {target.url or target.problem}"
