"""Every sentence a check can say, one per code, and the making of a finding from it.

Templates are data: the catalogue of messages holds them, a translation keeps the names in braces, and every finding
carries their values along. Words among the values (units, days, lists) are phrases of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crosscut.kernel.findings import RENDERED, Finding, Level
from crosscut.kernel.phrases import Phrase
from crosscut.specs.post_types import PostType


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """How one code is said."""

    message: str  # what is wrong, with the numbers
    repair: str = ""  # what to do
    action: str = ""  # what Crosscut can do itself: see `Finding.action`
    plural: str = ""  # the message for other numbers than one; empty where the message counts nothing
    counts: str = ""  # the value that decides between the two

    def message_of(self, values: Mapping[str, Any]) -> Phrase:
        """What is wrong, filled in."""
        return Phrase(self.message, self.plural, values[self.counts] if self.counts else 1, values)

    def repair_of(self, values: Mapping[str, Any]) -> Phrase:
        """What to do, filled in."""
        return Phrase(self.repair, values=values)


def say(code: str, level: Level, *, where: str = "", post_type: str = "", source: str = "", **values: Any) -> Finding:
    """The finding of that code with its sentence filled in.

    >>> say("text.too_long", Level.BLOCK, place="Bluesky", used=312, limit=300, over=12, unit="characters").message
    'The text is 312 characters as Bluesky counts them; the limit is 300.'
    """
    sentence = SENTENCES[code]
    return Finding(
        code=code,
        level=level,
        message=sentence.message_of(values),
        where=where,
        post_type=post_type,
        source=source,
        repair=sentence.repair_of(values),
        action=sentence.action,
        values=values,
    )


def said_again(finding: Finding) -> Finding:
    """A finding that was stored, with the phrases it was made of, so that it can be said in another language.

    Words that are not the sentence's own, such as the reason of an exception, stay as they are.
    """
    sentence = SENTENCES.get(finding.code)
    if sentence is None:
        return finding
    try:
        known = (sentence.message_of(finding.values), sentence.repair_of(finding.values), RENDERED)
    except (KeyError, ValueError):  # stored by an older version, whose sentence had other values
        return finding
    by_words = {str(text): text for text in known}
    message, repair = (by_words.get(words, words) for words in (finding.message, finding.repair))
    return replace(finding, message=message, repair=repair)


def breach(code: str, found: PostType, section: str, /, *, where: str, **values: Any) -> Finding:
    """The finding that a block of the post type is not kept: it blocks when the block's sources are good enough."""
    about = {"place": found.platform_name, **values}
    return say(code, found.level(section), where=where, post_type=found.key, source=found.cite(section), **about)


def advise(code: str, found: PostType, /, *, where: str, source: str, **values: Any) -> Finding:
    """The finding that something could be better, by that source."""
    about = {"place": found.platform_name, **values}
    return say(code, Level.ADVICE, where=where, post_type=found.key, source=source, **about)


