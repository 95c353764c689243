"""The work in a case: a playbook on one click, tasks, files only downloaded, comments never deleted."""

import re
from uuid import UUID

from incidents.steps import casework
from tests.web.office import Office, text_of

ALARM = b"2026-11-20 17:50 sikertelen bejelentkezes 192.0.2.7"


def test_the_playbook_for_what_happened_stands_first_and_starts_on_one_click(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("handler")
    page = f"/incidents/{incident}/work"
    assert "Teendőlista indítása: Elveszett vagy ellopott eszköz" in text_of(office.get(page))
    assert office.fill_in(page, {}, f"{page}/playbook").status_code == 303

    said = text_of(office.get(page))
    assert "6 feladatból 6 van hátra" in said
    assert "Az eszköz távoli zárolása vagy törlése." in said
    assert "EDPB Guidelines 01/2021, v2.0, Case 10" in said
    assert "Határidő: 2026.11.20. 18:50" in said
    again = office.browser.post(f"{page}/playbook", data={"playbook": "lost-device", "_csrf_token": _token(office)})
    assert again.status_code == 409

    office.clock.advance(hours=2)
    assert "lejárt határidejű feladat: 1" in text_of(office.get(f"/incidents/{incident}"))


def test_a_task_is_given_to_somebody_done_with_a_note_and_all_of_it_stands_in_the_timeline(
    small_office: Office,
) -> None:
    office, page = _at_work(small_office)
    added = office.fill_in(
        page, {"title": "Felhívni a villamostársaságot.", "person": str(office.users["handler"])}, f"{page}/tasks"
    )
    assert added.status_code == 303
    [task] = _work(office, page).tasks
    assert (task.person, task.state) == ("Halmos Hanna", "open")

    where = f"{page}/tasks/{task.id}"
    refused = office.browser.post(where, data={"act": "dropped", "note": "", "_csrf_token": _token(office)})
    assert refused.status_code == 422
    assert "Írjon egy mondatot" in text_of(refused.text)
    office.fill_in(page, {"note": "Nem adták le.", "act": "done"}, where)
    [task] = _work(office, page).tasks
    assert (task.state, task.done_by, task.done_note) == ("done", "Doktor Dóra", "Nem adták le.")
    assert "Feladat elvégezve" in text_of(office.get(page.removesuffix("/work")))


def test_what_was_typed_is_not_lost_when_a_task_is_refused(small_office: Office) -> None:
    office, page = _at_work(small_office)
    refused = office.fill_in(page, {"title": "Hívás", "due_at.date": "2026-11-21", "due_at.time": ""}, f"{page}/tasks")
    assert refused.status_code == 422
    assert 'value="Hívás"' in refused.text
    assert _work(office, page).tasks == []


def test_a_file_is_kept_with_its_hash_and_every_download_is_logged(office: Office) -> None:
    office, page = _at_work(office)
    files = {"file": ("../napló.exe", ALARM, "text/html")}
    data = {"file_note": "a levelezés naplója", "_csrf_token": _token(office)}
    assert office.browser.post(f"{page}/files", data=data, files=files).status_code == 303
    incident = page.split("/")[2]
    [file] = office.case(UUID(incident)).files
    assert (file.name, file.media_type, file.purpose) == ("napló.exe.txt", "text/plain", "case")

    answer = office.browser.get(f"/incidents/{incident}/evidence/{file.id}")
    assert answer.content == ALARM
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-security-policy"] == "default-src 'none'; base-uri 'none'; sandbox"
    kinds = [event.kind for event in office.case(UUID(incident)).events]
    assert kinds[-2:] == ["evidence.added", "evidence.downloaded"]

    program = {"file": ("kep.png", b"MZ\x90\x00\x03", "image/png")}
    refused = office.browser.post(f"{page}/files", data=data, files=program)
    assert refused.status_code == 422
    assert "Ezt a fájltípust nem lehet feltölteni" in text_of(refused.text)
    office.sign_in("reporter")
    office.get(f"/incidents/{incident}/evidence/{file.id}", status=403)


def test_a_comment_is_struck_out_by_whoever_made_it_and_never_disappears(office: Office) -> None:
    office, page = _at_work(office)
    office.fill_in(page, {"comment": "A gép <b>pénteken</b> még megvolt."}, f"{page}/comments")
    [said] = _work(office, page).remarks
    where = f"{page}/comments/{said.row.id}/withdraw"

    office.sign_in("handler")
    assert office.browser.post(where, data={"_csrf_token": _token(office)}).status_code == 403
    office.sign_in("dpo")
    office.fill_in(page, {"reason": "Tévedtem."}, where)
    html = office.get(page)
    assert "A gép &lt;b&gt;pénteken&lt;/b&gt; még megvolt." in html
    assert "visszavonta: Doktor Dóra" in text_of(html)
    assert "Tévedtem." in text_of(office.get(page.replace("/work", "/print")))


def test_whoever_only_reads_sees_the_work_and_changes_nothing(small_office: Office) -> None:
    office, page = _at_work(small_office)
    office.sign_in("auditor")
    assert f'action="{page}' not in office.get(page)
    assert (
        office.browser.post(f"{page}/comments", data={"comment": "x", "_csrf_token": _token(office)}).status_code == 403
    )


def _at_work(office: Office) -> tuple[Office, str]:
    incident = office.open_case()
    office.sign_in("dpo")
    return office, f"/incidents/{incident}/work"


def _work(office: Office, page: str) -> casework.Work:
    with office.uow() as uow:
        return casework.work_of(uow, UUID(page.split("/")[2]))


def _token(office: Office) -> str:
    return re.findall(r'name="_csrf_token" value="([^"]+)"', office.get("/account"))[0]
