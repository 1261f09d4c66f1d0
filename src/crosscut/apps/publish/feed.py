"""Posts as an iCalendar file (RFC 5545), which calendar programs read."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from crosscut.apps.accounts.models import Member
from crosscut.apps.publish.cards import Card, cards_of
from crosscut.apps.publish.queries import targets_between
from crosscut.apps.publish.wording import state_word

BEHIND, AHEAD = timedelta(days=60), timedelta(days=400)  # what a calendar program is told of
_LENGTH = timedelta(minutes=15)  # a post has none; programs draw nothing of that height


def as_icalendar(member: Member) -> bytes:
    """The workspace's posts from two months ago to a year ahead, the cancelled left out; moments in UTC."""
    now = timezone.now()
    calendar = Calendar()
    calendar.add("prodid", "-//Crosscut//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{member.workspace.name}: posts")
    calendar.add("x-wr-timezone", member.workspace.time_zone)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    rows = targets_between(member, now - BEHIND, now + AHEAD)
    for card in cards_of(member, rows):
        calendar.add_component(_event(card))
    written: bytes = calendar.to_ical()
    return written


def _event(card: Card) -> Event:
    event, address = Event(), f"{settings.DESK_URL}{reverse('post', args=[card.pk])}"
    event.add("uid", f"post-{card.pk}@{settings.DESK_URL.partition('://')[2]}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", card.due_at)  # in UTC: right in every program, whatever it knows of zones
    event.add("dtend", card.due_at + _LENGTH)
    event.add("summary", f"{card.account}: {card.words}")
    told = [state_word(card.state), card.problem, card.campaign, address]
    event.add("description", "\n".join(part for part in told if part))
    event.add("url", address)
    event.add("categories", [card.channel_name])
    event.add("status", "TENTATIVE" if card.problem or card.state == "held" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy because a post goes out
    return event