_TEXT = {
    "text.too_long": Sentence(
        message="The text is {used:,} {unit} as {place} counts them; the limit is {limit:,}.",
        repair="Cut {over:,}.",
        action="shorten",
    ),
    "text.too_long_with_link": Sentence(
        message="The text and the link below it are {used:,} {unit} as {place} counts them; the limit is {limit:,}.",
        repair="Cut {over:,} of the text.",
        action="shorten",
    ),
    "text.long": Sentence(
        message="The text is {used:,} {unit}; {place} is said to take {limit:,}.",
        repair="Cut {over:,} to be safe.",
        action="shorten",
    ),
    "text.missing": Sentence(message="There are no words, and {place} needs some.", repair="Write the text."),
    "text.empty": Sentence(message="There is nothing to publish: no words and no media.", repair="Write the text."),
    "text.not_taken": Sentence(
        message="{place} shows no words with this kind of post.",
        repair="Put the words into the picture or leave them out.",
    ),
    "text.forbidden": Sentence(
        message="{place} refuses a text with “{found}” in it.", repair="Write it in another way."
    ),
    "text.placeholder": Sentence(message="The text still has “{found}” in it.", repair="Write what belongs there."),
    "text.shouting": Sentence(
        message="“{found}” is all capitals; screen readers may spell it out letter by letter.",
        repair="Write it in small letters.",
    ),
    "title.missing": Sentence(message="There is no title, and {place} needs one.", repair="Write a title."),
    "title.too_long": Sentence(
        message="The title is {used:,} {unit} as {place} counts them; the limit is {limit:,}.",
        repair="Cut {over:,}.",
        action="shorten",
    ),
    "title.forbidden": Sentence(
        message="{place} refuses a title with “{found}” in it.", repair="Write it in another way."
    ),
    "hashtags.too_long": Sentence(
        message="The topics are {used:,} characters together; {place} takes {limit:,}.", repair="Cut {over:,}."
    ),
    "hashtags.too_many": Sentence(
        message="There is {used} hashtag; {place} takes {limit}.",
        plural="There are {used} hashtags; {place} takes {limit}.",
        counts="used",
        repair="Remove {over}.",
    ),
    "hashtags.many": Sentence(
        message="There is {used} hashtag; on {place} more than {limit} do not help.",
        plural="There are {used} hashtags; on {place} more than {limit} do not help.",
        counts="used",
        repair="Keep the best {limit}.",
    ),
    "hashtags.camel_case": Sentence(
        message="Screen readers read “{found}” as one word.",
        repair="Begin each word in it with a capital, as in #CoralReef.",
    ),
    "mentions.too_many": Sentence(
        message="{used} person is mentioned; {place} takes {limit}.",
        plural="{used} people are mentioned; {place} takes {limit}.",
        counts="used",
        repair="Remove {over}.",
    ),
    "links.too_many": Sentence(
        message="There is {used} link; {place} takes {limit}.",
        plural="There are {used} links; {place} takes {limit}.",
        counts="used",
        repair="Remove {over}.",
    ),
    "links.not_clickable": Sentence(
        message="{place} shows “{found}” as plain text: nobody can click it.",
        repair="Say where the link is to be found, in the profile for example.",
    ),
    "links.tracking_case": Sentence(
        message="“{found}” has capitals in its campaign marks; reports count them as another campaign.",
        repair="Write the values of utm_… in small letters.",
    ),
}

_COST = {
    "cost.units": Sentence(
        message="{place} counts {cost:,} of the {total:,} units a day that your app has for this post.",
        repair="Each caption file is {caption:,} of them.",
    ),
    "cost.thread": Sentence(message="{place} charges {cost} {currency} for the {count} parts of this thread."),
    "cost.post": Sentence(message="{place} charges {cost} {currency} for this post."),
    "cost.post_with_link": Sentence(
        message="{place} charges {cost} {currency} for this post, because there is a link in it.",
        repair="Without a link it would be {without} {currency}.",
    ),
}

