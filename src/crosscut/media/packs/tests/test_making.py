# mypy: disable-error-code="union-attr,arg-type,operator,type-var,attr-defined,var-annotated"
"""A pack is made with one decode, goes on where it was, and bends when memory is short instead of breaking."""

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from crosscut.kernel.errors import Cancelled, Invalid, Unavailable
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media import ffmpeg, plan, probe, render
from crosscut.media.cache import Cache, sha256_of
from crosscut.media.packs import Control, Wish, plan_pack, render_pack
from crosscut.media.packs.command import Output, arguments
from crosscut.media.packs.memory import batches, estimate_bytes
from crosscut.media.packs.tests.conftest import takes

WANTED = {
    "copied": takes(),
    "small": takes(max_width_px=200),
    "square": takes(max_aspect=Fraction(1)),
    "loud": takes(loudness_lufs=-16.0, max_width_px=200),
}


@pytest.fixture
def runs(monkeypatch) -> list[list[str]]:
    """The FFmpeg commands that were run, each as its arguments."""
    heard: list[list[str]] = []
    real = ffmpeg.run

    def run(path, arguments, **rest):
        heard.append(list(arguments))
        real(path, arguments, **rest)

    monkeypatch.setattr(ffmpeg, "run", run)
    return heard


def test_all_files_of_a_pack_are_made_by_one_command_that_decodes_once(master, cache, runs):
    pack = plan_pack(probe(master), WANTED)
    found = render_pack(master, pack, cache)
    assert len(pack.files) == len(found) == 4
    assert len(runs) == 1
    assert runs[0].count("-i") == 1
    for name, requirement in WANTED.items():
        kept = found[pack.file_for(name).recipe.digest]
        assert plan(kept.facts, requirement) is None, name
        assert probe(kept.path) == replace(kept.facts, loudness=None)
    assert abs(found[pack.file_for("loud").recipe.digest].facts.loudness.integrated_lufs + 16) < 0.5


def test_a_file_of_a_pack_is_the_same_as_one_made_alone(master, cache, tmp_path):
    pack = plan_pack(probe(master), {name: WANTED[name] for name in ("small", "square")})
    found = render_pack(master, pack, cache)
    for planned in pack.files:
        render(master, planned.recipe, tmp_path / "alone.mp4")
        assert packets(tmp_path / "alone.mp4") == packets(found[planned.recipe.digest].path)


def packets(path: Path) -> list[tuple[int, int, bytes]]:
    with av.open(str(path)) as container:
        found = [(packet.stream.index, packet.pts, bytes(packet)) for packet in container.demux() if packet.size]
    return sorted(found)


def test_equal_filters_of_sound_run_once(master):
    facts = probe(master)
    pack = plan_pack(facts, {"a": takes(loudness_lufs=-16.0), "b": takes(loudness_lufs=-16.0, max_width_px=200)})
    outputs = [Output(recipe=planned.recipe, gain=None, result=Path("x")) for planned in pack.files]
    line = arguments(master, facts, outputs, _no_rights())
    assert line[line.index("-filter_complex") + 1].count("aformat") == 1


def test_a_decoder_that_serves_several_encoders_takes_one_thread(master):
    facts = probe(master)
    pack = plan_pack(facts, {"a": takes(max_width_px=100), "b": takes(max_width_px=200)})
    outputs = [Output(recipe=planned.recipe, gain=None, result=Path("x")) for planned in pack.files]
    many, one = (arguments(master, facts, some, _no_rights()) for some in (outputs, outputs[:1]))
    assert len(outputs) == 2 and many[many.index("-threads") + 1] == "1"
    assert one[one.index("-threads") + 1] == ffmpeg.threads()


def _no_rights():
    from crosscut.media import Metadata

    return Metadata()


