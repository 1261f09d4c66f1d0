"""How much memory an encode takes, and how many fit into a budget at once."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.facts import MediaFacts
from crosscut.media.recipes import Recipe

MEBI = 1024 * 1024
PROGRAM_BYTES = 60 * MEBI  # FFmpeg with its filters, before the first frame
FRAMES_DECODED = 16  # what the decoder refers to, and what is on its way to the filters
FRAMES_ENCODED = 130  # x264 medium at 1080p with two threads: one encode took 490 MB, two 895 MB
BYTES_PER_PX = Fraction(3, 2)  # 4:2:0, eight bits
LEAST_BYTES = 256 * MEBI


def estimate_bytes(facts: MediaFacts, recipes: Sequence[Recipe]) -> int:
    """What one FFmpeg process that makes all of these at once will hold, with a margin."""
    videos = [recipe.video for recipe in recipes if recipe.video and recipe.video.codec != "copy"]
    if not videos or not facts.video:
        return PROGRAM_BYTES
    stream = facts.video[0]
    decoded = stream.width_px * stream.height_px * BYTES_PER_PX * FRAMES_DECODED
    encoded = sum(video.width_px * video.height_px * BYTES_PER_PX * FRAMES_ENCODED for video in videos)
    return PROGRAM_BYTES + int(decoded + encoded)


def batches(facts: MediaFacts, recipes: Sequence[Recipe], budget_bytes: int) -> list[list[Recipe]]:
    """The recipes in as few passes as the budget allows, largest first; one that is over it alone is a pass alone."""
    found: list[list[Recipe]] = []
    for recipe in sorted(recipes, key=lambda recipe: (-estimate_bytes(facts, [recipe]), recipe.digest)):
        fitting = (batch for batch in found if estimate_bytes(facts, [*batch, recipe]) <= budget_bytes)
        batch = next(fitting, None)
        if batch is None:
            found.append([recipe])
        else:
            batch.append(recipe)
    return found


def free_bytes() -> int:
    """Half of what the machine, or the container we are in, can still give without swapping."""
    kilobytes = {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in Path("/proc/meminfo").read_text().splitlines())
    }
    available = kilobytes.get("MemAvailable", 0) * 1024
    return max(LEAST_BYTES, min(available, _container_rest(available)) // 2)


def _container_rest(otherwise: int) -> int:
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
    except OSError:
        return otherwise
    return otherwise if limit == "max" else max(0, int(limit) - used)
