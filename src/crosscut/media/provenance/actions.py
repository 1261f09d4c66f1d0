"""What was done to a master, in C2PA's words."""

from crosscut.media.provenance.records import Action
from crosscut.media.recipes import Recipe


def actions_of(recipe: Recipe) -> tuple[Action, ...]:
    """What the recipe does to its master."""
    video, picture = recipe.video, recipe.picture
    is_cropped = bool((video and video.crop) or (picture and picture.aspect))
    is_resized = bool((video and video.width_px) or (picture and (picture.max_width_px or picture.max_height_px)))
    found = ((Action.CROPPED, is_cropped), (Action.RESIZED, is_resized), (Action.TRANSCODED, True))
    return tuple(action for action, is_done in found if is_done)
