"""`crosscut render`: the files that post types need, made from a master."""

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
from crosscut.media import Recipe, plan, suffix_of
from crosscut.media import render as make
from crosscut.specs.requirements import requirement


def render(
    file: Annotated[Path, typer.Argument(help="The master.")],
    wanted: Annotated[str, typer.Option("--for", help="Post types: bluesky/images,practice/video")],
    out: Annotated[Path | None, typer.Option("--out", help="The folder for the results.")] = None,
    only_plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be copied and encoded, and why; make nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make what each post type needs. A master that already fits is left alone. Needs no database."""
    facts = drafts.measured(file)
    recipes = {name: _recipe(facts, name) for name in drafts.post_types(wanted, None)}
    if only_plan:
        _show_plans(recipes, as_json=as_json)
        return
    if out is None:
        raise Invalid.at("--out", "Say where the results go: --out FOLDER. With --plan nothing is made.")
    _make_all(file, recipes, out, as_json=as_json)


def _show_plans(recipes: dict[str, Recipe | None], *, as_json: bool) -> None:
    if as_json:
        say_json({name: as_data(recipe) if recipe else None for name, recipe in recipes.items()})
        return
    console = Console(highlight=False)
    for name, recipe in recipes.items():
        console.print(f"[bold]{name}[/] {_in_short(recipe) if recipe else 'fits as it is'}", soft_wrap=True)
        for reason in recipe.reasons if recipe else ():
            console.print(f"  · {reason}", soft_wrap=True, markup=False)


def _in_short(recipe: Recipe) -> str:
    """What becomes of each stream: "video/mp4: picture copied, sound encoded as aac"."""
    streams = (("picture", recipe.video), ("sound", recipe.sound))
    done = [f"{name} {_done_to(part.codec)}" for name, part in streams if part]
    return f"{recipe.media_type}: {', '.join(done) or 'made anew'}"


def _done_to(codec: str) -> str:
    return "copied" if codec == "copy" else f"encoded as {codec}"


def _make_all(file: Path, recipes: dict[str, Recipe | None], out: Path, *, as_json: bool) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid.at("--out", f"This folder cannot be made: {error.strerror}.") from error
    results = {name: _make(file, recipe, out, name, quiet=as_json) for name, recipe in recipes.items()}
    if as_json:
        say_json(results)
        return
    for name, result in results.items():
        line = f"→ {result['file']} ({result['facts']['size_bytes']:,} bytes)" if result else "fits as it is"
        Console(highlight=False).print(f"[bold]{name}[/] {line}", soft_wrap=True)


def _recipe(facts: MediaFacts, post_type: str) -> Recipe | None:
    wanted = requirement(post_type, facts.kind)
    if wanted is None:
        raise Unsupported(f"{post_type} takes no {facts.kind.value}, or nothing is known of what it takes.")
    return plan(facts, wanted)


def _make(file: Path, recipe: Recipe | None, out: Path, post_type: str, *, quiet: bool) -> dict[str, Any] | None:
    if recipe is None:
        return None
    result = out / f"{file.stem}-{post_type.replace('/', '-')}{suffix_of(recipe)}"
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(post_type, total=1.0)

        def report(progress: Progress) -> None:
            bar.update(task, completed=float(progress.done))

        made = make(file, recipe, result, report=report)
    return {"file": str(result), "recipe": as_data(recipe), "facts": as_data(made)}
