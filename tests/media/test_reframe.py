"""Real people are followed: films of the corpus, which CROSSCUT_CORPUS names. Counted by a detector run anew."""

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from crosscut.media.inside.reframe.faces import faces_in
from crosscut.media.reframe import look, plan_camera, reframe

CORPUS = os.environ.get("CROSSCUT_CORPUS", "")
pytestmark = pytest.mark.skipif(not CORPUS, reason="CROSSCUT_CORPUS does not name the folder of the corpus")
TALL = Fraction(9, 16)


def test_chaplin_is_kept_in_the_title_safe_area(tmp_path: Path) -> None:
    path = Path(CORPUS) / "video" / "chaplin.mp4"
    camera = plan_camera(look(path), TALL)
    assert camera.kept.could >= 10
    assert camera.kept.kept >= 0.95 * camera.kept.could
    assert camera.kept.cut == 0
    out = tmp_path / "tall.mp4"
    made = reframe(path, TALL, out, camera=camera)
    assert made.frames == 241
    assert made.sound == "copied"
    assert found_in(out) >= 0.8 * found_in(path)


def found_in(path: Path) -> int:
    """In how many of every twelfth frame a face is found: in the result by itself, without our camera's word."""
    with av.open(str(path)) as container:
        frames = [frame for number, frame in enumerate(container.decode(video=0)) if number % 12 == 0]
    greys = [frame.reformat(format="gray").to_ndarray().astype(np.uint8) for frame in frames]
    return sum(bool(faces_in(np.ascontiguousarray(grey))) for grey in greys)


def test_who_walks_through_a_room_without_showing_a_face_is_followed(tmp_path: Path) -> None:
    short = tmp_path / "short.mp4"
    with av.open(str(Path(CORPUS) / "video" / "one-by-one-person-detection.mp4")) as source:
        stream = source.streams.video[0]
        with av.open(str(short), "w") as result:
            copy = result.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts * packet.time_base > 16:
                    break
                packet.stream = copy
                result.mux(packet)
    seen = look(short)
    moving = [glance for glance in seen.glances if max(glance.across) > 60]
    camera = plan_camera(seen, TALL)
    shares = []
    for glance in moving:
        first = camera.place_at(glance.at_s) * len(glance.across)
        columns = range(round(first), round(first + camera.window.size * len(glance.across)))
        shares.append(sum(glance.across[column] for column in columns if column < len(glance.across)) / 1000)
    assert float(np.mean(shares)) > 1.2 * camera.window.size, "more of what matters than a window anywhere would show"