def test_folders_may_be_named_from_where_one_stands(master, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pack = plan_pack(probe(master), {"small": WANTED["small"]})
    assert len(render_pack(master, pack, Cache(Path("cache")))) == 1
    assert render(master, pack.files[0].recipe, Path("alone.mp4"))


def test_the_same_pack_again_makes_nothing(master, cache, runs):
    pack = plan_pack(probe(master), WANTED)
    first = render_pack(master, pack, cache)
    again = render_pack(master, pack, cache)
    assert len(runs) == 1
    assert again == first


def test_an_interrupted_pack_goes_on_where_it_was(master, cache, runs):
    pack = plan_pack(probe(master), WANTED)
    some = replace(pack, files=pack.files[:2])
    render_pack(master, some, cache)
    render_pack(master, pack, cache)
    made_last = {Path(word).stem for word in runs[1] if word.startswith("file:") and word.endswith(".mp4")}
    assert made_last == {planned.recipe.digest for planned in pack.files[2:]}


def test_a_cancelled_pack_leaves_nothing_half_done(master, cache):
    pack = plan_pack(probe(master), WANTED)
    calls = iter(range(10**6))
    with pytest.raises(Cancelled):
        render_pack(master, pack, cache, control=Control(should_stop=lambda: next(calls) > 3))
    assert [path for path in cache.folder.rglob("*") if path.is_file() and path.parent.name != "locks"] == []


def test_a_small_budget_makes_the_pack_in_more_passes(master, cache, runs):
    facts = probe(master)
    pack = plan_pack(facts, WANTED)
    render_pack(master, pack, cache, control=Control(memory_bytes=1))
    assert len(runs) == 4  # each alone: less than one at a time cannot be


def test_as_many_at_once_as_the_budget_holds_and_no_more(master):
    facts = probe(master)
    recipes = [plan(facts, takes(max_width_px=width_px)) for width_px in (100, 150, 200, 250, 300)]
    whole = estimate_bytes(facts, recipes)
    for share in (1, 2, 3):
        passes = batches(facts, recipes, whole // share)
        assert sorted(recipe.digest for one in passes for recipe in one) == sorted(recipe.digest for recipe in recipes)
        assert all(len(one) == 1 or estimate_bytes(facts, one) <= whole // share for one in passes)
    assert len(batches(facts, recipes, whole)) == 1


def test_a_lack_of_memory_halves_the_pass_until_it_fits(master, cache, runs, monkeypatch):
    recorded = ffmpeg.run

    def run(path, arguments, **rest):
        if sum(word.startswith("file:") for word in arguments) > 3:  # the master and more than two results
            raise Unavailable("full", problems=[_memory_problem()])
        recorded(path, arguments, **rest)

    monkeypatch.setattr(ffmpeg, "run", run)
    pack = plan_pack(probe(master), WANTED)
    assert len(render_pack(master, pack, cache)) == 4
    assert len(runs) == 2


def _memory_problem():
    from crosscut.kernel.errors import Problem

    return Problem(code=ffmpeg.OUT_OF_MEMORY, message="full")


def test_a_real_lack_of_memory_is_told_as_one(master, monkeypatch):
    monkeypatch.setattr(ffmpeg, "RENDER", replace(ffmpeg.RENDER, memory_bytes=450_000_000))
    line = [*ffmpeg.SAY, "-i", f"file:{master}", "-vf", "scale=7680:4320", "-c:v", "libx264", "-f", "null", "-"]
    with pytest.raises(Unavailable) as caught:
        ffmpeg.run(master, line)
    assert caught.value.problems[0].code == ffmpeg.OUT_OF_MEMORY


def test_a_file_over_its_size_is_made_again_alone(make, cache, runs):
    noise = make("noise.mp4", "-f", "lavfi", "-i", "nullsrc=s=320x180:d=3,geq=random(1)*255:128:128", "-crf", "10")
    wanted = {"light": takes(max_size_bytes=200_000), "any": takes(max_width_px=200)}
    pack = plan_pack(probe(noise), wanted)
    found = render_pack(noise, pack, cache)
    assert found[pack.file_for("light").recipe.digest].size_bytes <= 200_000
    assert [sum(word.startswith("file:") for word in line) for line in runs[:1]] == [3]


def test_captions_are_burnt_into_the_files_that_ask_for_them(master, cache, tmp_path):
    captions = tmp_path / "words.srt"
    captions.write_text("1\n00:00:00,000 --> 00:00:03,000\nHello\n")
    sha256 = sha256_of(captions)
    wanted = {"a": Wish(requirement=takes(max_width_px=200), captions=sha256), "b": takes(max_width_px=200)}
    pack = plan_pack(probe(master), wanted)
    found = render_pack(master, pack, cache, captions={sha256: captions})
    one, other = (found[pack.file_for(name).recipe.digest].path.read_bytes() for name in "ab")
    assert one != other
    with pytest.raises(Invalid, match="caption file"):
        render_pack(master, pack, Cache(tmp_path / "other"))


def test_pictures_are_packed_too(tmp_path, make, cache):
    photo = make("photo.png", "-f", "lavfi", "-i", "testsrc2=size=320x180", "-frames:v", "1")
    need = {"media_types": ("image/jpeg",), "kind": Kind.IMAGE}
    wanted = {
        "a": MediaRequirement(post_type="x/y", **need),
        "b": MediaRequirement(post_type="x/z", max_width_px=100, **need),
    }
    pack = plan_pack(probe(photo), wanted)
    found = render_pack(photo, pack, cache)
    assert sorted(kept.facts.width_px for kept in found.values()) == [100, 320]


def test_progress_tells_how_many_at_once_and_ends_at_one(master, cache):
    heard = []
    render_pack(master, plan_pack(probe(master), WANTED), cache, control=Control(report=heard.append))
    assert any(progress.label.startswith("Encoding 4 files at once") for progress in heard)
    assert heard[-1].done == 1


TWO = """
import json, sys
from pathlib import Path
from crosscut.media import ffmpeg, probe
from crosscut.media.cache import Cache
from crosscut.media.packs import plan_pack, render_pack
from crosscut.media.packs.tests.test_making import WANTED
master, folder = Path(sys.argv[1]), Path(sys.argv[2])
count, real = [], ffmpeg.run
ffmpeg.run = lambda *args, **rest: (count.append(1), real(*args, **rest))
found = render_pack(master, plan_pack(probe(master), WANTED), Cache(folder))
print(json.dumps([len(count), sorted(kept.sha256 for kept in found.values())]))
"""


def test_two_processes_at_once_make_each_file_once(master, tmp_path):
    argv = [sys.executable, "-c", TWO, str(master), str(tmp_path / "cache")]
    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [json.loads(process.communicate(timeout=300)[0]) for process in both]
    assert sorted(count for count, _ in answers) == [0, 1]
    assert answers[0][1] == answers[1][1]
