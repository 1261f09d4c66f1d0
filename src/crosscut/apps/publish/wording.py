"""Posts, tries and holds in plain words. A person reads "post", "approved version", "try" and "proof"."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crosscut.apps.publish.models import Hold, Proof, Target
from crosscut.apps.publish.services.parts import awaits_comment, post_count
from crosscut.channels.icons import name_of
from crosscut.channels.registry import is_by_hand, is_unreadable

State = Target.State
STATES = {
    State.SCHEDULED: gettext_lazy("Scheduled"),
    State.STAGING: gettext_lazy("Being made ready"),
    State.HANDED: gettext_lazy("Waits for a person"),
    State.BLOCKED: gettext_lazy("Blocked"),
    State.SENDING: gettext_lazy("Sending"),
    State.PARTLY: gettext_lazy("Partly out"),
    State.SENT: gettext_lazy("Sent"),
    State.PROVEN: gettext_lazy("Proven live"),
    State.UNKNOWN: gettext_lazy("Unknown"),
    State.REFUSED: gettext_lazy("Refused"),
    State.CANCELLED: gettext_lazy("Cancelled"),
    State.RECALLING: gettext_lazy("Being taken down"),
    State.RECALLED: gettext_lazy("Taken down"),
}
VERDICTS = {
    Proof.Verdict.SAME: gettext_lazy("The public sees what was sent"),
    Proof.Verdict.PARTLY: gettext_lazy("What can be read is what was sent; not everything can be read"),
    Proof.Verdict.DIFFERS: gettext_lazy("The public sees something else than what was sent"),
    Proof.Verdict.MISSING: gettext_lazy("The public cannot see it"),
    Proof.Verdict.UNREADABLE: gettext_lazy("What the public sees could not be read"),
}
_MEANINGS = {
    State.SCHEDULED: gettext_lazy("It goes out by itself when it is due."),
    State.STAGING: gettext_lazy("The channel has its files and prepares them. Nobody can see anything yet."),
    State.HANDED: gettext_lazy("It is due. Somebody posts it by hand and says where it is; nothing is out yet."),
    State.BLOCKED: gettext_lazy("It does not go out before this is put right."),
    State.SENDING: gettext_lazy("It is on its way to the channel this very moment."),
    State.PARTLY: gettext_lazy("Some of its parts are out. The next one follows when the one before is certain."),
    State.SENT: gettext_lazy("The channel has it. Now it is read back as the public sees it."),
    State.PROVEN: gettext_lazy("It was read back as the public sees it, and it is what was sent."),
    State.UNKNOWN: gettext_lazy("It may or may not be out. It is never sent a second time before that is certain."),
    State.REFUSED: gettext_lazy("The channel does not take it, and nothing is out."),
    State.CANCELLED: gettext_lazy("It was taken off the calendar before it went out."),
    State.RECALLING: gettext_lazy("It is being taken down from the channel."),
    State.RECALLED: gettext_lazy("It was taken down, and reading the channel shows that it is gone."),
}

_COMMENT_MEANINGS = {
    State.PARTLY: gettext_lazy("The post is out. Its first comment follows when that is certain."),
    State.SENDING: gettext_lazy("The post is out. Its first comment is being written this very moment."),
    State.UNKNOWN: gettext_lazy(
        "The post is out. Whether its first comment is there is not known: it is never written a second time before "
        "that is certain."
    ),
}
_COMMENT_STOPPED = gettext_lazy(
    "The post is out, and its first comment is not. Have it written, change it, leave it out, or take the post down."
)


def state_word(state: str) -> str:
    """The state as a word."""
    return _("Held") if state == "held" else str(STATES.get(State(state), state))


def state_meaning(state: str) -> str:
    """What the state means for whoever waits for the post."""
    if state == "held":
        return _("A hold stops it. It goes out when the hold is lifted.")
    return str(_MEANINGS[State(state)])


def parts_words(target: Target) -> str:
    """How far a thread is; empty for a post that is none, and while nothing of it is out or all is."""
    is_over = target.state in (State.SENT, State.PROVEN, State.RECALLED, State.CANCELLED)
    if target.part_count == 1 or not target.parts_out or is_over:
        return ""
    if awaits_comment(target):
        return _("The first comment is not there yet.")
    counts = {"out": target.parts_out, "n": post_count(target)}
    return ngettext("%(out)d of %(n)d parts is out.", "%(out)d of %(n)d parts are out.", target.parts_out) % counts


def parts_meaning(target: Target) -> str:
    """What the state means where parts are out and others not; empty where it means the same as everywhere."""
    if awaits_comment(target) and target.state in _COMMENT_MEANINGS:
        is_stopped = target.state == State.PARTLY and target.needs_person
        return str(_COMMENT_STOPPED if is_stopped else _COMMENT_MEANINGS[State(target.state)])
    if target.state == State.PARTLY and target.needs_person:
        return _("It stopped half-way. Let the rest go out, change it in the piece, or take down what is there.")
    return ""


def by_hand_meaning(target: Target, holder: str) -> str:
    """What the state means where a person posts, or posted; empty where it means the same as everywhere."""
    names = {"account": target.account.name, "who": holder}
    if holder and target.state == State.SENDING:
        return _("%(who)s has taken it and posts it on %(account)s. It may be out already.") % names
    if target.state == State.SENT and is_by_hand(target.account.channel):
        return _("A person says that it is on %(account)s. What can be read there stands below.") % names
    if target.state == State.SENT and is_unreadable(target.account.channel):
        return _("%(account)s took it. No program can look whether it is there: that is never proven.") % names
    return ""


def hold_words(hold: Hold) -> str:
    """What the hold stops, one short sentence."""
    if hold.scope == Hold.Scope.CAMPAIGN and hold.campaign:
        return _("No post of %(campaign)s goes out") % {"campaign": hold.campaign}
    if hold.scope == Hold.Scope.CHANNEL:
        return _("Nothing goes out to %(channel)s") % {"channel": name_of(hold.value)}
    if hold.scope == Hold.Scope.TOPIC:
        return _("No post about %(topic)s goes out") % {"topic": hold.value}
    return _("Nothing goes out")


def part_word(part: str) -> str:
    """A compared part of a post for a person: `alt text 2` is “Alt text 2”.

    >>> part_word("alt text 2"), part_word("media"), part_word("2: text")
    ('Alt text 2', 'Pictures, films and sound', 'Part 2: Text')
    """
    of, _colon, rest = part.partition(": ")
    if of.isdigit() and rest:
        return _("Part %(n)s: %(what)s") % {"n": of, "what": part_word(rest)}
    name, _space, number = part.rpartition(" ") if part[-1:].isdigit() else (part, "", "")
    words = {
        "text": _("Text"),
        "title": _("Title"),
        "link": _("Link"),
        "first comment": _("First comment"),
        "media": _("Pictures, films and sound"),
        "alt text": _("Alt text"),
        "file": _("File"),
        "reading": _("Reading"),
        "answers": _("Answers the part before"),
        "post": _("Post"),
    }
    return f"{words.get(name, name.capitalize())} {number}".strip()
