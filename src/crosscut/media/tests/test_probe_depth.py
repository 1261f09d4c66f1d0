# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap,index"
# A None where a value belongs fails the test by itself.
"""Read closely, a film tells its exact length, count and rates, and what is broken in its middle."""

from fractions import Fraction

import pytest

from crosscut.kernel.facts import Depth
from crosscut.media import probe
from crosscut.media.tests.conftest import H264, picture, tone


def test_every_packet_is_counted_where_the_container_tells_no_duration(make):
    live = make("live.mkv", *picture(), *H264, "-f", "matroska", "-live", "1")
    facts = probe(live, depth=Depth.EXACT)
    assert facts.duration_s == 2  # the last frame is up as long as the others
    assert facts.video[0].frame_count == 50
    assert facts.video[0].time_base == Fraction(1, 1000)


def test_frame_rates_are_measured_from_the_packets(make):
    uneven = make(
        "slowing.mp4", *picture(seconds=4), "-vf", "select='lt(t,2)+not(mod(n,5))'", "-fps_mode", "vfr", *H264
    )
    video = probe(uneven, depth=Depth.EXACT).video[0]
    assert video.has_variable_rate
    assert (video.min_frame_rate, video.max_frame_rate) == (5, 25)
    assert 5 < video.frame_rate < 25
    even = probe(make("even.mp4", *picture(), *H264)).video[0]
    assert (even.min_frame_rate, even.frame_rate, even.max_frame_rate) == (25, 25, 25)


@pytest.mark.parametrize(
    ("transfer", "parameters", "expected"),
    [
        ("smpte2084", "", "pq"),
        ("smpte2084", ":master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,1)", "hdr10"),
        ("arib-std-b67", "", "hlg"),
        ("bt709", "", ""),
    ],
)
def test_hdr_is_called_by_its_name(make, transfer, parameters, expected):
    colours = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc,format=yuv420p10le"
    name = f"{expected or 'sdr'}-hdr.mp4"
    x265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", f"log-level=none{parameters}")
    video = probe(make(name, *picture("128x72", seconds=0.4), "-vf", colours, *x265)).video[0]
    assert (video.hdr_format, video.is_hdr) == (expected, bool(expected))


def test_interlacing_is_told_by_the_file_and_measured_in_the_lines(make):
    fields = make("combed.mp4", *picture(rate=50), "-vf", "interlace=scan=tff", *H264, "-flags", "+ildct+ilme")
    false = make("false.mp4", *picture(), "-vf", "gblur=sigma=3", *H264, "-flags", "+ildct+ilme")
    found = probe(fields, depth=Depth.DEEP).video[0]
    assert found.is_interlaced
    assert found.field_order == "top first"
    assert found.interlaced_share > 0.5
    assert probe(false, depth=Depth.DEEP).video[0].interlaced_share < 0.1  # whatever the file says


def test_damage_in_the_middle_is_found_at_its_time(make, tmp_path):
    film = make("long.mp4", *picture(seconds=8), *tone(seconds=8), *H264, "-g", "25", "-c:a", "aac")
    whole = probe(film, depth=Depth.DEEP)
    assert whole.damage == ()
    assert whole.audio[0].sample_count == pytest.approx(8 * 48_000, abs=3000)
    data = bytearray(film.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(range(1, 251)) * 12
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    assert probe(broken).damage is None  # nobody looked
    facts = probe(broken, depth=Depth.DEEP)
    assert len(facts.damage) == 1
    assert 2 < facts.damage[0].start_s < 6
    assert "media.damaged_inside" in [warning.code for warning in facts.warnings]


def test_sound_that_does_not_decode_is_told_and_the_picture_stays(make, tmp_path):
    film = make("both.avi", *picture(), *tone(), *H264, "-c:a", "aac", "-strict", "-2")
    data = film.read_bytes().replace(b"01wb", b"01wb", 1)
    pieces = data.split(b"01wb")
    spoilt = b"01wb".join(
        [pieces[0], *(piece[:4] + b"\xff" * (len(piece) - 4) if len(piece) < 3000 else piece for piece in pieces[1:])]
    )
    path = tmp_path / "sound.avi"
    path.write_bytes(spoilt)
    facts = probe(path)
    assert facts.video[0].codec == "h264"
    assert "media.stream_unreadable" in [warning.code for warning in facts.warnings]
