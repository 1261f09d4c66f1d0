"""The sentences the pages' scripts say, translated here so that one catalogue holds every word."""

from django.utils.translation import gettext as _


def page_words() -> dict[str, str]:
    """Each sentence by the key the scripts use. `{name}` is filled in by the script."""
    return {
        "close": _("Close"),
        "undo": _("Undo"),
        "retry": _("Try again"),
        "cancel": _("Cancel"),
        "failed": _("That did not work: {reason} Nothing was changed."),
        "offline": _("The server did not answer. Your work is still here; try again."),
        "over": _("{count} too many"),
        "left": _("{count} left of {limit}"),
        "saving": _("Saving…"),
        "saved": _("Saved {time}"),
        "unsaved": _("Not saved yet"),
        "save_failed": _("Not saved: {reason}"),
        "conflict": _("Somebody else changed this meanwhile."),
        "moved": _("{title} moved to {time}."),
        "moved_back": _("{title} is back at {time}."),
        "move_refused": _("{title} stays where it was: {reason}"),
        "waiting": _("Waiting"),
        "uploading": _("{percent} % · {left} left"),
        "checking": _("All sent. Crosscut looks at the file…"),
        "upload_cancelled": _("Cancelled"),
        "upload_failed": _("Not uploaded: {reason}"),
        "uploads_done": _("{count} of {total} files were sent."),
        "upload_twice": _("{name} is in the list already."),
        "received": _("Received. It is being read."),
        "remove": _("Cancel {name}"),
        "theme_auto": _("Colours follow the device"),
        "theme_light": _("Light colours"),
        "theme_dark": _("Dark colours"),
        "today": _("Today"),
        "previous": _("Earlier"),
        "next": _("Later"),
        "month": _("Month"),
        "week": _("Week"),
        "day": _("Day"),
        "list": _("List"),
        "more": _("{count} more"),
        "nothing": _("Nothing is planned here"),
        "at_risk": _("Would not go out"),
        "calendar_failed": _("The posts could not be loaded. Try again in a moment."),
        "copied": _("Copied"),
    }
