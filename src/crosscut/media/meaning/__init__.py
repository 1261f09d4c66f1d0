"""What pictures and words mean, as vectors: what is alike in meaning lies near, whichever of the two it is.

    model = model_in(folder)                        a model of yours with two towers (CLIP, SigLIP), exported to ONNX
    with Towers(model) as towers:
        towers.of_pictures(views(path, model))      a still, or a film at set moments
        towers.of_texts(["a reef at dawn"])

Nothing is ever downloaded. Foreign files are drawn in a capped child, one for each; the model runs in a process of its
own that sees pixels and words alone, has no network, and ends when ours does.
"""

from crosscut.media.meaning.models import Model, can_think, model_in
from crosscut.media.meaning.towers import Towers, Vectors, end_standing, standing
from crosscut.media.meaning.views import View, views

__all__ = ["Model", "Towers", "Vectors", "View", "can_think", "end_standing", "model_in", "standing", "views"]
