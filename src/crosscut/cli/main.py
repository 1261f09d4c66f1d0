"""The command's first step: which words there are, and what happens when one of them meets an error."""

import sys
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from crosscut.cli import answers
from crosscut.cli.lazily import Word, group_of
from crosscut.kernel.errors import CrosscutError

_ALL_ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True}


def _word(name: str, says: str) -> Word:
    return Word(place=f"crosscut.cli.{name}:{name}", says=says)


def _sound(name: str, says: str) -> Word:
    """One of the words about sound, which share a file."""
    return Word(place=f"crosscut.cli.sound:{name}", says=says)


def _keeping(name: str, says: str) -> Word:
    """One of the words about keeping and moving, which share a file."""
    return Word(place=f"crosscut.cli.safekeeping:{name}", says=says)


def _part(place: str, **settings: bool) -> Word:
    """What the supervisor and containers start; no word for people."""
    return Word(place=f"crosscut.cli.{place}", says="", is_hidden=True, settings=settings)


WORDS = {
    "up": _word("up", "Start everything and keep it running: database, web, workers, ticker. Ctrl-C stops it."),
    "doctor": _word("doctor", "Say what is present, what is missing and how to get it."),
    "probe": _word("probe", "Say what a file is: type, duration, streams, size, colour, rotation."),
    "check": _word("check", "Check a file or a piece for post types."),
    "render": _word("render", "Make the fewest files that serve these post types; a master that fits is left alone."),
    "cut": _word("cut", "Make the film of a timeline, copying what it can."),
    "reframe": _word("reframe", "Make another shape of a film or a still that keeps faces and what moves in view."),
    "exchange": _word("exchange", "Bring a timeline into another program's format, and say what it could not carry."),
    "captions": Word(
        place="crosscut.cli.captions:app", says="Check, mend and convert captions; make them from a script or speech."
    ),
    "sound": _sound("sound", "Say how loud a sound is and what is wrong with it"),
    "level": _sound("level", "Bring a sound to a loudness (EBU R128), with no peak over the limit."),
    "clean": _sound("clean", "Clean a recording and shorten its silences"),
    "audiogram": _sound("audiogram", "Make a film of a sound: cover, title, a waveform that fills as it plays"),
    "podcast": _sound("podcast", "Finish an episode: -16 LUFS in stereo, -19 in mono"),
    "graphics": _word("graphics", "Make a picture of every row in every layout, and check each."),
    "provenance": _word("provenance", "Say who made a file and how, and whether that holds."),
    "signer": Word(
        place="crosscut.cli.signing:signer", says="Make a key and certificates of your own, to sign what you make."
    ),
    "ingest": _word("ingest", "Take files and folders into the library, one by one; what is refused says why."),
    "metadata": Word(
        place="crosscut.cli.metadata:app", says="Write what is known about assets as a table; bring metadata in."
    ),
    "find": _word("find", "Find assets by words and filters; with a model of yours by meaning, too."),
    "meaning": Word(place="crosscut.cli.find:meaning", says="Say which model is in use and how much it understood."),
    "brand": Word(place="crosscut.cli.brand:app", says="Write a brand kit as a folder with its files; bring one in."),
    "publish": _word("publish", "Bring a piece file into the workspace and schedule it."),
    "targets": _word("targets", "List the workspace's posts with their state, the latest first."),
    "links": Word(place="crosscut.cli.links:app", says="Mark addresses; make short links; say which lead nowhere."),
    "translations": Word(
        place="crosscut.cli.translations:app",
        says="Languages of a piece; XLIFF for translators and back; the translation memory as TMX.",
    ),
    "series": Word(
        place="crosscut.cli.series:app", says="Repeat a piece by a calendar rule; say which dates a rule has."
    ),
    "calendar": Word(
        place="crosscut.cli.calendar:app", says="Views kept under a name, holidays, and calendars kept elsewhere."
    ),
    "posts": Word(place="crosscut.cli.posts:app", says="Bring posts in from a table; write all posts as one."),
    "readers": Word(
        place="crosscut.cli.readers:app", says="A newsletter's readers: list them, enter some, write them as a table."
    ),
    "report": _word("report", "Write what a campaign planned, published, proved, cost and brought."),
    "export": _keeping(
        "export", "Write a whole workspace as open files and JSON, for another installation or for the archive."
    ),
    "import": _keeping("bring_in", "Bring a workspace in that another installation exported."),
    "backup": _keeping("backup", "Back up everything: the database at one moment and every file it names."),
    "restore": _keeping("restore", "Bring a backup back into an empty installation."),
    "storage": _word("storage", "Say what the files take, by sort."),
    "takedowns": Word(
        place="crosscut.cli.storage:takedowns",
        says="List what must be taken down by hand because its rights end, the most urgent first.",
    ),
    "by-hand": Word(place="crosscut.cli.by_hand:app", says="What waits for a person to post it; saying it is done."),
    "demo": _word("demo", "Start everything, play the worked campaign, print the address and sign-in, and stay up."),
    "seed": _word("seed", "Fill a workspace of its own with assets, pieces, posts and samples"),
    **{name: _part(f"parts:{name}") for name in ("web", "worker", "ticker", "migrate")},
    "play": _part("demo:play"),
    "welcome": _part("beside:welcome"),
    "manage": _part("parts:manage", **_ALL_ARGUMENTS),
}
app = typer.Typer(
    name="crosscut",
    cls=group_of(WORDS),
    help="Media work in one chain, from brief to result.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(is_asked: bool) -> None:  # noqa: FBT001 (typer calls it so)
    if is_asked:
        answers.say(version_of("crosscut"))
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line; errors raised on purpose become words and an exit code, others keep their traceback."""
    try:
        app()
    except CrosscutError as error:
        answers.give_up(error, as_json="--json" in sys.argv)
