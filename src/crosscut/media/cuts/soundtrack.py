"""The FFmpeg arguments for sound alone: stretches of media one after the other, to the sample."""

from collections.abc import Mapping, Sequence

from crosscut.media.cuts.graph import Frame, Graph, Source, joined, played
from crosscut.media.cuts.layout import Use


def sound_arguments(
    uses: Sequence[tuple[Use, int]], frame: Frame, sources: Mapping[str, Source]
) -> tuple[list[str], str]:
    """The input and graph arguments, and the pad of the finished sound; each use has its number of samples.

    The frame's rate is that of the samples: there is no picture here.
    """
    graph = Graph(frame=frame, sources=sources)
    pads = [played(graph, use, samples, samples) for use, samples in uses]
    pad = joined(graph, pads, is_sound=True)
    return [*graph.inputs, "-filter_complex", ";".join(graph.chains)], pad
