"""What our own pages show of a file in its place, each with the recipe that makes it."""

from crosscut.kernel.facts import MediaFacts
from crosscut.media.plan import PREVIEW_PX, proxy, thumbnail, waveform
from crosscut.media.recipes import PicturePart, Purpose, Recipe


def previews(facts: MediaFacts) -> dict[str, Recipe]:
    """The recipes by what they are called, the small ones first: thumbnail, waveform, poster, proxy."""
    wanted = {
        "thumbnail": thumbnail(facts),
        "waveform": waveform(facts),
        "poster": poster(facts),
        "proxy": proxy(facts),
    }
    return {label: recipe for label, recipe in wanted.items() if recipe}


def poster(facts: MediaFacts) -> Recipe | None:
    """The large still a film shows before it plays: the thumbnail's moment at the preview's size."""
    small = thumbnail(facts)
    if small is None or small.picture is None or not facts.video:
        return None
    picture = PicturePart(max_width_px=PREVIEW_PX, max_height_px=PREVIEW_PX, quality=82, at_s=small.picture.at_s)
    return Recipe(purpose=Purpose.THUMBNAIL, media_type="image/jpeg", picture=picture)