_MEDIA = {
    "media.missing": Sentence(
        message="{place} needs {limit} or more files here; there is {used}.",
        plural="{place} needs {limit} or more files here; there are {used}.",
        counts="used",
        repair="Add {under}.",
    ),
    "media.kind_missing": Sentence(message="{place} needs a file of the kind {kind} here.", repair="Add one."),
    "media.not_taken": Sentence(
        message="{place} takes no files with this kind of post.",
        repair="Remove them or choose another kind of post.",
    ),
    "media.too_many": Sentence(
        message="There is {used} file; {place} takes {limit}.",
        plural="There are {used} files; {place} takes {limit}.",
        counts="used",
        repair="Remove {over}.",
    ),
    "media.too_many_of_kind": Sentence(
        message="There is {used} file of the kind {kind}; {place} takes {limit}.",
        plural="There are {used} files of the kind {kind}; {place} takes {limit}.",
        counts="used",
        repair="Remove {over}.",
    ),
    "media.mixed": Sentence(
        message="{place} does not take pictures and films in one post.", repair="Keep the pictures or the film."
    ),
    "media.kind_not_taken": Sentence(
        message="{place} does not take files of the kind {kind} here.",
        repair="Remove it or choose another kind of post.",
    ),
    "media.type": Sentence(
        message="The file is {found}; {place} takes {accepted}.", repair="Let Crosscut convert it.", action="render"
    ),
    "media.too_large": Sentence(
        message="The file is {found}; {place} takes {limit}.", repair="Let Crosscut make it smaller.", action="render"
    ),
    "media.large": Sentence(
        message="The file is {found}; more than {limit} is said to be refused on {place}.",
        repair="Let Crosscut make it smaller.",
        action="render",
    ),
    "media.too_light": Sentence(
        message="The file is {found}; {place} wants at least {limit}.", repair="Use a better original."
    ),
    "media.too_short": Sentence(
        message="It lasts {found}; {place} wants at least {limit}.", repair="Make it {under} longer."
    ),
    "media.too_long": Sentence(message="It lasts {found}; {place} takes {limit}.", repair="Cut {over}."),
    "media.too_small": Sentence(
        message="It is {width}×{height} pixels; {place} wants at least {limit}.", repair="Use a larger original."
    ),
    "media.too_big": Sentence(
        message="It is {width}×{height} pixels; {place} takes up to {limit}.",
        repair="Let Crosscut scale it down.",
        action="render",
    ),
    "media.too_many_pixels": Sentence(
        message="It has {found:,} pixels; {place} takes {limit:,}.",
        repair="Let Crosscut scale it down.",
        action="render",
    ),
    "media.too_tall": Sentence(
        message="It is {width}×{height}, an aspect of {found}; {place} wants {limit} or wider.",
        repair="Let Crosscut crop or pad it.",
        action="render",
    ),
    "media.too_wide": Sentence(
        message="It is {width}×{height}, an aspect of {found}; {place} wants {limit} or narrower.",
        repair="Let Crosscut crop or pad it.",
        action="render",
    ),
    "media.animated": Sentence(
        message="The picture moves; {place} takes still pictures here.",
        repair="Let Crosscut keep one frame.",
        action="render",
    ),
    "media.video_codec": Sentence(
        message="The film is coded as {found}; {place} takes {accepted}.",
        repair="Let Crosscut convert it.",
        action="render",
    ),
    "media.audio_codec": Sentence(
        message="The sound is coded as {found}; {place} takes {accepted}.",
        repair="Let Crosscut convert it.",
        action="render",
    ),
    "media.frame_rate_high": Sentence(
        message="The film has {found} frames a second; {place} takes {limit}.",
        repair="Let Crosscut lower the frame rate.",
        action="render",
    ),
    "media.frame_rate_low": Sentence(
        message="The film has {found} frames a second; {place} wants at least {limit}.",
        repair="Use a smoother original.",
    ),
    "media.interlaced": Sentence(
        message="The film is interlaced; {place} wants full frames.", repair="Let Crosscut convert it.", action="render"
    ),
    "media.bit_rate": Sentence(
        message="The film has {found:,} bits a second; {place} takes {limit:,}.",
        repair="Let Crosscut convert it.",
        action="render",
    ),
    "media.audio_rate": Sentence(
        message="The sound has {found:,} samples a second; {place} takes {limit:,}.",
        repair="Let Crosscut convert it.",
        action="render",
    ),
    "media.audio_channels": Sentence(
        message="The sound has {found} channel; {place} takes {limit}.",
        plural="The sound has {found} channels; {place} takes {limit}.",
        counts="found",
        repair="Let Crosscut mix it down.",
        action="render",
    ),
    "loudness.off": Sentence(
        message="The sound is {found} LUFS loud; {limit} is wanted, give or take {tolerance}.",
        repair="Let Crosscut set the loudness.",
        action="render",
    ),
    "loudness.peak": Sentence(
        message="The sound peaks at {found} dBTP; {limit} is the most that survives conversion unharmed.",
        repair="Let Crosscut set the loudness.",
        action="render",
    ),
}

