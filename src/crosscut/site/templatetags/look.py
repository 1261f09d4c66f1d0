"""The design system's tags. Each is shown with its states on the style page."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.defaultfilters import date as date_filter
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crosscut.site import built, wording

register = template.Library()

# Each state by its word and its shape; the colour is the style sheet's.
STATES: dict[str, tuple[Any, str]] = {
    "draft": (_("Draft"), "circle-dashed"),
    "needs-approval": (_("Needs approval"), "user-check"),
    "blocked": (_("Blocked"), "hand-stop"),
    "approved": (_("Approved"), "circle-check"),
    "scheduled": (_("Scheduled"), "clock"),
    "staging": (_("Being made ready"), "stack-2"),
    "handed": (_("Waits for a person"), "hand-stop"),
    "sending": (_("Sending"), "send"),
    "partly": (_("Partly out"), "progress-check"),
    "sent": (_("Sent"), "check"),
    "proven": (_("Proven live"), "rosette-discount-check"),
    "unknown": (_("Unknown"), "help-circle"),
    "refused": (_("Refused"), "circle-x"),
    "held": (_("Held"), "player-pause"),
    "cancelled": (_("Cancelled"), "x"),
    "recalling": (_("Being taken down"), "arrow-back-up"),
    "recalled": (_("Taken down"), "arrow-back-up"),
    "waiting": (_("Waiting"), "clock"),
    "running": (_("Running"), "player-play"),
    "done": (_("Done"), "check"),
    "failed": (_("Failed"), "circle-x"),
    "connected": (_("Connected"), "plug-connected"),
    "reconnect": (_("Connect again"), "refresh"),
    "disconnected": (_("Disconnected"), "plug-connected-x"),
}
_TURNING = {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "logout", "send", "list", "arrow-back-up"}
_LEVEL_ICONS = {"success": "circle-check", "warning": "alert-triangle", "error": "alert-circle", "info": "info-circle"}


@register.simple_tag
def vite_asset(entry: str) -> SafeString:
    """The links and scripts of one entry of the build; nothing when the pages are not built: the frame says so."""
    files = built.files(entry)
    styles = ((static(f"build/{path}"),) for path in files.styles)
    preloads = ((static(f"build/{path}"),) for path in files.preloads)
    scripts = ((static(f"build/{path}"),) for path in files.scripts)
    return format_html(
        "{}{}{}",
        format_html_join("", '<link rel="stylesheet" href="{}">', styles),
        format_html_join("", '<link rel="modulepreload" href="{}">', preloads),
        format_html_join("", '<script type="module" src="{}"></script>', scripts),
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """The icon, silent for screen readers unless it is given a label. Arrows turn with the reading direction.

    Raises TemplateSyntaxError when the build has no icon of that name.
    """
    inside = built.drawing(name)
    if inside is None:
        raise template.TemplateSyntaxError(f"There is no icon {name!r}: add it to frontend/icons.txt and build again.")
    extra = f"{' icon-turns' if name in _TURNING else ''}{' is-filled' if name.startswith('filled/') else ''}"
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    drawing = mark_safe(inside)  # noqa: S308 - our own build's output
    return format_html('<svg class="icon{}" viewBox="0 0 24 24" {}>{}</svg>', extra, spoken, drawing)


@register.simple_tag
def state_badge(state: str, size: str = "") -> SafeString:
    """The state as shape, word and colour. `size` "lg" for the head of a page."""
    key = str(state).lower().replace("_", "-").replace(" ", "-")
    word, shape = STATES.get(key, (state, "point"))
    extra = " state-lg" if size == "lg" else ""
    return format_html('<span class="state{}" data-state="{}">{}<span>{}</span></span>', extra, key, icon(shape), word)


@register.filter
def state_word(state: str) -> str:
    """The state as a word."""
    word, _shape = STATES.get(str(state).lower().replace("_", "-").replace(" ", "-"), (state, ""))
    return str(word)


@register.simple_tag
def level_icon(level: str) -> SafeString:
    """The icon of a message's level: success, info, warning, error."""
    return icon(_LEVEL_ICONS.get(level.split()[-1] if level else "", "info-circle"))


