"""Contracts, releases and invoices kept as files: the evidence of licences and consents. Added, never taken away."""

import mimetypes
from pathlib import Path

from django.db import transaction
from django.db.models import Model

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import storage
from crosscut.apps.library.models import Paper
from crosscut.apps.library.queries import consent_for, licence_for
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

MOST_BYTES = 50_000_000  # a scanned contract of some hundred pages


def attach_to_licence(by: Member, licence_id: int, path: Path, *, filename: str) -> Paper:
    """The file, kept as evidence of the licence. Raises Invalid for one that is empty or too large, and NotFound."""
    demand(by, "clear")
    licence = licence_for(by, licence_id)
    return _keep(by, path, Paper(licence=licence, filename=filename[:255]), about=licence.asset)


def attach_to_consent(by: Member, consent_id: int, path: Path, *, filename: str) -> Paper:
    """The file, kept as evidence of the consent. Raises Invalid for one that is empty or too large, and NotFound."""
    demand(by, "clear")
    consent = consent_for(by, consent_id)
    return _keep(by, path, Paper(consent=consent, filename=filename[:255]), about=consent.subject)


def _keep(by: Member, path: Path, paper: Paper, *, about: Model) -> Paper:
    size_bytes = path.stat().st_size
    if not 0 < size_bytes <= MOST_BYTES:
        most = f"{MOST_BYTES // 1_000_000} MB"
        raise Invalid.at("file", phrase("A paper has something in it and at most {most}.", most=most))
    stored = storage.keep(path)  # before the row: a row always has its file
    with transaction.atomic():
        paper.workspace, paper.created_by = by.workspace, by
        paper.sha256, paper.size_bytes = stored.sha256, stored.size_bytes
        paper.media_type = mimetypes.guess_type(paper.filename)[0] or "application/octet-stream"
        paper.save()
        record("paper.added", about, by=by, paper=paper.pk, filename=paper.filename, sha256=paper.sha256)
    return paper
