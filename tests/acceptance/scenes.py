"""Workspaces in which something is going on: what the pages of posts are looked at with. Each gives an address."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.measure.models import Sample
from crosscut.apps.plan.models import Cost, KeyResult
from crosscut.apps.preflight.closed_times import Closing, close_time
from crosscut.apps.preflight.holiday_calendars import keep_holidays
from crosscut.apps.preflight.models import ForeignCalendar
from crosscut.apps.produce.models import Approval, EditionLink, LinkCheck, ShortLink, ShortLinkDay
from crosscut.apps.produce.services import link_rules, short_links
from crosscut.apps.produce.services.write import change_piece, create_piece
from crosscut.apps.produce.tests import made as made_pieces
from crosscut.apps.publish.models import Attempt, Hold, PostImport, PostImportRow, Series, Target
from crosscut.apps.publish.services import replacing
from crosscut.apps.publish.services.kept_views import begin_with, keep_view
from crosscut.apps.publish.services.schedule import reschedule
from crosscut.apps.publish.services.series import Plan, leave_out, start_series
from crosscut.apps.publish.services.timetables import Weekly, set_timetable
from crosscut.apps.publish.tests import made
from crosscut.apps.readers.models import Letter, Mailing, Reader, ReaderTable
from tests.cast import Cast

State = Target.State


def some_posts(cast: Cast) -> None:
    """Posts of three weeks in every state, a few a day, one of which would not go out."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7)
    made.many_posts(cast, 70, start=datetime.combine(monday, time(8), timezone.get_current_timezone()))
    asset = made.an_asset(cast.senior, "old-town.jpg")
    Licence.objects.create(asset=asset, holder="Ada", terms="Until today", ends_on=timezone.localdate())
    made.a_post(cast.senior, due_at=timezone.now() + timedelta(days=2), text="The old town at night", asset=asset)
    the_times(cast)
    for day in (None, timezone.now() + timedelta(days=1)):
        cast.workspace.pieces.create(title="A thought about corals", owner=cast.junior, wished_at=day)