@register.simple_tag
def when(moment: datetime | None, style: str = "") -> SafeString:
    """A moment in the reader's zone and words: "Tue 24 Nov, 09:00"; the full moment with its zone on hover.

    `style`: "relative" ("in 3 hours"), "time" ("09:00"), "date" ("24 Nov 2026"), "full" (with zone).
    """
    if moment is None:
        return mark_safe('<span class="quiet">–</span>')
    local = timezone.localtime(moment)
    full = f"{date_filter(local, 'l j F Y, H:i')} ({timezone.get_current_timezone_name()})"
    text = relative(moment) if style == "relative" else full if style == "full" else _absolute(local, style)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, text)


def _absolute(local: datetime, style: str) -> str:
    if style == "time":
        return date_filter(local, "H:i")
    if style == "date":
        return date_filter(local, "j M Y")
    is_this_year = local.year == timezone.localtime().year
    return date_filter(local, "D j M, H:i" if is_this_year else "j M Y, H:i")


def relative(moment: datetime, now: datetime | None = None) -> str:
    """How far away the moment is, in one unit.

    >>> from datetime import UTC, timedelta
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> [relative(noon + timedelta(minutes=m), noon) for m in (0, 5, -90, 2880)]
    ['now', 'in 5 minutes', '2 hours ago', 'in 2 days']
    """
    away_s = (moment - (now or timezone.now())).total_seconds()
    if abs(away_s) < 45:
        return str(_("now"))
    count, words = _largest_unit(abs(away_s))
    sentence = _("in %(span)s") if away_s > 0 else _("%(span)s ago")
    return str(sentence) % {"span": words % {"count": count}}


def _largest_unit(length_s: float) -> tuple[int, str]:
    """The rounded count and its words, in minutes, hours, days or months."""
    minutes, hours, days = (max(1, int(length_s / unit + 0.5)) for unit in (60, 3600, 86_400))
    if minutes < 60:
        return minutes, ngettext("%(count)d minute", "%(count)d minutes", minutes)
    if hours < 36:
        return hours, ngettext("%(count)d hour", "%(count)d hours", hours)
    if days < 60:
        return days, ngettext("%(count)d day", "%(count)d days", days)
    months = round(days / 30.44)
    return months, ngettext("%(count)d month", "%(count)d months", months)


@register.simple_tag
def duration(seconds: float | None, style: str = "clock") -> str:
    """A length of time: "1:15", or with style "words" "1 min 15 s"."""
    if seconds is None:
        return "–"
    return wording.clock(float(seconds)) if style == "clock" else wording.span(float(seconds))


@register.simple_tag(name="bytes")
def file_size(size_bytes: int | None) -> str:
    """A file size: "15 MB"."""
    return "–" if size_bytes is None else wording.size(size_bytes)


@register.simple_tag
def money(minor: int | None, currency: str) -> str:
    """An amount in the currency's smallest unit: "€ 1 234.50"."""
    return "–" if minor is None else wording.money(minor, currency)


@register.simple_tag
def number(value: float | None, places: int | None = None) -> str:
    """A number with thin spaces: "1 234 567"."""
    return "–" if value is None else wording.number(value, places)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """Somebody's initials on a ground that is always theirs. The name itself stands beside it or in the title."""
    words = [word for word in str(name).split() if word[:1].isalnum()]
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
    tone = zlib.crc32(str(name).encode()) % 6
    extra = f" avatar-{size}" if size in {"sm", "lg"} else ""
    template_ = '<span class="avatar{} tone-{}" title="{}" aria-hidden="true">{}</span>'
    return format_html(template_, extra, tone, name, initials)


