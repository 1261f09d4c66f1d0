"""Every page of the product, one line each. Whoever adds a page adds it here; the suite does the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services import people
from crosscut.apps.plan.services import audiences, campaigns, figures
from tests.acceptance import logins, pieces, scenes, shelf
from tests.cast import Cast


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One page as one person sees it."""

    name: str  # names the screenshots and the test
    path: str | Callable[[Cast], str]  # the address, or a function that makes what it needs and gives it
    who: str | None = "lead"  # who of the cast looks; None: nobody is signed in
    status: int = 200
    ready: str = "main"  # a selector that is there when the page is


def a_campaign(cast: Cast) -> str:
    """A campaign with everything a planner can put in."""
    young = audiences.describe_audience(cast.lead, "Young divers", "16 to 25, near the coast, on short video.")
    row = campaigns.create_campaign(
        cast.lead,
        campaigns.Plan(
            name="Keep the reef",
            objective="Two thousand young divers know what they can do before breakfast.",
            brief="**Six things** one can do.\n\n- short\n- kind",
            audiences=(young.pk,),
            starts_on=date(2026, 11, 1),
            ends_on=date(2027, 2, 15),
            budget_minor=500_000,
        ),
    )
    aim = figures.Aim(name="They read it", metric="site.page_views", goal=Decimal(2000))
    figures.set_key_result(cast.lead, row.pk, aim)
    spent = figures.Expense(label="Boat", amount_minor=120_000, hours=Decimal("7.5"), spent_on=date(2026, 11, 3))
    figures.enter_cost(cast.lead, row.pk, spent)
    return f"/campaigns/{row.pk}/"


def the_accounts(cast: Cast) -> str:
    """One account of each state."""
    for number, state in enumerate(Account.State):
        Account.objects.create(
            workspace=cast.workspace, channel="mastodon", name=f"Reef {number}", handle=f"@reef{number}", state=state
        )
    logins.a_network(cast)
    return "/accounts/"


def an_invitation(cast: Cast) -> str:
    """A link somebody was sent."""
    _invitation, secret = people.invite(cast.lead, role="specialist")
    return f"/invitation/{secret}/"


