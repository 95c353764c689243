"""The thread with the authority on its pages: complete or not, sign-off in two acts, receipts and orders with files."""

import io
import re
from uuid import UUID

from pypdf import PdfReader

from incidents.steps import thread_view
from tests.web.office import Office, text_of
from tests.web.test_send import FILED, decided

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def look(office: Office, incident: UUID) -> thread_view.Thread:
    with office.uow() as uow:
        return thread_view.read(uow, incident)


def upload(office: Office, page: str, action: str, fields: dict[str, str], name: str, content: bytes) -> str:
    """Send a form that brings a file; the address it leads to, or the page that was refused."""
    token = re.findall(r'name="_csrf_token" value="([^"]+)"', office.get(page))[0]
    files = {"file": (name, content, "application/octet-stream")}
    answer = office.browser.post(action, data={"_csrf_token": token, **fields}, files=files)
    return answer.headers.get("location", "") if answer.status_code == 303 else answer.text


class TestComplete:
    def test_it_is_refused_with_the_list_and_a_link_to_each_place(self, office: Office) -> None:
        incident = decided(office)
        refused = office.fill_in(f"/incidents/{incident}/send", FILED | {"complete": "yes"})
        assert refused.status_code == 422
        assert "Ez akadályozza, hogy teljes legyen:" in refused.text
        assert f'href="/incidents/{incident}/facts#f-facts.systems"' in refused.text
        assert f'href="/incidents/{incident}/form#q-prior_measures"' in refused.text
        assert 'value="2A4E-PELDA"' in refused.text
        assert 'href="#f-form.' not in refused.text

    def test_a_promise_is_given_with_the_incomplete_one_and_shown(self, small_office: Office) -> None:
        incident = decided(small_office)
        small_office.fill_in(f"/incidents/{incident}/send", FILED | {"promised_on": "2026-12-10"})
        page = text_of(small_office.get(f"/incidents/{incident}/send"))
        assert "Ígért nap: 2026. december 10." in page


class TestWhatWasSent:
    def test_its_content_its_hash_and_its_sheet_can_be_had_for_good(self, office: Office) -> None:
        incident = decided(office)
        office.fill_in(f"/incidents/{incident}/send", FILED)
        [sent] = look(office, incident).versions
        assert sent.content is not None
        page = office.get(f"/incidents/{incident}/filings/{sent.filing.id}")
        assert sent.content.fingerprint in page
        assert "Elveszett egy laptop a 4-es villamoson" in page
        sheet = office.browser.get(f"/incidents/{incident}/filings/{sent.filing.id}/pdf")
        assert sheet.headers["content-disposition"].startswith("attachment")
        text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(sheet.content)).pages)
        assert sent.content.fingerprint in text.replace("\u200b", "")

    def test_a_receipt_is_kept_with_its_hash_and_only_ever_downloaded(self, office: Office) -> None:
        incident = decided(office)
        office.fill_in(f"/incidents/{incident}/send", FILED)
        [sent] = look(office, incident).versions
        page = f"/incidents/{incident}/filings/{sent.filing.id}"
        where = upload(office, page, f"{page}/receipts", {"identifier": "NAIH/7"}, "../vissza<igazolás>.exe.pdf", PDF)
        assert where.startswith(page)
        [(receipt, file)] = look(office, incident).versions[0].receipts
        assert receipt.authority_identifier == "NAIH/7"
        assert file is not None
        kept = office.browser.get(f"/incidents/{incident}/evidence/{file.id}")
        assert kept.content == PDF
        assert kept.headers["content-disposition"] == 'attachment; filename="vissza-igazol-s-.exe.pdf"'
        assert kept.headers["content-type"] == "application/octet-stream"
        assert kept.headers["x-content-type-options"] == "nosniff"
        assert file.sha256 in office.get(page)

    def test_a_page_pretending_to_be_a_receipt_is_refused(self, small_office: Office) -> None:
        incident = decided(small_office)
        small_office.fill_in(f"/incidents/{incident}/send", FILED)
        page = f"/incidents/{incident}/filings/{look(small_office, incident).versions[0].filing.id}"
        fields = {"identifier": "", "receipt_note": "az átvételi elismervény"}
        refused = upload(small_office, page, f"{page}/receipts", fields, "x.pdf", b"<html><script>")
        assert "Csak PDF-, PNG-, JPG- és levélfájl" in refused
        assert "az átvételi elismervény" in refused

    def test_no_file_of_another_case_or_controller_comes_out(self, small_office: Office) -> None:
        incident, other = decided(small_office), small_office.open_case()
        foreign = small_office.open_case(firm_id=small_office.another_firm())
        small_office.sign_in("dpo")
        small_office.fill_in(f"/incidents/{incident}/send", FILED)
        key = look(small_office, incident).versions[0].filing.id
        small_office.get(f"/incidents/{other}/filings/{key}", status=404)
        small_office.get(f"/incidents/{other}/filings/{key}/pdf", status=404)
        small_office.get(f"/incidents/{foreign}/orders", status=404)


