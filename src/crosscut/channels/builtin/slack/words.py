"""Words as Slack takes and gives them: three signs are escaped, and addresses stand in brackets.

https://docs.slack.dev/messaging/formatting-message-text, as of 2026-11-30.
"""

import html
import re

_LINK = re.compile(r"<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>")


def escaped(text: str) -> str:
    """The text so that nothing in it is a mention or markup of Slack's with brackets.

    >>> escaped("<!channel> & <@U1>")
    '&lt;!channel&gt; &amp; &lt;@U1&gt;'
    """
    return html.escape(text, quote=False)


def plain(text: str) -> str:
    """What a person reads of a message's text.

    >>> plain("See <https://reef.example/?a=1&amp;b=2|reef.example> &lt;now&gt;")
    'See https://reef.example/?a=1&b=2 <now>'
    """
    return html.unescape(_LINK.sub(lambda found: found[1].removeprefix("mailto:"), text))
