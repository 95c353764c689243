"""A mail that tells of a breach, read: whatever a stranger sends, reading ends with what could be read."""

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from incidents.rules.inbox import LONGEST_TEXT, read, story
from tests.inbox_builders import SUBJECT, TEXT, processors_mail


def test_sender_subject_time_text_and_files_are_told() -> None:
    mail = read(processors_mail())
    assert mail.sender == "Ügyeleti Ubul <ugyelet@berszamfejto.example>"
    assert mail.subject == SUBJECT
    assert mail.sent_at == datetime(2026, 11, 20, 15, 12, tzinfo=UTC)
    assert mail.text == TEXT.strip()
    assert [(one.name, one.size, one.is_taken) for one in mail.attachments] == [
        ("naplo.pdf", 15, True),
        ("../../nezze.exe", 3, False),
    ]


def test_a_formatted_mail_is_read_as_words_and_nothing_of_it_runs() -> None:
    mail = read(processors_mail(html=True))
    assert "illetéktelen személy" in mail.text
    assert "alert" not in mail.text
    assert "<" not in mail.text


def test_a_time_that_is_missing_wrong_or_without_its_zone_is_unknown() -> None:
    for said in ("", "tegnap délután", "Fri, 20 Nov 2026 16:12:00 -0000", "Fri, 99 Nov 2026 16:12:00 +0100"):
        assert read(processors_mail(date=said)).sent_at is None, said


def test_the_story_is_the_subject_and_the_text_and_not_longer_than_a_report() -> None:
    assert story(read(processors_mail()), 5000) == f"{SUBJECT}\n\n{TEXT.strip()}"
    assert len(story(read(processors_mail(subject="a" * 900)), 200)) == 200


@example(b"*0*", b"Content-Type: multipart/mixed; b")
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"Subject: =?utf-8?b?", b"Content-Type: multipart/mixed; b", b"Date: "]),
)
def test_no_mail_is_broken_enough_to_stop_the_reading(rest: bytes, start: bytes) -> None:
    mail = read(start + rest)
    assert len(mail.text) <= LONGEST_TEXT
    assert "\n" not in mail.subject + mail.sender
