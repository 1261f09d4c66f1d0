"""What files say of their origin, in plain words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crosscut.media.provenance import Manifest, Provenance, State

NAMES = {
    "c2pa.created": gettext_lazy("created"),
    "c2pa.opened": gettext_lazy("opened"),
    "c2pa.cropped": gettext_lazy("cropped"),
    "c2pa.resized": gettext_lazy("made smaller"),
    "c2pa.transcoded": gettext_lazy("encoded anew"),
    "c2pa.color_adjustments": gettext_lazy("colours changed"),
    "c2pa.edited": gettext_lazy("edited"),
    "c2pa.placed": gettext_lazy("put into it"),
    "c2pa.trimmed": gettext_lazy("shortened"),
}


@dataclass(frozen=True, kw_only=True)
class Link:
    """One signed statement: one state of the file on its way."""

    title: str
    signer: str
    tool: str
    done: str  # what was done, in words
    is_ai: bool
    made_from: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a file says of its origin, as a page shows it."""

    state: str  # of media State
    words: str
    problems: tuple[str, ...]  # what does not hold, and why
    links: tuple[Link, ...]  # the file's own statement first


def shown(found: Provenance | None) -> Shown | None:
    """In the reader's words; None where nothing could be read."""
    if found is None:
        return None
    return Shown(
        state=found.state.value,
        words=_words(found.state),
        problems=tuple(problem.message for problem in found.problems),
        links=tuple(_link(manifest) for manifest in found.manifests),
    )


def _words(state: State) -> str:
    return {
        State.NONE: _("It carries no content credentials."),
        State.TRUSTED: _("Unchanged since it was signed, by a signer you trust."),
        State.VALID: _("Unchanged since it was signed; nobody vouches for the signer here."),
        State.BROKEN: _("What it says of its origin does not hold."),
    }[state]


def _link(manifest: Manifest) -> Link:
    return Link(
        title=manifest.title or manifest.label,
        signer=manifest.signer,
        tool=manifest.tool,
        done=", ".join(dict.fromkeys(_done(action) for action in manifest.actions)),
        is_ai=manifest.is_ai,
        made_from=", ".join(part.title for part in manifest.ingredients),
    )


def _done(action: str) -> str:
    return str(NAMES.get(action, action.partition(".")[2].replace("_", " ")))
