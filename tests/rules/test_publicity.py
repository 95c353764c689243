"""Where a notice stood and what proves it: links, times, and files that are what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.time import ZonedInstant
from incidents.rules.evidence import KINDS, SHOWN, NewFile, kind_of, safe_name
from incidents.rules.publicity import ProofForm, PublicationForm, proof_faults, publication_faults

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PNG, PDF = b"\x89PNG\r\n\x1a\n....", b"%PDF-1.7\n..."
PAGE = b"<!-- saved --><!DOCTYPE html><html><body>x</body></html>"


def at(hours: float) -> ZonedInstant:
    return ZonedInstant(NOW + timedelta(hours=hours))


def published(**changes: object) -> set[str]:
    given = {
        "place": "website",
        "name": "Kezdőlap",
        "address": "https://futar.example/incidens",
        "published_at": at(-2),
    }
    form = PublicationForm(**{**given, **changes})  # type: ignore[arg-type]
    return {fault.path for fault in publication_faults(form, NOW - timedelta(days=2), NOW)}


def proved(**changes: object) -> set[str]:
    form = ProofForm(**{"kind": "seen", "at": at(-1), "file": NewFile("a.png", PNG), **changes})  # type: ignore[arg-type]
    return {fault.path for fault in proof_faults(form, NOW - timedelta(hours=2), NOW)}


def test_a_notice_on_a_web_page_needs_its_link_a_paper_does_not() -> None:
    assert published() == set()
    assert published(address="") == {"address"}
    assert published(place="press", name="Megyei Napló", address="") == set()


@pytest.mark.parametrize(
    "address", ["futar.example", "javascript:alert(1)", "https://", "https://a b.example", "ftp://x.example"]
)
def test_a_link_is_a_whole_web_address(address: str) -> None:
    assert published(address=address) == {"address"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"place": "wall"}, "place"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"published_at": at(2)}, "published_at"),
        ({"published_at": at(-60)}, "published_at"),
        ({"until": at(-3)}, "until"),
        ({"language": "de"}, "language"),
    ],
)
def test_each_fault_of_a_publication_is_named_by_its_field(changes: dict[str, object], path: str) -> None:
    assert published(**changes) == {path}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (PDF, "application/pdf"),
        (PAGE, "text/html"),
        (b"\xef\xbb\xbf  <html>", "text/html"),
        (b"MZ\x90", ""),
        (b"\x7fELF\x02\x01", ""),
        (b"<svg onload=alert(1)>", "text/plain"),
        (b"PK\x03\x04....", "application/zip"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        ("2026-11-20 17:50 belépés innen: 192.0.2.7".encode("cp1250"), "text/plain"),
        (b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\n", "message/rfc822"),
        (b"", ""),
    ],
)
def test_a_file_is_known_by_what_stands_in_it(content: bytes, kind: str) -> None:
    assert KINDS.get(kind_of(content), ("",))[0] == kind


def test_a_program_called_a_picture_is_refused_and_so_is_what_is_too_large() -> None:
    assert proved(file=NewFile("kep.png", b"MZ\x90")) == {"file"}
    assert proved(file=NewFile("kep.png", PNG + b"x" * SHOWN.bytes)) == {"file"}
    assert proved() == set()


def test_without_a_file_somebody_says_who_saw_it() -> None:
    assert proved(file=None) == {"file"}
    assert proved(file=None, note="A recepciós látta a bejáraton kifüggesztve, fénykép nem készült.") == set()
    assert proved(kind="ended", file=None) == set()


@pytest.mark.parametrize(("changes", "path"), [({"kind": "x"}, "kind"), ({"at": at(-3)}, "at"), ({"at": at(1)}, "at")])
def test_each_fault_of_a_proof_is_named_by_its_field(changes: dict[str, object], path: str) -> None:
    assert proved(**changes) == {path}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (r"C:\Képek\képernyő 1.PNG", "képernyő 1.png"),
        ("../../etc/passwd", "passwd.png"),
        ("oldal.html.exe", "oldal.html.exe.png"),
        ("", "file.png"),
    ],
)
def test_the_name_of_a_file_keeps_no_folder_and_ends_as_what_it_is(given: str, kept: str) -> None:
    assert safe_name(NewFile(given, PNG)) == kept


@given(st.text(max_size=300))
def test_no_name_whatever_leaves_the_folder(name: str) -> None:
    kept = safe_name(NewFile(name, PDF))
    assert kept.endswith(".pdf")
    assert not {"/", "\\", "\x00", "\n", '"'} & set(kept)


@given(st.binary(max_size=200))
def test_no_content_whatever_breaks_the_look_at_it(content: bytes) -> None:
    kind_of(content)


@pytest.mark.parametrize("sign", [b" ", b"<!--", b"<?xml ", b"<!-- -->"])
def test_a_file_of_one_sign_repeated_is_looked_at_in_a_moment(sign: bytes) -> None:
    kind_of(sign * 100_000)