_ACCESSIBILITY = {
    "alt_text.missing": Sentence(
        message="{name} has no alt text: people who cannot see it get nothing.",
        repair="Say what it shows and why it is here, or mark it as decorative.",
        action="add_alt_text",
    ),
    "alt_text.is_filename": Sentence(
        message="The alt text “{found}” is a file name.", repair="Say what the picture shows.", action="add_alt_text"
    ),
    "alt_text.says_image_of": Sentence(
        message="The alt text begins with “{found}”; screen readers have already said so.",
        repair="Leave these words out.",
    ),
    "alt_text.too_long": Sentence(
        message="The alt text is {used:,} characters; {place} takes {limit:,}.",
        repair="Cut {over:,}.",
        action="shorten",
    ),
    "alt_text.long": Sentence(
        message="The alt text is {used:,} characters; above {limit:,} it is tiring to hear.",
        repair="Keep the point here and move the rest into the text.",
    ),
    "alt_text.repeats_text": Sentence(
        message="The alt text says the same as the text: it is heard twice.", repair="Say what the picture shows."
    ),
    "alt_text.on_decoration": Sentence(
        message="The picture is marked as decorative and has alt text, which will not be sent.",
        repair="Remove the mark or the alt text.",
    ),
    "alt_text.no_field": Sentence(
        message="{place} has no field for alt text here.", repair="Say in the text what {name} shows."
    ),
    "captions.missing": Sentence(
        message="{name} has sound and no captions: people who cannot hear it get nothing.",
        repair="Add captions.",
        action="add_captions",
    ),
    "captions.not_taken": Sentence(
        message="{place} takes no caption files here.", repair="Let Crosscut burn the captions in.", action="render"
    ),
    "transcript.missing": Sentence(
        message="{name} has no transcript: people who cannot hear it get nothing.",
        repair="Add a transcript.",
        action="add_transcript",
    ),
    "silent_film.missing": Sentence(
        message="{name} is a film without sound and without words for it: people who cannot see it get nothing.",
        repair="Add alt text or a transcript.",
        action="add_alt_text",
    ),
    "flashes.found": Sentence(
        message="{name} flashes more often than three times a second, from {start} to {end}. This can cause seizures.",
        repair="Slow the flashes down, make them smaller or dimmer.",
    ),
    "flashes.near": Sentence(
        message="{name} flashes nearly more than is safe, from {start} to {end}.",
        repair="Look at it yourself; make it calmer if in doubt.",
    ),
    "contrast.low": Sentence(
        message="The contrast of {foreground} on {background} is {found}:1; {limit}:1 is the least to be readable.",
        repair="Choose a darker or lighter colour.",
    ),
}

_RIGHTS = {
    "rights.none": Sentence(
        message="{name} has no licence: nobody has said that it may be used.",
        repair="Add its licence, or use another file.",
    ),
    "rights.expired": Sentence(
        message="The licence of {holder} ended on {ends_on}; the post is planned for {on}.",
        repair="Extend the licence, publish earlier, or use another file.",
        action="extend_licence",
    ),
    "rights.not_begun": Sentence(
        message="The licence of {holder} begins on {starts_on}; the post is planned for {on}.",
        repair="Publish later, or use another file.",
    ),
    "rights.channel": Sentence(
        message="The licence of {holder} covers {covered}, not {channel}.",
        repair="Ask for {channel}, or use another file.",
        action="extend_licence",
    ),
    "rights.territory": Sentence(
        message="The licence of {holder} covers {covered}, not {territory}.",
        repair="Ask for it, or use another file.",
        action="extend_licence",
    ),
    "rights.use": Sentence(
        message="The licence of {holder} covers {covered} use, not {use}.",
        repair="Ask for it, or use another file.",
        action="extend_licence",
    ),
    "rights.edits": Sentence(
        message="The licence of {holder} allows {allowed}; this needs {wanted}.",
        repair="Ask for it, use the whole picture, or use another file.",
        action="extend_licence",
    ),
    "rights.none_for_right": Sentence(
        message="{name} has no licence for {right}.",
        repair="Add that licence too, or use another file.",
        action="extend_licence",
    ),
    "rights.ends_early": Sentence(
        message="{name} may be shown until {last_on}; it is planned to stay until {until}.",
        repair="Take it down earlier, or extend the licence or consent.",
        action="extend_licence",
    ),
    "rights.never_together": Sentence(
        message="{name}: licences, consents and embargo never all allow it at one time.",
        repair="Extend what ends first, or use another file.",
        action="extend_licence",
    ),
    "rights.embargo": Sentence(
        message="Nobody may see {name} before {until}.", repair="Publish later, or lift the embargo."
    ),
    "rights.consent_missing": Sentence(
        message="{subject} can be recognised in {name} and has not agreed to it.",
        repair="Ask for consent and enter it, or use another file.",
        action="add_consent",
    ),
    "rights.consent_withdrawn": Sentence(
        message="{subject} withdrew consent to {name} on {on}.", repair="Use another file."
    ),
    "rights.consent_ended": Sentence(
        message="The consent of {subject} to {name} ended on {ends_on}.",
        repair="Ask again, or use another file.",
        action="add_consent",
    ),
    "rights.consent_scope": Sentence(
        message="{subject} has not agreed to {place} and {use} use at that time.",
        repair="Ask for it, or use another file.",
        action="add_consent",
    ),
    "rights.consent_ends_soon": Sentence(
        message="The consent of {subject} ends on {ends_on}, {days} day after publishing: it will be taken down then.",
        plural="The consent of {subject} ends on {ends_on}, {days} days after publishing: it will be taken down then.",
        counts="days",
        repair="Ask for longer if the post should stay.",
    ),
    "rights.ends_soon": Sentence(
        message="The licence of {holder} ends on {ends_on}, {days} day after publishing: it will be taken down then.",
        plural="The licence of {holder} ends on {ends_on}, {days} days after publishing: it will be taken down then.",
        counts="days",
        repair="Extend the licence if the post should stay.",
        action="extend_licence",
    ),
    "rights.credit_missing": Sentence(
        message="{holder} must be named, and is not.", repair="Add “{credit}” to the text or as the file's credit."
    ),
    "rights.credit_not_shown": Sentence(
        message="{holder} must be named, and {place} does not print a file's credit by itself.",
        repair="Add “{credit}” to the text or the alt text.",
    ),
}

