"""The public notice on its page: wording to copy, files for the press, where it stood, what proves it."""

import html
import re

from tests.web.office import Office, text_of

PNG = b"\x89PNG\r\n\x1a\nbild"


def publish(office: Office, incident: object, **changes: str) -> object:
    fields = {
        "place": "website",
        "name": "Kezdőlap",
        "address": "https://futar.example/incidens",
        "published_at.date": "2026-11-20",
        "published_at.time": "17:50",
    }
    address = f"/incidents/{incident}/notice"
    return office.fill_in(address, {**fields, **changes}, action=f"{address}/publications")


def prove(office: Office, incident: object, name: str, content: bytes) -> object:
    address = f"/incidents/{incident}/notice"
    page = office.get(address)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    notice = re.search(r'name="publication_id"[^>]*>\s*<option value="([^"]+)"', page)
    assert token
    assert notice
    data = {
        "_csrf_token": token[1],
        "publication_id": notice[1],
        "language": "hu",
        "kind": "seen",
        "at.date": "2026-11-20",
        "at.time": "17:50",
        "proof_note": "A főoldalon.",
    }
    return office.browser.post(f"{address}/proofs", data=data, files={"file": (name, content, "image/png")})


def test_the_notice_speaks_to_everybody_and_can_be_copied(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = small_office.get(f"/incidents/{incident}/notice")
    assert "Közlemény adatvédelmi incidensről" in page
    assert "Tisztelt Érintettek!" in page
    copied = re.search(r'<textarea id="source-html"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert copied
    assert "<h1>Közlemény adatvédelmi incidensről</h1>" in html.unescape(copied[1])
    assert "Public notice of a personal data breach" in small_office.get(f"/incidents/{incident}/notice?language=en")


def test_it_is_frozen_for_the_press_and_saved_for_the_web_page(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    assert small_office.fill_in(f"/incidents/{incident}/notice", {}).status_code == 303
    (frozen,) = small_office.case(incident).documents
    assert frozen.kind == "notice"
    for file in ("docx", "pdf"):
        assert small_office.browser.get(f"/incidents/{incident}/documents/{frozen.id}/{file}").status_code == 200
    saved = small_office.browser.get(f"/incidents/{incident}/notice/html?language=hu")
    assert saved.headers["content-disposition"] == 'attachment; filename="FUT-2026-0001-notice-hu.html"'
    assert "<h1>Közlemény" in saved.text
    assert (
        "Közlemény adatvédelmi incidensről\n====" in small_office.browser.get(f"/incidents/{incident}/notice/txt").text
    )


def test_a_publication_is_recorded_proved_and_shown_in_the_timeline(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    assert publish(office, incident).headers["location"].endswith("done=published")  # type: ignore[attr-defined]
    assert "még nincs igazolva" in office.get(f"/incidents/{incident}/notice")
    assert prove(office, incident, "kep.png", PNG).status_code == 303  # type: ignore[attr-defined]
    page = office.get(f"/incidents/{incident}/notice")
    assert "igazolva" in page
    link = re.search(r'href="([^"]+/notice/proofs/[^"]+)"', page)
    assert link
    saved = office.browser.get(link[1])
    assert saved.content == PNG
    assert saved.headers["content-disposition"] == 'attachment; filename="kep.png"'
    assert saved.headers["content-type"].startswith("application/octet-stream")
    told = text_of(office.get(f"/incidents/{incident}"))
    assert "Közlemény megjelent" in told
    assert "kep.png" in told


def test_faults_are_named_and_nothing_typed_is_lost(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    refused = publish(small_office, incident, address="futar.example", name="Kezdőlap, felül")
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert 'value="Kezdőlap, felül"' in refused.text  # type: ignore[attr-defined]
    assert "Adja meg a teljes hivatkozást" in refused.text  # type: ignore[attr-defined]
    publish(small_office, incident)
    program = prove(small_office, incident, "kep.png", b"MZ\x90")
    assert program.status_code == 422  # type: ignore[attr-defined]
    assert "A főoldalon." in program.text  # type: ignore[attr-defined]


def test_who_may_only_read_sees_the_notice_and_no_forms(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("auditor")
    page = small_office.get(f"/incidents/{incident}/notice")
    assert "A megjelenés rögzítése" not in page
    assert "A közlemény véglegesítése" not in page
