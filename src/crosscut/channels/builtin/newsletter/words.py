"""The few words letters and the readers' pages say themselves, in the newsletter's language."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Said:
    """One language's words."""

    language: str  # BCP 47
    on_the_web: str
    leave: str
    why: str  # with {title}
    join: str  # with {title}: a heading
    join_help: str
    address: str
    join_button: str
    asked: str
    asked_help: str
    confirm: str  # with {title}
    confirm_help: str
    confirm_button: str
    joined: str
    joined_help: str
    leave_heading: str  # with {title}
    leave_help: str
    leave_button: str
    left: str
    left_help: str
    over: str
    over_help: str
    wait: str
    wait_help: str
    question: str  # with {title}: the subject of the letter that asks
    question_text: str  # with {title}
    question_ignore: str


_ENGLISH = Said(
    language="en",
    on_the_web="Read it in the browser",
    leave="Leave this list",
    why="You get this because this address was signed up for {title}.",
    join="Sign up for {title}",
    join_help="We use your address for this newsletter and for nothing else. Every letter has a link to leave.",
    address="Your e-mail address",
    join_button="Sign up",
    asked="Look into your mailbox",
    asked_help="If this address can be signed up, a letter with a link is on its way. Nothing comes before you have "
    "followed it. Look into the spam folder too.",
    confirm="Do you want {title}?",
    confirm_help="One click, and the next issue comes to you.",
    confirm_button="Yes, sign me up",
    joined="You are signed up",
    joined_help="The next issue comes to you. Every letter has a link to leave.",
    leave_heading="Leave {title}?",
    leave_help="One click, and no more issues come to this address.",
    leave_button="Leave the list",
    left="You have left the list",
    left_help="No more issues come to this address. One that is on its way this minute may still arrive.",
    over="This link is over",
    over_help="It was used, has grown too old, or this address is on the list no longer.",
    wait="Too many tries",
    wait_help="Somebody has tried very often from here. Come back in an hour.",
    question="Please confirm: {title}",
    question_text="Somebody, probably you, asked for {title} to be sent to this address. Follow this link to confirm:",
    question_ignore="If it was not you, do nothing: then nothing comes, and the address is forgotten after a week.",
)
_GERMAN = Said(
    language="de",
    on_the_web="Im Browser lesen",
    leave="Abbestellen",
    why="Sie bekommen dies, weil diese Adresse für {title} angemeldet wurde.",
    join="{title} bestellen",
    join_help="Wir nutzen Ihre Adresse für diesen Newsletter und für nichts sonst. Jede Ausgabe hat einen Link zum "
    "Abbestellen.",
    address="Ihre E-Mail-Adresse",
    join_button="Bestellen",
    asked="Schauen Sie in Ihr Postfach",
    asked_help="Wenn diese Adresse angemeldet werden kann, ist eine Mail mit einem Link unterwegs. Nichts kommt, bevor "
    "Sie ihm gefolgt sind. Schauen Sie auch in den Spam-Ordner.",
    confirm="Möchten Sie {title}?",
    confirm_help="Ein Klick, und die nächste Ausgabe kommt zu Ihnen.",
    confirm_button="Ja, anmelden",
    joined="Sie sind angemeldet",
    joined_help="Die nächste Ausgabe kommt zu Ihnen. Jede Ausgabe hat einen Link zum Abbestellen.",
    leave_heading="{title} abbestellen?",
    leave_help="Ein Klick, und an diese Adresse kommt keine Ausgabe mehr.",
    leave_button="Abbestellen",
    left="Sie haben abbestellt",
    left_help="An diese Adresse kommt keine Ausgabe mehr. Was in dieser Minute unterwegs ist, kann noch ankommen.",
    over="Dieser Link gilt nicht mehr",
    over_help="Er wurde benutzt, ist zu alt, oder diese Adresse steht nicht mehr auf der Liste.",
    wait="Zu viele Versuche",
    wait_help="Von hier wurde es sehr oft versucht. Kommen Sie in einer Stunde wieder.",
    question="Bitte bestätigen: {title}",
    question_text="Jemand, vermutlich Sie, hat {title} an diese Adresse bestellt. Folgen Sie diesem Link, um es zu "
    "bestätigen:",
    question_ignore="Wenn Sie es nicht waren, tun Sie nichts: Dann kommt nichts, und die Adresse wird nach einer Woche "
    "vergessen.",
)


def said_for(language: str) -> Said:
    """The words in that language, in English where we have none.

    >>> said_for("de-AT").leave, said_for("fr").leave
    ('Abbestellen', 'Leave this list')
    """
    return _GERMAN if language.partition("-")[0].lower() == "de" else _ENGLISH
