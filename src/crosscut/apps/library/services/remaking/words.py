"""Cutting by text: words struck out of the transcript are gone from the recording."""

from dataclasses import dataclass, replace
from fractions import Fraction

from crosscut.apps.library.models import Asset, Track, Version
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.hearing import heard_in
from crosscut.apps.library.services.remaking.pictures import cut_to, refuse_stills
from crosscut.apps.library.services.remaking.records import Made, Source
from crosscut.apps.library.services.spoken_words import transcript_of
from crosscut.kernel.errors import Invalid, Unavailable, Unsupported
from crosscut.kernel.phrases import counted, phrase
from crosscut.kernel.progress import Progress
from crosscut.media import captions
from crosscut.media.sound import Wanted, analyse
from crosscut.media.speech import align
from crosscut.media.transcripts import TextCut, Transcript, captions_from, without_words
from crosscut.specs import caption_limits

ALIGNED_UP_TO_S = Fraction(1800)  # listening takes 0.6 s for each second; longer ones keep the captions' own times
BREATH_S = Fraction(1, 10)  # a silence of this length is a good place for a cut


@dataclass(frozen=True, kw_only=True)
class StrikeWords:
    """Takes words, and their time, out of the recording. The captions that are left are made anew from the words."""

    track: int  # the captions or transcript they were struck from
    removed: tuple[tuple[int, int], ...]  # each range: the first word's number, from 0, and the one after the last
    title: str = ""  # of a new asset; empty makes a new version of the same one

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Cutting {filename} by its words", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid for words that are not there or when nothing is left."""
        refuse_stills(asset)
        duration_s = facts_of(version).duration_s
        if not duration_s:
            raise Unsupported(phrase("It does not say how long it lasts, so nothing can be cut out of it."))
        if not self.removed:
            raise Invalid.at("removed", phrase("Strike at least one word out."))
        if len(self.title) > 200:
            raise Invalid.at("title", phrase("Give it a title of at most 200 characters."))
        without_words(transcript_of(self._track(asset), duration_s), self.removed)

    def make(self, source: Source) -> Made:
        """The recording without them."""
        track = self._track(source.version.asset)
        source.report(Progress(done=Fraction(0), label="Listening for the words"))
        transcript, is_heard = self._transcript(source, track)
        cut = without_words(transcript, self.removed, silences=_silences(source))
        made = cut_to(source, cut.times)
        count = sum(after - first for first, after in self.removed)
        said = [counted("{n} word was struck out.", "{n} words were struck out.", count), *made.said]
        if not is_heard:
            said.append(phrase("Words were found by the captions' times, not by listening: check the cuts by ear."))
        text = _captions(cut, track)
        return replace(made, said=said, title=self.title, words=text, words_language=track.language)

    def _track(self, asset: Asset) -> Track:
        tracks = asset.tracks.exclude(kind=Track.Kind.CHAPTERS)
        found = tracks.filter(pk=self.track).first()
        if found is None:
            raise Invalid.at("track", phrase("There are no such captions on this asset."))
        return found

    def _transcript(self, source: Source, track: Track) -> tuple[Transcript, bool]:
        """The words with their times, and whether those were found in the sound itself."""
        written = transcript_of(track, source.duration_s)
        if source.duration_s > ALIGNED_UP_TO_S or not source.facts.audio:
            return written, False
        try:
            heard = align(source.master, written.text, language=track.language or "en", should_stop=source.should_stop)
        except (Unsupported, Unavailable, Invalid):
            return written, False
        if len(heard.words) != len(written.words):
            return written, False
        return heard, True


def _silences(source: Source) -> list[tuple[Fraction, Fraction]]:
    """Where nobody speaks: over the noise of the recording, from a tenth of a second on."""
    known = heard_in(source.version)
    if not source.facts.audio or known is None:
        return []
    level_dbfs = min(-30.0, max(-60.0, known.noise_floor_dbfs + 16))
    wanted = Wanted(buckets=1, silence_dbfs=level_dbfs, min_silence_s=BREATH_S)
    found = analyse(source.master, wanted, should_stop=source.should_stop)
    return [(span.start_s, span.end_s) for span in found.silences]


def _captions(cut: TextCut, track: Track) -> str:
    """New captions of the words that are left, by our own rules of reading."""
    fixed = captions_from(cut.transcript, caption_limits("house", language=track.language))
    document = captions.with_cues(captions.parse_document(track.text.encode()), fixed.cues)
    return captions.convert(document, "vtt").data.decode()