class TestSignOff:
    def test_two_acts_of_the_manager_are_enough(self, office: Office) -> None:
        incident = decided(office)
        page = f"/incidents/{incident}/send"
        office.fill_in(page, {"sign_kind": "new"}, action=f"/incidents/{incident}/sign-off")
        pending = look(office, incident).pending
        assert pending is not None
        office.sign_in("manager")
        request = f"/incidents/{incident}/sign-off/{pending.request.id}"
        shown = text_of(office.get(request))
        assert "Kéri: Doktor Dóra. Amiről szól: Új bejelentés, hiányos." in shown
        assert "Az érintett rendszerek, szoftverek, szolgáltatások" in shown
        answer = office.fill_in(request, {"answer": "approved", "sentence": "Rendben, mehet."})
        assert answer.status_code == 303
        office.sign_in("dpo")
        assert "jóváhagyva" in text_of(office.get(page))
        assert office.fill_in(page, FILED).status_code == 303

    def test_a_change_voids_it_before_everybodys_eyes_and_sending_goes_on_with_a_sentence(
        self, small_office: Office
    ) -> None:
        incident = decided(small_office)
        page = f"/incidents/{incident}/send"
        small_office.fill_in(page, {"sign_kind": "new"}, action=f"/incidents/{incident}/sign-off")
        small_office.record(incident, systems="egy laptop")
        assert "érvényét vesztette" in text_of(small_office.get(page))
        refused = small_office.fill_in(page, FILED)
        assert 'href="#f-unsigned_because"' in refused.text
        because = "A vezető repülőn ül, a határidő pedig egy órán belül lejár."
        assert small_office.fill_in(page, FILED | {"unsigned_because": because}).status_code == 303
        shown = text_of(small_office.get(page))
        assert f"jóváhagyás nélkül benyújtva Doktor Dóra: {because}" in shown


class TestOrders:
    def test_an_order_is_kept_with_its_file_and_answered_with_one(self, office: Office) -> None:
        incident = decided(office)
        office.clock.advance(hours=3)
        office.sign_in("dpo")
        page = f"/incidents/{incident}/orders"
        order = {
            "kind": "clarify",
            "title": "Naplók megküldése",
            "text": "Küldje meg az incidens naplóit.",
            "received_at.date": "2026-11-20",
            "received_at.time": "19:00",
            "days": "8",
        }
        upload(office, page, page, order, "vegzes.pdf", PDF)
        [seen] = look(office, incident).orders
        assert (seen.order.title, seen.state) == ("Naplók megküldése", "confirmed")
        said = {"sent_at.date": "2026-11-20", "sent_at.time": "20:00", "channel": "krid", "text": "Mellékelve."}
        upload(office, page, f"{page}/{seen.order.id}/answers", said, "valasz.pdf", PDF)
        [seen] = look(office, incident).orders
        assert seen.state == "ended"
        assert "teljesítve" in text_of(office.get(page))

    def test_what_is_missing_is_named_and_nothing_typed_is_lost(self, small_office: Office) -> None:
        incident = decided(small_office)
        page = f"/incidents/{incident}/orders"
        refused = upload(small_office, page, page, {"kind": "clarify", "title": "Naplók"}, "x.pdf", PDF)
        for field in ("text", "received_at", "deadline_at"):
            assert f'href="#f-{field}"' in refused, field
        assert 'value="Naplók"' in refused
