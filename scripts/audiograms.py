"""Makes docs/images/audiograms.png: one sound as audiograms of three shapes and scripts, before and while playing.

python scripts/audiograms.py
"""

import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path

from PIL import Image

from crosscut.media.audiogram import Design, Look, audiogram
from crosscut.media.captions import Cue
from crosscut.media.ffmpeg import program

OUT = Path(__file__).parents[1] / "docs/images/audiograms.png"
HEIGHT_PX = 360
LOOKS = (
    Look(width_px=540, height_px=540, title="Coral reefs, by those who dive there"),
    Look(width_px=540, height_px=960, title="الشعاب المرجانية كما يراها الغواصون", played_colour="#38bdf8"),
    Look(width_px=960, height_px=540, title="שוניות אלמוגים", panel_colour="#f8fafc", text_colour="#0f172a",
         played_colour="#7f1d1d", unplayed_colour="#64748b"),
)  # fmt: skip
CUES = (Cue(start_s=Fraction(1), end_s=Fraction(4), text="A reef is never quiet."),)
SYLLABLES = (
    "aevalsrc='(0.1+0.6*random(0)*random(1))*sin(180*2*PI*t)*max(0,sin(9*t))*(0.3+0.7*gt(sin(2*t),0))':s=48000:d=4"
)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = folder / "sound.wav"
        ffmpeg("-f", "lavfi", "-i", SYLLABLES, str(sound))
        ffmpeg("-f", "lavfi", "-i", "gradients=s=1400x1400:c0=0x0ea5e9:c1=0x134e4a:d=1", "-frames:v", "1",
               str(folder / "cover.png"))  # fmt: skip
        frames = []
        for number, look in enumerate(LOOKS):
            film = folder / f"{number}.mp4"
            audiogram(sound, Design(look=look, cover=folder / "cover.png", cues=CUES), film)
            for moment_s in (0, 2):
                still = folder / f"{number}-{moment_s}.png"
                ffmpeg(
                    "-ss", str(moment_s), "-i", str(film), "-frames:v", "1", "-vf", f"scale=-2:{HEIGHT_PX}", str(still)
                )
                frames.append(Image.open(still).convert("RGB"))
        sheet = Image.new("RGB", (sum(frame.width + 8 for frame in frames) - 8, HEIGHT_PX), "white")
        for number, frame in enumerate(frames):
            sheet.paste(frame, (sum(earlier.width + 8 for earlier in frames[:number]), 0))
        sheet.quantize(96).save(OUT, optimize=True)


def ffmpeg(*arguments: str) -> None:
    subprocess.run([program(), "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


if __name__ == "__main__":
    main()