def the_times(cast: Cast) -> str:
    """Slots that accounts share, an account with its own, a blackout and quiet hours."""
    made.an_account(cast.senior)
    site = made.an_account(cast.senior, "site", "Website")
    days = [Weekly(weekday=day, at=time(hour, 30)) for day in range(5) for hour in (9, 13, 17)]
    set_timetable(cast.lead, None, zone="Europe/Berlin", slots=days)
    set_timetable(cast.lead, site, zone="Europe/London", slots=[Weekly(weekday=6, at=time(18))])
    first = timezone.localdate() + timedelta(days=3)
    close_time(cast.lead, Closing(name="Election day", kind="days", starts_on=first, is_strict=True))
    close_time(cast.lead, Closing(name="Nights", kind="hours", from_time=time(22), until_time=time(7)))
    keep_holidays(cast.lead, "DE", "BY", "show")
    keep_holidays(cast.lead, "AT", "", "warn")
    house = _a_foreign_calendar(cast, "The house")
    house.events.create(title="All hands", start_at=timezone.now(), end_at=timezone.now() + timedelta(hours=2))
    fair = _a_foreign_calendar(
        cast, "Fairs", effect="close", problem="The server answered 503: it is asked again later."
    )
    day = timezone.localtime(timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    fair.events.create(title="Boat show", start_at=day, end_at=day + timedelta(days=2), is_all_day=True)
    return "/calendar/times/"


def _a_foreign_calendar(cast: Cast, name: str, **fields: str) -> ForeignCalendar:
    now = timezone.now()
    told = {"kind": "caldav", "host": "calendar.example", "sealed": b"", "next_at": now, "read_at": now}
    return ForeignCalendar.objects.create(workspace=cast.workspace, name=name, **told, **fields)


def a_month(cast: Cast) -> str:
    some_posts(cast)
    return "/calendar/?view=dayGridMonth"


def a_full_month(cast: Cast) -> str:
    """A day with more posts than it has room for."""
    some_posts(cast)
    for number in range(9):
        made.a_post(cast.senior, due_at=timezone.now(), text=f"One of nine in a minute, {number}")
    return "/calendar/?view=dayGridMonth"


def a_full_week(cast: Cast) -> str:
    return a_full_month(cast).replace("dayGridMonth", "timeGridWeek")


def a_full_day(cast: Cast) -> str:
    return a_full_month(cast).replace("dayGridMonth", "listDay")


def a_week(cast: Cast) -> str:
    """Also with more posts in one minute than a day has room for side by side."""
    some_posts(cast)
    for number in range(5):
        made.a_post(cast.senior, due_at=timezone.now(), text=f"One of five in a minute, {number}")
    return "/calendar/?view=timeGridWeek"


def a_list(cast: Cast) -> str:
    some_posts(cast)
    return "/calendar/?view=listWeek"


def a_piece_to_repeat(cast: Cast) -> str:
    """The form of a series, with its dates as it stands."""
    made_pieces.account(cast.lead)
    return f"/pieces/{made_pieces.piece(cast.senior).pk}/series/new/"


def a_series(cast: Cast) -> str:
    """One with a date left out, one moved, one closed, and a piece that was changed since."""
    piece, account = made_pieces.piece(cast.senior), made_pieces.account(cast.lead)
    monday = _next_monday()
    shut = (monday + timedelta(days=14)).date()
    close_time(cast.lead, Closing(name="Election day", kind="days", starts_on=shut, is_strict=True))
    plan = Plan(rule="FREQ=WEEKLY;BYDAY=MO,TH", wall_time=monday, zone="Europe/Berlin")
    row = start_series(cast.senior, piece, account, plan)
    first, second = [date.target for date in row.dates.exclude(target=None)[:2]]
    leave_out(cast.senior, row, first.wall_time)
    reschedule(cast.senior, second, wall_time=monday + timedelta(days=4, hours=2), zone="Europe/Berlin")
    change_piece(cast.senior, piece, text="The reef has woken up.")
    return f"/calendar/series/{row.pk}/"


def all_series(cast: Cast) -> str:
    """Two that go on, and one in whose way something stands."""
    a_series(cast)
    account = made_pieces.account(cast.lead, "site")
    for rule in ("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY"):
        plan = Plan(rule=rule, wall_time=_next_monday(), zone="Europe/London")
        start_series(cast.senior, made_pieces.piece(cast.senior, channel="site"), account, plan)
    Series.objects.filter(pk=Series.objects.latest("pk").pk).update(created_by=None)
    return "/calendar/series/"


def a_month_of_series(cast: Cast) -> str:
    """A month in which some posts of a series are made, and the later ones are not."""
    a_series(cast)
    far = timezone.localdate() + timedelta(weeks=8)
    return f"/calendar/?view=dayGridMonth&date={far.isoformat()}"


def _next_monday() -> datetime:
    day = timezone.localdate()
    return datetime.combine(day + timedelta(days=14 - day.weekday()), time(9))


def kept_views(cast: Cast) -> str:
    """A month of one channel, kept, shared and what the lead's calendar begins with; and a list of the senior's."""
    some_posts(cast)
    view = keep_view(cast.lead, "Practice in a month", "dayGridMonth", {"channel": "practice"}, is_shared=True)
    begin_with(cast.lead, view.pk)
    keep_view(cast.senior, "What went wrong", "listWeek", {"state": "refused"}, is_shared=True)
    return "/calendar/?view=dayGridMonth&channel=practice"


def all_posts(cast: Cast) -> str:
    some_posts(cast)
    return "/posts/"


def narrowed_posts(cast: Cast) -> str:
    some_posts(cast)
    return "/posts/?state=sent&q=reef"


def a_post_by_hand(cast: Cast) -> str:
    """A post that the lead has taken, with a picture, words and what the place has no field for."""
    post = made.a_taken_post(cast.senior, by=cast.lead)
    return f"/posts/{post.pk}/by-hand/"


def a_proven_post(cast: Cast) -> str:
    post = made.a_story(cast.senior)
    for ago in range(12):
        at = timezone.now() - timedelta(days=ago)
        Sample.objects.create(target=post, metric="practice.likes", value=120 - ago * 9, sampled_at=at)
        Sample.objects.create(target=post, metric="practice.replies", value=14 - ago, sampled_at=at)
    return f"/posts/{post.pk}/"


def a_differing_post(cast: Cast) -> str:
    return f"/posts/{made.a_story(cast.senior, differs=True).pk}/"


def a_doubted_post(cast: Cast) -> str:
    problem = "It may have gone out, and Practice cannot be read back: it answers 503."
    post = made.a_post(cast.senior, state=State.UNKNOWN, needs_person=True, problem=problem)
    now = timezone.now()
    Attempt.objects.create(
        target=post, number=1, state="unknown", digest="d" * 64, worker="w", deadline_at=now, prepared_at=now,
        sent_at=now, answered_at=now, problem="The connection broke off: ReadTimeout.",
    )  # fmt: skip
    return f"/posts/{post.pk}/"


def a_thread_partly_out(cast: Cast) -> str:
    """Two of four parts are out, and the third was refused."""
    account, asset = made.an_account(cast.senior, "bluesky"), made.an_asset(cast.senior)
    problem = "Bluesky does not take the picture."
    told = {"needs_person": True, "problem": problem, "part_count": 4, "parts_out": 2, "url": "https://reef.example/1"}
    post = made.a_post(cast.senior, state=State.PARTLY, account=account, asset=asset, sent_at=timezone.now(), **told)
    outlet, media = post.edition.content["outlets"]["bluesky"], post.edition.content["media"]
    outlet |= {"further": [{"text": text, "post_type": "text"} for text in made.TEXTS[1:]], "is_numbered": True}
    media[0]["parts"] = {"bluesky": 3}
    post.edition.save()
    for number, state in enumerate(("accepted", "accepted", "refused"), start=1):
        at = timezone.now() - timedelta(minutes=9 - number)
        fields = {"state": state, "sent_at": at, "answered_at": at, "prepared_at": at, "deadline_at": at}
        Attempt.objects.create(
            target=post, number=number, part=number, digest="d" * 64, worker="w",
            problem=problem if state == "refused" else "", **fields,
        )  # fmt: skip
    return f"/posts/{post.pk}/"


def a_planned_post(cast: Cast) -> str:
    post = made.a_post(cast.senior, due_at=timezone.now() + timedelta(days=1), asset=made.an_asset(cast.senior))
    return f"/posts/{post.pk}/"


def a_used_asset(cast: Cast) -> str:
    """Where a picture is used that is in a live post, two planned ones and a draft."""
    asset, tomorrow = made.an_asset(cast.senior), timezone.now() + timedelta(days=1)
    made.a_post(cast.senior, asset=asset, state=State.PROVEN, url="https://reef.example/1", text=made.TEXTS[0])
    made.a_post(cast.senior, asset=asset, due_at=tomorrow, text=made.TEXTS[1])
    made.a_post(cast.senior, asset=asset, due_at=tomorrow, state=State.BLOCKED, text=made.TEXTS[2])
    cast.workspace.pieces.create(title="A thought about corals", owner=cast.junior).media.create(asset=asset)
    return f"/library/{asset.pk}/view/uses/"


def a_replacement(cast: Cast, step: str = "") -> str:
    """What putting another picture in its place would touch: a planned post loses its approval, a live one stays."""
    uses = a_used_asset(cast)
    old, new = Asset.objects.get(), made.an_asset(cast.senior, "divers-at-noon.jpg")
    Licence.objects.create(asset=new, holder="Ada", terms="Own work")
    planned = Target.objects.get(state=State.SCHEDULED).edition
    Approval.objects.create(edition=planned, member=cast.lead, role="lead", decision="approved")
    if step == "done":
        return f"/replacements/{replacing.replace_everywhere(cast.lead, old.pk, new.pk).pk}/"
    return uses.replace("view/uses/", f"replace/?with={new.pk}" if step == "look" else "replace/")


def a_hold(cast: Cast) -> str:
    Hold.objects.create(workspace=cast.workspace, reason="A storm hit the coast", placed_by=cast.senior)
    return "/hold/"


def a_busy_morning(cast: Cast) -> str:
    """Everything home can say at once."""
    made.a_story(cast.senior)
    made.a_post(cast.senior, state=State.REFUSED, text=made.TEXTS[1])
    a_doubted_post(cast)
    site = made.an_account(cast.senior, "site", "Website")
    Account.objects.filter(pk=site.pk).update(state=Account.State.RECONNECT, problem="The token was revoked.")
    made.a_post(cast.senior, text=made.TEXTS[2], account=site, due_at=timezone.now() + timedelta(days=2))
    for minutes, text in ((3, made.TEXTS[3]), (4, made.TEXTS[0])):
        made.a_post(cast.specialist, text=text, due_at=timezone.now() + timedelta(minutes=minutes))
    asked = made.a_post(cast.junior, state=State.CANCELLED, text="Ten pictures of a quiet sea").edition
    Approval.objects.create(
        edition=asked, member=cast.junior, role="junior", decision="requested", note="For Thursday, please."
    )
    return "/"


def a_report(cast: Cast) -> str:
    a_proven_post(cast)
    campaign = made.a_campaign(cast.senior)
    KeyResult.objects.create(campaign=campaign, name="Likes of the film", metric="practice.likes", goal=Decimal(100))
    KeyResult.objects.create(campaign=campaign, name="Visits", metric="site.page_views", goal=Decimal(5000))
    made.a_post(cast.senior, campaign=campaign, text=made.TEXTS[1])
    Cost.objects.create(
        campaign=campaign, label="Boat and divers", amount_minor=84_000, currency="EUR", spent_on=timezone.localdate()
    )
    return f"/campaigns/{campaign.pk}/report/"


def an_import(cast: Cast) -> str:
    """A table of posts, read: what becomes of each row, and what is wrong with some."""
    made.an_account(cast.senior)
    row = PostImport.objects.create(
        workspace=cast.workspace, by=cast.senior, name="december.csv", path="", state="ready", layout="Buffer",
        columns=[{"name": "Text", "example": made.TEXTS[0]}, {"name": "Posting Time", "example": "2036-12-01 09:00"}],
        mapping={"Text": "text", "Posting Time": "date"}, choices={"accounts": ["Practice"]},
        counts={"ready": 3, "problem": 1},
    )  # fmt: skip
    for number, text in enumerate(made.TEXTS, start=2):
        values = {"text": text, "date": f"2036-12-0{number} 09:00", "account": "Practice"}
        state, notes = ("problem", ["There is no account called Practise."]) if number == 3 else ("ready", [])
        PostImportRow.objects.create(
            source=row, workspace=cast.workspace, number=number, key=str(number), values=values,
            state=state, notes=notes,
        )  # fmt: skip
    return f"/posts/imports/{row.pk}/"


def the_board(cast: Cast) -> str:
    """Three weeks of posts, and pieces that have none yet."""
    some_posts(cast)
    for title in ("A leaf is a map", "What divers saw at dawn"):
        create_piece(cast.junior, title=title, text=made.TEXTS[0])
    return "/calendar/board/"


def the_board_by_channel(cast: Cast) -> str:
    return f"{the_board(cast)}?by=channel"


def the_board_by_campaign(cast: Cast) -> str:
    """With a campaign that nothing belongs to yet."""
    made.a_campaign(cast.senior, "Winter appeal")
    return f"{the_board(cast)}?by=campaign"


def the_board_by_member(cast: Cast) -> str:
    return f"{the_board(cast)}?by=member"


def the_links(cast: Cast) -> str:
    """Agreed values, rules for two channels, short links, one of them over, and an address that a live post lost."""
    wish = link_rules.Wish(
        hosts=("reef.example",), sources=("bluesky", "newsletter", "poster"), mediums=("social", "email", "print"),
        campaigns=("keep-the-reef",), short_host="go.reef.example",
    )  # fmt: skip
    link_rules.set_rules(cast.lead, wish)
    campaign = made.a_campaign(cast.lead, "Keep the reef")
    link_rules.set_default(cast.lead, {"source": "bluesky", "medium": "social"}, channel="bluesky")
    link_rules.set_default(cast.lead, {"campaign": "keep-the-reef"}, campaign=campaign)
    page = "https://www.reef.example/half-of-the-reef"
    short_links.make_link(cast.lead, short_links.Wish(leads_to=page, code="old", ends_at=timezone.now()))
    row = short_links.make_link(cast.lead, short_links.Wish(leads_to=f"{page}?utm_source=poster", name="Poster"))
    today = timezone.now().date()
    ShortLinkDay.objects.bulk_create(
        ShortLinkDay(link=row, day=today - timedelta(days=back), value=visits)
        for back, visits in enumerate((12, 140, 96, 33))
    )
    target = made.a_post(cast.senior, state=Target.State.PROVEN)
    gone = LinkCheck.objects.create(
        workspace=cast.workspace, address="https://elsewhere.example/gone", state="dead", problem="HTTP 404",
        checked_at=timezone.now(),
    )  # fmt: skip
    EditionLink.objects.create(edition=target.edition, address=gone)
    return "/links/"


def a_short_link(cast: Cast) -> str:
    """One that was followed for some days."""
    the_links(cast)
    return f"/links/short/{ShortLink.objects.get(name='Poster').pk}/"


def a_search(cast: Cast) -> str:
    """A word that a campaign, pieces, pictures and posts have."""
    a_busy_morning(cast)
    return "/search/?q=reef"


def _a_newsletter(cast: Cast) -> Account:
    """A newsletter with readers in every state."""
    account, is_new = Account.objects.get_or_create(
        workspace=cast.workspace, channel="newsletter", name="Reef letters", handle="letters@reef.example"
    )
    for number in range(120 if is_new else 0):
        state = Reader.State.values[number % 4] if number % 5 == 0 else Reader.State.READS
        told = {"state": state, "came_by": "form", "consent": "Confirmed by a link in a letter on 2026-11-03 09:00 UTC"}
        ended = (
            {"ended_at": timezone.now(), "ended_why": "By the link in a letter"} if state in ("left", "barred") else {}
        )
        address = f"reader{number}@{'a-rather-long-domain-name' if number == 1 else 'reader'}.example"
        Reader.objects.create(
            account=account, address=address, address_key=address, joined_at=timezone.now(), **told, **ended
        )
    return account


def the_readers(cast: Cast) -> str:
    """A list of more than a page, with a table that waits."""
    account = _a_newsletter(cast)
    rows = [[2, "ada@reader.example", "Ada"], [3, "no address", ""], [4, "reader1@reader.example", ""]]
    ReaderTable.objects.create(account=account, by=cast.lead, name="stand.csv", consent="At our stand", rows=rows)
    return f"/accounts/{account.pk}/readers/"


def a_table_of_readers(cast: Cast) -> str:
    the_readers(cast)
    return f"/readers/tables/{ReaderTable.objects.latest('pk').pk}/"


def the_letters(cast: Cast) -> str:
    """Letters of one issue, some of which nobody knows about."""
    account = _a_newsletter(cast)
    target = made.a_post(cast.senior, account=account, state=State.PROVEN, due_at=timezone.now() - timedelta(hours=1))
    mailing = Mailing.objects.create(target=target, state=Mailing.State.DONE, ended_at=timezone.now())
    for number, reader in enumerate(account.readers.filter(state="reads")[:30]):
        state = Letter.State.UNKNOWN if number % 10 == 3 else Letter.State.ACCEPTED
        told = {"state": state, "answer": "250 2.0.0 OK queued as 4F1", "answered_at": timezone.now()}
        Letter.objects.create(mailing=mailing, reader=reader, key=f"{number:032}", **told)
    return f"/posts/{target.pk}/letters/?state=unknown"


def a_mailed_post(cast: Cast) -> str:
    the_letters(cast)
    return f"/posts/{Mailing.objects.latest('pk').target_id}/"