_CAPTIONS = {
    "captions.empty": Sentence(message="There are no captions in the file.", repair="Write them."),
    "captions.backwards": Sentence(message="The caption ends before it begins.", repair="Correct its times."),
    "captions.overlap": Sentence(
        message="The caption begins {found} s before the one before it ends.", repair="Move one of them."
    ),
    "captions.blank": Sentence(message="The caption has no words.", repair="Write them or remove it."),
    "captions.too_short": Sentence(
        message="The caption stays {found} s; {profile} wants at least {limit} s.", repair="Keep it {under} s longer."
    ),
    "captions.too_long": Sentence(
        message="The caption stays {found} s; {profile} wants at most {limit} s.", repair="Divide it in two."
    ),
    "captions.too_fast": Sentence(
        message="The caption must be read at {found} characters a second; {profile} allows {limit}.",
        repair="Keep it until {until} s, or use fewer words.",
    ),
    "captions.too_many_words": Sentence(
        message="The caption must be read at {found} words a minute; {profile} allows {limit}.",
        repair="Keep it until {until} s, or use fewer words.",
    ),
    "captions.line_too_long": Sentence(
        message="A line has {found} character; {profile} allows {limit}.",
        plural="A line has {found} characters; {profile} allows {limit}.",
        counts="found",
        repair="Break it after a phrase.",
    ),
    "captions.too_many_lines": Sentence(
        message="The caption has {found} line; {profile} allows {limit}.",
        plural="The caption has {found} lines; {profile} allows {limit}.",
        counts="found",
        repair="Divide it in two.",
    ),
    "captions.too_close": Sentence(
        message="The caption begins {found} s after the one before it; {profile} wants {limit} s.",
        repair="End the one before {under} s earlier.",
    ),
    "captions.gap_flickers": Sentence(
        message="Only {found} s lie between it and the caption before; for {profile} under {limit} s is a flicker.",
        repair="Keep the one before up until just before this one.",
    ),
    "captions.start_near_shot": Sentence(
        message="The caption begins at {found} s, just beside the shot change at {shot} s.",
        repair="Begin it on the shot change.",
    ),
    "captions.end_near_shot": Sentence(
        message="The caption ends at {found} s, just beside the shot change at {shot} s.",
        repair="End it with the shot.",
    ),
    "captions.one_line": Sentence(
        message="The words fit on one line of {limit} characters; {profile} wants them on one.",
        repair="Join the lines.",
    ),
    "captions.bad_break": Sentence(
        message="A line ends with “{found}”, which belongs to the next word.", repair="Break the line before it."
    ),
    "captions.no_speakers": Sentence(
        message="Nothing in the captions tells who speaks; {profile} wants it told where more than one person does.",
        repair="Write the name in front of the words, or a dash where another begins.",
    ),
}

SENTENCES: Mapping[str, Sentence] = {**_TEXT, **_COST, **_MEDIA, **_ACCESSIBILITY, **_RIGHTS, **_CAPTIONS}
