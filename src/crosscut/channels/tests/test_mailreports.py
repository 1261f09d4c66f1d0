"""Reports of what became of a letter: read where they are whole, passed over where they say nothing."""

import pytest

from crosscut.channels.mailreports import Report, report_in


def report(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", part: str = "text/rfc822-headers"
) -> bytes:
    """A report as mail servers write it: RFC 3464, appendix E."""
    lines = [
        "From: MAILER-DAEMON@mail.example",
        "To: letters@reef.example",
        "Subject: Undelivered mail",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        *("", "--b", "", "Your letter could not be delivered.", ""),
        *("--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mail.example", ""),
        *("Final-Recipient: rfc822; ada@reader.example", f"Action: {action}", f"Status: {status} (no mailbox)"),
        *("Diagnostic-Code: smtp; 550 5.1.1 no such user", ""),
        *("--b", f"Content-Type: {part}", "", f"Message-ID: {message_id}", "Subject: Half of the reef", ""),
        *("--b--", ""),
    ]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("part", ["text/rfc822-headers", "message/rfc822"])
def test_it_says_which_letter_came_back_and_why(part: str):
    assert report_in(report("<k1@reef.example>", part=part)) == Report(
        message_id="<k1@reef.example>", action="failed", status="5.1.1", words="550 5.1.1 no such user"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: Hello\r\n\r\nI am on holiday.",
        b"Content-Type: multipart/report\r\n\r\nnothing",
        report("").replace(b"Message-ID: ", b"X-Nothing: "),  # about no letter that it names
        report("<k1@reef.example>").replace(b"Action", b"Auction"),
        b"\xff\xfe\x00" * 50,
    ],
)
def test_all_other_mail_is_passed_over(content: bytes):
    assert report_in(content) is None
