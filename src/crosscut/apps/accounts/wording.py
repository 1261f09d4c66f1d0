"""People, roles, events and accounts in plain sentences."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timesince, timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crosscut.apps.accounts.models import Account, AuditEvent, Role, Trip
from crosscut.channels.registry import channels

ROLES = {
    Role.LEAD: gettext_lazy("Does everything: members, accounts, settings and all that follows."),
    Role.SENIOR: gettext_lazy("Approves work, signs exceptions, holds publishing, and does all that follows."),
    Role.SPECIALIST: gettext_lazy("Plans campaigns, clears rights, schedules and publishes."),
    Role.JUNIOR: gettext_lazy("Writes posts, uploads and describes media. A senior approves before it goes out."),
    Role.GUEST: gettext_lazy("Sees what was shared, and nothing else. For clients, vendors and freelancers."),
}

# What a person did, said after their name. `%(label)s` is the thing's name at that time.
_SENTENCES = {
    "workspace.founded": gettext_lazy("set up the workspace %(label)s"),
    "workspace.changed": gettext_lazy("changed the settings of %(label)s"),
    "member.invited": gettext_lazy("invited somebody as %(role)s"),
    "invitation.withdrawn": gettext_lazy("withdrew an invitation"),
    "member.joined": gettext_lazy("joined as %(role)s"),
    "member.role_changed": gettext_lazy("changed %(label)s from %(before)s to %(after)s"),
    "member.removed": gettext_lazy("removed %(label)s from the team"),
    "profile.changed": gettext_lazy("changed their profile"),
    "password.changed": gettext_lazy("changed their password"),
    "token.created": gettext_lazy("made the API token %(label)s"),
    "token.revoked": gettext_lazy("revoked the API token %(label)s"),
    "account.connected": gettext_lazy("connected %(label)s"),
    "account.reconnected": gettext_lazy("connected %(label)s again"),
    "account.renewed": gettext_lazy("renewed the login of %(label)s"),
    "account.login_lost": gettext_lazy("lost the login of %(label)s: %(why)s"),
    "account.disconnected": gettext_lazy("disconnected %(label)s"),
    "reader.added": gettext_lazy("entered the reader %(label)s"),
    "reader.taken_out": gettext_lazy("took the reader %(label)s out"),
    "reader.forgotten": gettext_lazy("forgot the reader %(label)s for good"),
    "reader.left": gettext_lazy("noted that the reader %(label)s has left"),
    "reader.joined": gettext_lazy("noted that the reader %(label)s has signed up"),
    "readers.imported": gettext_lazy("brought %(added)s readers in from %(label)s"),
    "readers.exported": gettext_lazy("wrote the readers of %(label)s as a table"),
    "letters.begun": gettext_lazy("began %(letters)s letters of %(label)s"),
    "letters.done": gettext_lazy("handed over all letters of %(label)s"),
    "letters.stopped": gettext_lazy("stopped the letters of %(label)s: it was taken down"),
    "letters.settled": gettext_lazy("said what became of %(letters)s letters of %(label)s"),
    "job.cancelled": gettext_lazy("stopped “%(label)s”"),
    "translation_memory.brought_in": gettext_lazy("brought %(added)s texts into the translation memory"),
    "translation_memory.taken_out": gettext_lazy("took %(gone)s texts out of the translation memory again"),
    "campaign.created": gettext_lazy("started the campaign %(label)s"),
    "campaign.changed": gettext_lazy("changed the campaign %(label)s"),
    "campaign.approval_steps": gettext_lazy("said who approves the pieces of the campaign %(label)s"),
    "campaign.archived": gettext_lazy("archived the campaign %(label)s"),
    "campaign.restored": gettext_lazy("brought the campaign %(label)s back"),
    "keyresult.set": gettext_lazy("set the key result %(label)s"),
    "keyresult.removed": gettext_lazy("removed the key result %(label)s"),
    "cost.entered": gettext_lazy("entered the cost %(label)s"),
    "cost.removed": gettext_lazy("removed the cost %(label)s"),
    "piece.shared": gettext_lazy("showed %(label)s to the guest %(guest)s"),
    "piece.shown": gettext_lazy("showed %(guest)s the newest version of %(label)s"),
    "piece.unshared": gettext_lazy("ended the sharing of %(label)s with %(guest)s"),
    "piece.guest_answered": gettext_lazy("answered %(guest)s about %(label)s"),
    "piece.guest_commented": gettext_lazy("keeps a comment of the guest %(guest)s on %(label)s"),
    "piece.guest_approved": gettext_lazy("keeps the approval of %(label)s by the guest %(guest)s"),
    "piece.guest_wants_changes": gettext_lazy("keeps a wish of the guest %(guest)s for changes in %(label)s"),
    "subject.shown": gettext_lazy("noted that %(name)s can be recognised in %(label)s"),
    "subject.not_shown": gettext_lazy("noted that %(name)s cannot be recognised in %(label)s"),
    "consent.given": gettext_lazy("entered the consent of %(label)s: %(agreed)s"),
    "consent.withdrawn": gettext_lazy("withdrew a consent of %(label)s"),
    "consent.reinstated": gettext_lazy("brought a consent of %(label)s back"),
    "asset.embargo_set": gettext_lazy("set an embargo on %(label)s"),
    "asset.embargo_lifted": gettext_lazy("lifted the embargo on %(label)s"),
    "asset.rights_needed": gettext_lazy("said which rights of %(label)s need a licence"),
    "changeset.made": gettext_lazy("changed what is known of %(assets)s assets %(label)s"),
    "vocabulary.tags_set": gettext_lazy("said whether tags come from the vocabulary %(label)s"),
    "vocabulary.words_added": gettext_lazy("put words into the vocabulary %(label)s"),
    "vocabulary.term_removed": gettext_lazy("took %(term)s out of the vocabulary %(label)s"),
    "audience.created": gettext_lazy("described the audience %(label)s"),
    "audience.changed": gettext_lazy("changed the audience %(label)s"),
    "audience.removed": gettext_lazy("removed the audience %(label)s"),
}
# What the trail calls a thing, where a person says otherwise.
_THINGS = {"edition": gettext_lazy("version"), "target": gettext_lazy("post"), "keyresult": gettext_lazy("key result")}


class _Values(dict[str, object]):
    """What a sentence needs and an old event may lack."""

    def __missing__(self, key: str) -> str:
        return "…"


def event_sentence(event: AuditEvent) -> str:
    """What was done, to be read after the name of who did it.

    A verb without a sentence of its own is said from its parts: `piece.approved` becomes “approved the piece …”.
    """
    sentence = _SENTENCES.get(event.verb)
    if sentence:
        return str(sentence) % _Values({**event.detail, "label": event.label})
    noun, _dot, done = event.verb.partition(".")
    thing = _THINGS.get(noun, noun.replace("_", " "))
    return _("%(done)s the %(thing)s %(label)s") % {
        "done": done.replace("_", " "),
        "thing": thing,
        "label": event.label,
    }


def account_health(account: Account) -> str:
    """How the account is, from its last real exchange and not from what we believe."""
    if account.state == Account.State.DISCONNECTED:
        return _("Disconnected: nothing is sent there.")
    if not account.last_exchange_at:
        return _("Not asked yet.")
    is_fresh = timezone.now() - account.last_exchange_at < timedelta(minutes=1)
    if is_fresh and not account.problem:
        return _("Answered just now.")
    ago = timesince.timesince(account.last_exchange_at, depth=1)
    if account.problem and is_fresh:
        return _("Refused just now: %(problem)s") % {"problem": account.problem}
    if account.problem:
        return _("Refused %(ago)s ago: %(problem)s") % {"ago": ago, "problem": account.problem}
    return _("Answered %(ago)s ago.") % {"ago": ago}


def login_life(account: Account) -> str:
    """How long the login lasts, one sentence; empty where it lasts until somebody takes it back."""
    if account.token_expires_at is None or account.state == Account.State.DISCONNECTED:
        return ""
    ends = date_format(timezone.localtime(account.token_expires_at), "DATE_FORMAT")
    if account.login_ends_at and account.token_expires_at > timezone.now():
        return _("The login is renewed until %(when)s and must be given again then.") % {
            "when": date_format(timezone.localtime(account.login_ends_at), "DATE_FORMAT")
        }
    if account.token_expires_at < timezone.now():
        return _("The login ended on %(when)s.") % {"when": ends}
    if account.renew_at is None:
        return _("The login ends on %(when)s and must be given again.") % {"when": ends}
    return _("The login lasts until %(when)s. Crosscut renews it before, on %(renewed)s.") % {
        "when": ends,
        "renewed": date_format(timezone.localtime(account.renew_at), "DATE_FORMAT"),
    }


def granted_words(account: Account) -> list[str]:
    """What the channel granted, in plain words where we know the scope."""
    known = channels().get(account.channel)
    words = {scope.name: scope.words for scope in known.scopes} if known else {}
    return [words.get(name, name) for name in account.scopes]


def lacking_words(account: Account) -> list[str]:
    """What was asked for and not granted, in plain words; nothing where the channel does not say what it granted."""
    known = channels().get(account.channel)
    if not known or not account.scopes:
        return []
    return [scope.words for scope in known.scopes if scope.name not in account.scopes]


def trip_state(trip: Trip) -> str:
    """Where somebody is on the way to a login page: "waiting", "choosing", "ended"."""
    if trip.ended_at or trip.expires_at < timezone.now():
        return "ended"
    return "choosing" if trip.back_at else "waiting"


@dataclass(frozen=True, kw_only=True)
class Card:
    """An account as its card shows it."""

    account: Account
    channel: str  # the channel's name for a person
    state: str  # a state of the design system
    health: str  # a sentence
    life: str  # how long the login lasts, a sentence; empty where it lasts until somebody takes it back
    granted: list[str]  # in plain words
    lacking: list[str]  # what was asked for and not granted
    demands_connecting: bool  # its one obvious action is to connect it again
    has_readers: bool = False  # its issues are mailed to people it keeps


def account_card(account: Account) -> Card:
    """What a person wants to know of an account. One whose channel is gone from this installation says so."""
    known = channels().get(account.channel)
    return Card(
        account=account,
        channel=known.name if known else _("%(slug)s (not installed)") % {"slug": account.channel},
        state="failed" if account.problem and account.state == Account.State.CONNECTED else account.state,
        health=account_health(account),
        life=login_life(account),
        granted=granted_words(account),
        lacking=lacking_words(account),
        demands_connecting=account.state != Account.State.CONNECTED,
        has_readers=known is not None and known.mails_readers,
    )