PAGES: tuple[Visit, ...] = (
    Visit(name="style", path="/style/", who=None),
    Visit(name="style-sign-in", path="/style/sign-in/", who=None),
    Visit(name="style-calendar-month", path="/style/calendar/?view=dayGridMonth", who=None, ready=".cal-post"),
    Visit(name="style-calendar-week", path="/style/calendar/?view=timeGridWeek", who=None, ready=".cal-post"),
    Visit(name="style-calendar-list", path="/style/calendar/?view=listWeek", who=None, ready=".cal-post"),
    Visit(name="error-404", path="/no-such-page/", status=404),
    Visit(name="error-404-stranger", path="/no-such-page/", who=None, status=404),
    Visit(name="error-problem", path="/style/calendar/posts/", status=422),
    Visit(name="sign-in", path="/sign-in/", who=None),
    Visit(name="team", path="/team/"),
    Visit(name="accounts-none", path="/accounts/"),
    Visit(name="settings", path="/settings/"),
    Visit(name="activity", path="/activity/"),
    Visit(name="profile", path="/profile/"),
    Visit(name="library-none", path="/library/"),
    Visit(name="library", path=shelf.a_shelf),
    Visit(name="library-nothing-found", path=lambda cast: shelf.a_shelf(cast) + "?q=shark"),
    Visit(name="asset", path=shelf.an_asset),
    Visit(name="asset-junior", path=shelf.an_asset, who="junior"),
    Visit(name="asset-with-people", path=shelf.an_asset_with_people),
    Visit(name="asset-rights", path=lambda cast: shelf.an_asset_with_people(cast) + "view/rights/"),
    *(
        Visit(name=f"asset-{part}", path=shelf.an_assets(part))
        for part in ("metadata", "versions", "uses", "file", "activity")
    ),
    Visit(name="asset-compare", path=shelf.two_versions),
    Visit(name="asset-compare-films", path=shelf.two_films),
    Visit(name="asset-uses-many", path=scenes.a_used_asset),
    Visit(name="replace-choose", path=scenes.a_replacement),
    Visit(name="replace-look", path=lambda cast: scenes.a_replacement(cast, "look")),
    Visit(name="replacement", path=lambda cast: scenes.a_replacement(cast, "done")),
    Visit(name="asset-checks", path=shelf.a_checked_film),
    Visit(name="asset-shapes", path=shelf.a_framed_film, ready=".framing-sides"),
    Visit(name="asset-shapes-still", path=shelf.a_framed_still, ready=".crops"),
    Visit(name="asset-checks-sound", path=lambda cast: f"{shelf.a_talk(cast)}view/checks/"),
    Visit(name="asset-sound", path=lambda cast: f"{shelf.a_talk(cast)}view/make/"),
    Visit(name="asset-words", path=lambda cast: f"{shelf.a_talk(cast)}view/words/"),
    Visit(name="asset-origin", path=shelf.a_signed_asset),
    Visit(name="credentials-none", path="/settings/credentials/"),
    Visit(name="credentials", path=lambda cast: shelf.a_signed_asset(cast) and "/settings/credentials/"),
    Visit(name="asset-metadata", path=shelf.a_described_asset),
    Visit(name="asset-metadata-edit", path=lambda cast: shelf.metadata_of(cast, "fields/rights/")),
    Visit(name="asset-changes", path=lambda cast: shelf.metadata_of(cast, "changes/")),
    Visit(name="own-fields", path=shelf.own_words),
    Visit(name="vocabulary", path=lambda cast: shelf.own_words(cast) + shelf.vocabulary_id(cast)),
    Visit(name="metadata-in-none", path="/library/metadata/"),
    Visit(name="metadata-in", path=shelf.an_intake),
    Visit(name="changes", path=shelf.changes_together),
    Visit(name="brand", path=shelf.a_brand_kit),
    Visit(name="brands", path=shelf.the_brand_kits),
    Visit(name="brand-fill", path=shelf.a_template_to_fill),
    Visit(name="collections-none", path="/library/collections/"),
    Visit(name="collections", path=shelf.the_collections),
    Visit(name="collection", path=shelf.a_collection),
    Visit(name="lightbox", path=shelf.a_lightbox, who=None, ready=".lightbox"),
    Visit(name="lightbox-picture", path=shelf.a_lightbox_picture, who=None),
    Visit(name="lightbox-password", path=shelf.a_locked_lightbox, who=None),
    Visit(name="library-fields", path=shelf.several_chosen),
    Visit(name="duplicates-none", path="/library/duplicates/"),
    Visit(name="duplicates", path=shelf.many_twins),
    Visit(name="duplicate-group", path=shelf.a_group_of_twins),
    Visit(name="people-none", path="/library/people/"),
    Visit(name="people", path=lambda cast: shelf.an_asset_with_people(cast) and "/library/people/"),
    Visit(name="person", path=shelf.a_person),
    Visit(name="asset-with-papers", path=shelf.an_asset_with_papers),
    Visit(name="licence-ready-made", path=shelf.a_ready_made_licence),
    Visit(name="storage-none", path="/library/storage/"),
    Visit(name="storage", path=shelf.full_storage),
    Visit(name="bin-none", path="/library/bin/"),
    Visit(name="bin", path=shelf.a_bin),
    Visit(name="rights-none", path="/rights/"),
    Visit(name="rights", path=shelf.ending_rights),
    Visit(name="upload", path=lambda cast: shelf.a_shelf(cast) + "add/"),
    Visit(name="licences", path=shelf.the_licences),
    Visit(name="library-map", path=lambda cast: shelf.made_somewhere(cast, "map/")),
    Visit(name="library-time", path=lambda cast: shelf.made_somewhere(cast, "time/")),
    Visit(name="ways-in-none", path="/library/ways-in/"),
    Visit(name="ways-in", path=shelf.two_ways_in),
    Visit(name="campaigns-none", path="/campaigns/"),
    Visit(name="campaign-new", path="/campaigns/new/"),
    Visit(name="campaign", path=a_campaign),
    Visit(name="approval-steps", path=pieces.the_steps, who="senior"),
    Visit(name="campaigns", path=lambda cast: a_campaign(cast) and "/campaigns/"),
    Visit(name="audiences", path="/campaigns/audiences/"),
    Visit(name="accounts", path=the_accounts),
    Visit(name="account-choose", path="/accounts/connect/"),
    Visit(name="account-connect", path="/accounts/connect/podcast/"),
    Visit(name="account-connect-network", path="/accounts/connect/instagram/"),
    Visit(name="account-network", path=lambda cast: f"/accounts/{logins.a_network(cast).pk}/"),
    Visit(name="account-places", path=logins.the_places),
    Visit(name="tokens", path="/profile/tokens/"),
    Visit(name="invitation", path=an_invitation, who=None),
    Visit(name="pieces-none", path="/pieces/"),
    Visit(name="pieces", path=pieces.the_list),
    Visit(name="pieces-nothing-found", path=lambda cast: pieces.the_list(cast) + "?q=shark"),
    Visit(name="piece-new", path=pieces.a_new_piece),
    Visit(name="piece-empty", path=pieces.empty_piece, who="junior", ready="#findings h2"),
    Visit(name="piece", path=pieces.full_piece, who="senior", ready=".finding"),
    Visit(name="piece-between-steps", path=pieces.a_piece_between_steps, who="specialist", ready=".approval-step"),
    Visit(name="piece-article", path=pieces.an_article, who="junior", ready=".finding"),
    Visit(name="piece-thread", path=pieces.a_thread, who="junior", ready=".finding"),
    Visit(name="piece-earlier", path=pieces.an_earlier_state),
    Visit(name="translate", path=pieces.a_translation, who="junior", ready=".passage"),
    Visit(name="translation-memory", path=pieces.a_memory),
    Visit(name="markets", path=pieces.the_markets),
    Visit(name="links", path=scenes.the_links),
    Visit(name="short-link", path=scenes.a_short_link),
    Visit(name="home-quiet", path="/"),
    Visit(name="home", path=scenes.a_busy_morning),
    Visit(name="home-junior", path=scenes.a_busy_morning, who="junior"),
    Visit(name="calendar-none", path="/calendar/"),
    Visit(name="calendar-month", path=scenes.a_month, ready=".cal-post"),
    Visit(name="calendar-month-full", path=scenes.a_full_month, ready=".cal-rest"),
    Visit(name="calendar-week-full", path=scenes.a_full_week, ready=".cal-rest"),
    Visit(name="calendar-day-full", path=scenes.a_full_day, ready=".cal-post"),
    Visit(name="calendar-week", path=scenes.a_week, ready=".cal-post"),
    Visit(name="calendar-list", path=scenes.a_list, ready=".cal-post"),
    Visit(name="calendar-kept", path=scenes.kept_views, ready=".cal-post"),
    Visit(name="times", path=scenes.the_times),
    Visit(name="series-none", path="/calendar/series/"),
    Visit(name="series-new", path=scenes.a_piece_to_repeat, who="senior", ready=".series-days"),
    Visit(name="series", path=scenes.a_series, who="senior"),
    Visit(name="series-all", path=scenes.all_series, who="senior"),
    Visit(name="calendar-series", path=scenes.a_month_of_series, who="senior", ready=".cal-post"),
    Visit(name="board", path=scenes.the_board, ready=".board-card"),
    Visit(name="board-channel", path=scenes.the_board_by_channel, ready=".board-card"),
    Visit(name="board-campaign", path=scenes.the_board_by_campaign, ready=".board-card"),
    Visit(name="board-member", path=scenes.the_board_by_member, ready=".board-card"),
    Visit(name="post-import", path=scenes.an_import),
    Visit(name="calendar-subscribe", path="/calendar/subscribe/"),
    Visit(name="posts-none", path="/posts/"),
    Visit(name="posts", path=scenes.all_posts),
    Visit(name="posts-narrowed", path=scenes.narrowed_posts),
    Visit(name="post-planned", path=scenes.a_planned_post),
    Visit(name="post-proven", path=scenes.a_proven_post, ready="[data-numbers]"),
    Visit(name="post-differs", path=scenes.a_differing_post, ready="[data-numbers]"),
    Visit(name="post-doubted", path=scenes.a_doubted_post),
    Visit(name="post-partly-out", path=scenes.a_thread_partly_out),
    Visit(name="post-by-hand", path=scenes.a_post_by_hand),
    Visit(name="post-by-hand-taken", path=scenes.a_post_by_hand, who="specialist"),
    Visit(name="post-mailed", path=scenes.a_mailed_post, ready="[data-letters]"),
    Visit(name="post-letters", path=scenes.the_letters),
    Visit(name="readers", path=scenes.the_readers),
    Visit(name="readers-table", path=scenes.a_table_of_readers),
    Visit(name="hold", path=scenes.a_hold),
    Visit(name="campaign-report", path=scenes.a_report, ready=".chart"),
    Visit(name="guest-review", path=pieces.a_review, who=None),
    Visit(name="guest-new-version", path=pieces.a_new_version, who=None),
    Visit(name="guest-password", path=pieces.a_protected_review, who=None),
    Visit(name="guest-as-team", path=pieces.a_review),
    Visit(name="guest-over", path="/review/ccg_nothing/", who=None, status=404),
    Visit(name="shared-none", path="/shared/", who="guest"),
    Visit(name="shared", path=pieces.shared_with_a_guest, who="guest"),
    Visit(name="piece-with-guests", path=pieces.a_piece_with_guests, ready=".guest-talk"),
    Visit(name="search", path=scenes.a_search, ready=".found"),
    Visit(name="search-nothing", path="/search/?q=zzqqyy", ready=".empty"),
    Visit(name="search-places", path="/search/"),
    Visit(name="api-contents", path="/api/docs", who=None),
    Visit(name="api-reference", path="/api/docs?about=campaigns", who=None),
)
