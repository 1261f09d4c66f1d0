"""The media engine: what a file is, what must be made of it, and making it. No Django, no database, no network.

    facts = probe(path)                                  what it is; Damaged, Unsupported or Invalid with a plain reason
    recipe = plan(facts, requirement)                    the least that has to be made, or None
    facts = render(path, recipe, out, report=...)        made, whole or not at all

Whatever touches the bytes of a file runs in capped child processes without network (`capped`). README.md tells more.
"""

from crosscut.media.cache import Cache
from crosscut.media.caps import Caps
from crosscut.media.captions import Cue
from crosscut.media.metadata import Metadata, read_sidecar, write_sidecar
from crosscut.media.metadata import read as read_metadata
from crosscut.media.packs import Control, Pack, Wish, plan_pack, render_pack
from crosscut.media.plan import plan, proxy, thumbnail, waveform
from crosscut.media.podcast import chapters_json, plan_episode, read_chapters
from crosscut.media.podcast import finish as finish_podcast
from crosscut.media.probe import probe
from crosscut.media.recipes import (
    Chapter,
    Episode,
    Focus,
    PicturePart,
    Purpose,
    Recipe,
    SoundPart,
    VideoPart,
    suffix_of,
)
from crosscut.media.reframe import CameraPath, KeyPoint, Suggestion, suggest_crops, track
from crosscut.media.render import render
from crosscut.media.screen import calm, screen
from crosscut.media.sniff import SizeLimits, Sniffed, sniff
from crosscut.media.sound import Gain, SoundAnalysis, analyse, measure_loudness, normalise, peaks
from crosscut.media.stills import Derivative, MetadataPolicy, derive, derive_all
from crosscut.media.svg import CleanSvg
from crosscut.media.svg import sanitise as sanitise_svg

__all__ = [
    "Cache",
    "CameraPath",
    "Caps",
    "Chapter",
    "CleanSvg",
    "Control",
    "Cue",
    "Derivative",
    "Episode",
    "Focus",
    "Gain",
    "KeyPoint",
    "Metadata",
    "MetadataPolicy",
    "Pack",
    "PicturePart",
    "Purpose",
    "Recipe",
    "SizeLimits",
    "Sniffed",
    "SoundAnalysis",
    "SoundPart",
    "Suggestion",
    "VideoPart",
    "Wish",
    "analyse",
    "calm",
    "chapters_json",
    "derive",
    "derive_all",
    "finish_podcast",
    "measure_loudness",
    "normalise",
    "peaks",
    "plan",
    "plan_episode",
    "plan_pack",
    "probe",
    "proxy",
    "read_chapters",
    "read_metadata",
    "read_sidecar",
    "render",
    "render_pack",
    "sanitise_svg",
    "screen",
    "sniff",
    "suffix_of",
    "suggest_crops",
    "thumbnail",
    "track",
    "waveform",
    "write_sidecar",
]
