"""The translation memory: what it holds, all of it as a file, one of it forgotten."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce.memory import exported, segments_for
from crosscut.apps.produce.services.remember import forget
from crosscut.apps.produce.tmx import MEDIA_TYPE, as_tmx
from crosscut.channels.markup import direction

PAGE = 50


@members_only
@require_safe
def memory(request: MemberRequest) -> HttpResponse:
    """What was translated before, the latest first."""
    text = request.GET.get("q", "")[:200].replace("\0", "")
    page = Paginator(segments_for(request.member, text=text), PAGE).get_page(request.GET.get("page"))
    rows = [(row, direction(row.source_language), direction(row.language)) for row in page]
    context = {"page": page, "rows": rows, "q": text, "can_forget": can(request.member, "plan")}
    return render(request, "produce/memory.html", context)


@members_only
@require_safe
def memory_tmx(request: MemberRequest) -> StreamingHttpResponse:
    """All of it, for translators' tools."""
    answer = StreamingHttpResponse(as_tmx(exported(request.member)), content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="translation-memory.tmx"'
    return answer


@members_only
@require_POST
def forget_segment(request: MemberRequest, segment_id: int) -> HttpResponse:
    """It is not offered any more."""
    forget(request.member, segment_id)
    messages.success(request, _("Forgotten. Pieces keep their words."))
    return redirect("translation-memory")
