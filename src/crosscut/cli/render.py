"""`crosscut render`: the files that post types need, made from a master, as few as serve them all."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from crosscut.cli import drafts
from crosscut.cli.answers import AsJson, say_json
from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.progress import Progress
from crosscut.kernel.records import as_data
from crosscut.media import Recipe, suffix_of
from crosscut.media.cache import Cache, sha256_of
from crosscut.media.packs import Control, Pack, Planned, plan_pack, render_pack
from crosscut.specs.requirements import requirement

OWN_CACHE = ".crosscut-render"  # in the folder of the results: what an interrupted run has finished


def render(
    file: Annotated[Path, typer.Argument(help="The master.")],
    wanted: Annotated[str, typer.Option("--for", help="Post types: bluesky/images,practice/video")],
    out: Annotated[Path | None, typer.Option("--out", help="The folder for the results.")] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", help="A folder of made files: what is in it is not made again.")
    ] = None,
    only_plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be copied, encoded and shared, and why; make nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the fewest files that serve these post types; a master that fits is left alone. Needs no database."""
    facts = drafts.measured(file)
    pack = _pack(facts, drafts.post_types(wanted, None))
    if only_plan:
        say_json(as_data(pack)) if as_json else _show_plan(facts, pack)
        return
    if out is None:
        raise Invalid.at("--out", "Say where the results go: --out FOLDER. With --plan nothing is made.")
    if pack.refused:
        raise Unsupported("; ".join(pack.refused.values()))
    results = _make_all(file, pack, out, cache, quiet=as_json)
    if as_json:
        say_json(results)
    else:
        _show_results(pack, results)


def _pack(facts: MediaFacts, names: list[str]) -> Pack:
    found = {name: requirement(name, facts.kind) for name in names}
    for name, wanted in found.items():
        if wanted is None:
            raise Unsupported(f"{name} takes no {facts.kind.value}, or nothing is known of what it takes.")
    return plan_pack(facts, {name: wanted for name, wanted in found.items() if wanted})


# Saying it


def _show_plan(facts: MediaFacts, pack: Pack) -> None:
    console = Console(highlight=False)
    for name in pack.as_it_is:
        console.print(f"[bold]{name}[/] fits as it is", soft_wrap=True)
    for planned in pack.files:
        console.print(f"[bold]{', '.join(planned.targets)}[/] {_in_short(planned.recipe)}", soft_wrap=True)
        for line in _lines(planned):
            console.print(f"  · {line}", soft_wrap=True, markup=False)
    for name, why in pack.refused.items():
        console.print(f"[bold]{name}[/] cannot be served: {why}", soft_wrap=True)
    for name, sentences in pack.unmet.items():
        for sentence in sentences:
            console.print(f"[bold]{name}[/] not mended by making files: {sentence}", soft_wrap=True)
    console.print(_sum(facts, pack), soft_wrap=True)


def _lines(planned: Planned) -> list[str]:
    shared = [f"one file for {len(planned.targets)} post types"] if len(planned.targets) > 1 else []
    apart = [f"not one file with {name}: {why}" for name, why in planned.apart.items()]
    return [*planned.recipe.reasons, *shared, *apart]


def _sum(facts: MediaFacts, pack: Pack) -> str:
    encoded = sum(1 for planned in pack.files if planned.recipe.video and planned.recipe.video.codec != "copy")
    served = len(pack.as_it_is) + sum(len(planned.targets) for planned in pack.files)
    noun = "file" if len(pack.files) == 1 else "files"
    words = f"{len(pack.files)} {noun} to make for {served} post types"
    if facts.video and pack.files:
        times = "once" if encoded == 1 else f"{encoded} times, from one decode"
        words += f"; the picture is encoded {times}" if encoded else "; no picture is encoded"
    return words + ("." if pack.is_smallest else ". Fewer might do: so many demands are not searched to the end.")


def _in_short(recipe: Recipe) -> str:
    """What becomes of each stream: "video/mp4: picture copied, sound encoded as aac"."""
    streams = (("picture", recipe.video), ("sound", recipe.sound))
    done = [f"{name} {_done_to(part.codec)}" for name, part in streams if part]
    return f"{recipe.media_type}: {', '.join(done) or 'made anew'}"


def _done_to(codec: str) -> str:
    return "copied" if codec == "copy" else f"encoded as {codec}"


def _show_results(pack: Pack, results: dict[str, dict[str, Any] | None]) -> None:
    console = Console(highlight=False)
    for name in pack.as_it_is:
        console.print(f"[bold]{name}[/] fits as it is", soft_wrap=True)
    for planned in pack.files:
        result = results[planned.targets[0]]
        if result:
            line = f"→ {result['file']} ({result['facts']['size_bytes']:,} bytes)"
            console.print(f"[bold]{', '.join(planned.targets)}[/] {line}", soft_wrap=True)


# Making it


def _make_all(
    file: Path, pack: Pack, out: Path, cache_folder: Path | None, *, quiet: bool
) -> dict[str, dict[str, Any] | None]:
    """By post type: the file, its recipe and its facts; None where the master fits."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid.at("--out", f"This folder cannot be made: {error.strerror}.") from error
    results: dict[str, dict[str, Any] | None] = dict.fromkeys(pack.as_it_is)
    if not pack.files:
        return results
    cache, version = Cache(cache_folder or out / OWN_CACHE), sha256_of(file)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)

        def report(progress: Progress) -> None:
            bar.update(task, completed=float(progress.done), description=progress.label)

        made = render_pack(file, pack, cache, version_sha256=version, control=Control(report=report))
    for planned in pack.files:
        result = out / file_name(file, planned)
        cache.deliver(version, planned.recipe, result)
        facts = made[planned.recipe.digest].facts
        one = {"file": str(result), "recipe": as_data(planned.recipe), "facts": as_data(facts)}
        results |= dict.fromkeys(planned.targets, one)
    if cache_folder is None:
        cache.clear()
    return results


def file_name(master: Path, planned: Planned) -> str:
    """The master's name, the first post type, and how many more it serves: "dive-bluesky-video-and-2-more.mp4"."""
    first, *more = planned.targets
    others = f"-and-{len(more)}-more" if more else ""
    return f"{master.stem}-{first.replace('/', '-')}{others}{suffix_of(planned.recipe)}"