@register.simple_tag
def waveform(peaks: Sequence[float], bars: int = 96) -> SafeString:
    """A sound's shape: `peaks` from 0 to 1, drawn as at most `bars` bars."""
    heights = _bars(peaks, bars)
    step = 100 / max(1, len(heights))
    rects = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="0.2"/>',
        (
            (f"{i * step:.3f}", f"{50 - h * 50:.2f}", f"{step * 0.62:.3f}", f"{h * 100:.2f}")
            for i, h in enumerate(heights)
        ),
    )
    head = '<svg class="waveform" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    return format_html(head, rects)


def _bars(peaks: Sequence[float], count: int) -> list[float]:
    """The highest peak of each of `count` equal stretches, none lower than what can be seen.

    >>> _bars([0.0, 1.0, 0.5, 0.25], 2)
    [1.0, 0.5]
    """
    count = min(count, len(peaks))
    edges = [round(i * len(peaks) / count) for i in range(count + 1)] if count else []
    return [min(1.0, max(0.03, *peaks[a:b])) for a, b in pairwise(edges)]


@register.inclusion_tag("components/ring.html")
def text_ring(used: int, limit: int) -> dict[str, Any]:
    """How much of a text's room is used. The script `counter` keeps it current."""
    done = min(100.0, used / limit * 100) if limit else 0.0
    level = "over" if used > limit else "near" if done >= 90 else "fine"
    left = limit - used
    return {"used": used, "limit": limit, "left": left, "over": -left, "done": f"{done:.1f}", "level": level}


@register.inclusion_tag("components/key_result.html")
def key_result(name: str, value: float, goal: float, **extra: Any) -> dict[str, Any]:
    """A key result's bar: value against goal. Optional: `unit`, `low` and `high` (the interval), `note`, `url`."""
    low, high = extra.get("low"), extra.get("high")
    value, goal = float(value), float(goal)  # goals are decimals, values whole numbers
    scale = 100 / (max(goal, value, high or 0) or 1)
    context = {**extra, "name": name, "value": value, "goal": goal, "is_reached": value >= goal}
    context |= {"done_width": f"{value * scale:.2f}", "goal_x": f"{min(99.3, goal * scale):.2f}"}
    if low is not None and high is not None:
        context |= {"span_x": f"{low * scale:.2f}", "span_width": f"{max(0.4, (high - low) * scale):.2f}"}
    return context


@register.inclusion_tag("components/money_bar.html")
def money_bar(spent: int, planned: int, budget: int, currency: str) -> dict[str, Any]:
    """A budget in the currency's smallest unit: what is spent, what is planned on top, what is left."""
    scale = 100 / (max(budget, spent + planned) or 1)
    left = budget - spent - planned
    context = {"spent": spent, "planned": planned, "budget": budget, "currency": currency, "left": left, "over": -left}
    widths = {"spent_width": f"{spent * scale:.2f}", "planned_width": f"{planned * scale:.2f}"}
    return {**context, **widths, "budget_x": f"{min(99.3, budget * scale):.2f}"}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to a paginator's other pages, the rest of the address kept."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    kept = query.urlencode()
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": list(numbers), "kept": f"{kept}&" if kept else ""}


@register.inclusion_tag("components/field.html")
def field(bound: Any, label: str = "") -> dict[str, Any]:
    """A Django form field with label, hint and errors, dressed and wired for screen readers."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "textarea")
    dress = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}
    attributes = {"class": f"{dress.get(kind, 'form-control')} {widget.attrs.get('class', '')}".strip()}
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    if bound.errors:
        attributes["aria-invalid"] = "true"
        described.insert(0, f"{bound.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    shown = bound.as_widget(attrs=attributes)
    is_group = kind == "radio" or widget.__class__.__name__ == "CheckboxSelectMultiple"
    return {"bound": bound, "widget": shown, "label": label or bound.label, "kind": kind, "is_group": is_group}


@register.inclusion_tag("components/form.html")
def form_fields(form: Any) -> dict[str, Any]:
    """Every visible field of a form, its general errors first, its hidden fields last."""
    return {"form": form}
