"""The translation memory: what it holds, all of it as a file, one of it forgotten."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce.memory import exported, segments_for
from crosscut.apps.produce.services import remember
from crosscut.apps.produce.tmx import LARGEST_BYTES, MEDIA_TYPE, as_tmx
from crosscut.channels.markup import direction
from crosscut.kernel.errors import Invalid

PAGE = 50


@members_only
@require_safe
def memory(request: MemberRequest) -> HttpResponse:
    """What was translated before, the latest first."""
    text = request.GET.get("q", "")[:200].replace("\0", "")
    page = Paginator(segments_for(request.member, text=text), PAGE).get_page(request.GET.get("page"))
    rows = [(row, direction(row.source_language), direction(row.language)) for row in page]
    context = {
        "page": page,
        "rows": rows,
        "q": text,
        "can_change": can(request.member, "plan"),
        "brought": _brought(request.GET),
        "at": request.GET.get("at", "")[:40],
    }
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
def bring_in_memory(request: MemberRequest) -> HttpResponse:
    """A TMX file's texts, to be offered from now on; the message says how many, and the page lets them go again."""
    chosen = request.FILES.get("file")
    if chosen is None:
        messages.error(request, _("Choose a TMX file."))
        return redirect("translation-memory")
    try:
        done = remember.bring_in(request.member, chosen.read(LARGEST_BYTES + 1))
    except Invalid as error:
        messages.error(request, " ".join(str(one.message) for one in error.problems_in(translation)))
        return redirect("translation-memory")
    query = {"added": done.added, "known": done.known, "left_out": done.left_out, "at": done.at.isoformat()}
    return redirect(f"{reverse('translation-memory')}?{urlencode(query)}")


@members_only
@require_POST
def take_out_memory(request: MemberRequest) -> HttpResponse:
    """What that file brought is not offered any more."""
    at = parse_datetime(request.POST.get("at", "")[:40])
    if at is None or at.tzinfo is None:
        raise Invalid.at("at", _("Nothing was brought in then."), code="translation_memory.at")
    count = remember.take_out(request.member, at)
    said = ngettext("%(n)d text was taken out again.", "%(n)d texts were taken out again.", count)
    messages.success(request, said % {"n": count})
    return redirect("translation-memory")


@members_only
@require_POST
def forget_segment(request: MemberRequest, segment_id: int) -> HttpResponse:
    """It is not offered any more."""
    remember.forget(request.member, segment_id)
    messages.success(request, _("Forgotten. Pieces keep their words."))
    return redirect("translation-memory")


def _brought(said: Mapping[str, str]) -> dict[str, int]:
    """What became of the file that was just brought in, as the address tells it; nothing after any other way here."""
    counts = {name: said.get(name, "") for name in ("added", "known", "left_out")}
    numbers = {name: int(text) for name, text in counts.items() if re.fullmatch(r"[0-9]{1,8}", text)}
    return numbers if len(numbers) == len(counts) else {}
