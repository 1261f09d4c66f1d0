"""One FFmpeg command for many files: each stream of the master is decoded once, whoever needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.facts import MediaFacts
from crosscut.media import ffmpeg, sound
from crosscut.media.metadata import Metadata
from crosscut.media.recipes import Recipe, SoundPart, VideoPart


@dataclass(frozen=True, kw_only=True)
class Output:
    """One file of the command."""

    recipe: Recipe
    gain: sound.Gain | None
    result: Path
    captions: str = ""  # the name of the ASS file in the folder that FFmpeg runs in


def arguments(path: Path, facts: MediaFacts, outputs: Sequence[Output], rights: Metadata) -> list[str]:
    """For all the outputs at once. Copies need no decoder; equal chains of filters run once."""
    pictures, picture_pads = _pictures(facts, outputs)
    sounds, sound_pads = _sounds(outputs)
    graph = ";".join([*pictures, *sounds])
    source = ffmpeg.source(path, encodes=len(picture_pads))
    found = [*ffmpeg.SAY, *source, *(["-filter_complex", graph] if graph else [])]
    for place, output in enumerate(outputs):
        recipe = output.recipe
        found += [*ffmpeg.SAME_EVERY_TIME, "-threads", ffmpeg.threads()]
        if recipe.video:
            encoder = ffmpeg.picture_encoder(recipe.video, facts, ffmpeg.preset_of(recipe))
            found += ["-map", picture_pads.get(place, "0:V:0"), *encoder]
        if recipe.sound:
            found += ["-map", sound_pads.get(place, "0:a:0"), *ffmpeg.sound_encoder(recipe.sound)]
        found += [*ffmpeg.wrapping(recipe, facts, rights), f"file:{output.result}"]
    return found


def _pictures(facts: MediaFacts, outputs: Sequence[Output]) -> tuple[list[str], dict[int, str]]:
    """The graph of the pictures and, by output, the pad that its file takes."""
    encoded: dict[int, VideoPart] = {}
    chains: dict[int, str] = {}
    for place, output in enumerate(outputs):
        part = output.recipe.video
        if part and part.codec != "copy":
            encoded[place] = part
            chains[place] = ",".join(ffmpeg.picture_filters(part, facts, captions=output.captions))
    if not encoded:
        return [], {}
    head = ffmpeg.shared_filters(next(iter(encoded.values())))  # what the master needs, so the same for all
    return _fan(_Fan(source="0:V:0", head=",".join(head), split="split", pad="v"), chains)


def _sounds(outputs: Sequence[Output]) -> tuple[list[str], dict[int, str]]:
    chains: dict[int, str] = {}
    for place, output in enumerate(outputs):
        part: SoundPart | None = output.recipe.sound
        if part and part.codec != "copy":
            chains[place] = ",".join(ffmpeg.sound_filters(part, output.gain))
    return _fan(_Fan(source="0:a:0", head="", split="asplit", pad="a"), chains) if chains else ([], {})


@dataclass(frozen=True, kw_only=True)
class _Fan:
    """How one stream is spread."""

    source: str  # the stream of the master
    head: str  # filters that all need, run once
    split: str  # the filter that spreads
    pad: str  # the first letter of the pads


def _fan(fan: _Fan, chains: Mapping[int, str]) -> tuple[list[str], dict[int, str]]:
    """From one source through different chains to a pad for each place; equal chains are one and split at its end."""
    by_chain: dict[str, list[int]] = {}
    for place, chain in chains.items():
        by_chain.setdefault(chain, []).append(place)
    stems = [f"[{fan.pad}s{number}]" for number in range(len(by_chain))]
    head = f"{fan.head}," if fan.head else ""
    graph = [f"[{fan.source}]{head}{fan.split}={len(stems)}{''.join(stems)}"]
    pads: dict[int, str] = {}
    for stem, (chain, places) in zip(stems, by_chain.items(), strict=True):
        ends = {place: f"[{fan.pad}{place}]" for place in places}
        spread = f",{fan.split}={len(ends)}" if len(ends) > 1 else ""
        graph.append(f"{stem}{chain}{spread}{''.join(ends.values())}")
        pads |= ends
    return graph, pads
