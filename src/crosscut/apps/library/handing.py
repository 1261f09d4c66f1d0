"""Copies and tables on their way out, as answers for pages and programs."""

from django.http import FileResponse, HttpResponse, HttpResponseBase

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.services import handout, sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def copy_response(member: Member, version_id: int, telling: handout.Telling) -> HttpResponseBase:
    """A copy with metadata; nobody keeps it, for what is known changes."""
    handed = handout.copy_with_metadata(member, version_id, telling)
    response = FileResponse(handed.file, as_attachment=True, filename=handed.filename, content_type=handed.media_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def table_response(member: Member, chosen: list[int], form: str) -> HttpResponse:
    """The fields of the assets as a download: CSV or, for everything else, XLSX."""
    is_csv = form == "csv"
    data = sheets.as_csv(member, chosen) if is_csv else sheets.as_xlsx(member, chosen)
    response = HttpResponse(data, content_type="text/csv; charset=utf-8" if is_csv else XLSX)
    response["Content-Disposition"] = f'attachment; filename="assets.{"csv" if is_csv else "xlsx"}"'
    return response
