"""Pages of the escalation: read as people say it, changed with errors at the field, and who would get it now."""

from uuid import UUID

import pytest

from incidents.base.time import parse_local
from tests.fakes import FakeClock
from tests.web.office import Office, text_of


@pytest.fixture
def office(small_office: Office, fake_clock: FakeClock) -> Office:
    """A Tuesday on which the newest ladder applies; the data protection officer is signed in."""
    fake_clock.move_to(parse_local("2026-11-24T09:20").at)
    small_office.sign_in("dpo")
    return small_office


def address(office: Office, rest: str = "") -> str:
    return f"/controllers/{office.firm_id}/policy{rest}"


def test_the_ladder_reads_as_people_say_it(office: Office) -> None:
    page = text_of(office.get(address(office)))
    for sentence in (
        "az ügy megnyitásakor",
        "24 órával a tudomásszerzés után",
        "2 órával a munkaidő vége előtt, ha a határidő munkaidőn kívül jár le",
        "a határidő pillanatában",
        "24 óránként ismétlődik, amíg minden értesített nem nyugtázza",
        "adatvédelmi tisztviselő, helyettes és vezető",
        "Munkaidő: hétfő 08:00–16:30",
        "Csendes órák: 20:00 – 07:00, valamint a teljes pihenőnapok",
        "alap riasztási rend",
    ):
        assert sentence in page
    other = text_of(office.get(address(office, "/duty")))
    assert "6 órával a határidő előtt" in other
    office.get(address(office, "/rope"), status=404)


def test_it_reads_in_english_as_well(office: Office) -> None:
    office.browser.cookies.set("lang", "en")
    page = text_of(office.get(address(office, "/duty")))
    assert "6 hours before the deadline" in page
    assert "repeated every 24 hours, until everybody who was told has acknowledged it" in page


class TestChanging:
    def save(self, office: Office, **fields: str | list[str]) -> str:
        """Send the form with some fields changed; the page shown after it."""
        where = address(office, "/default/edit")
        answer = office.fill_in(where, {"reason": "Nálunk a vezető is kapja.", **fields})
        return answer.text if answer.status_code != 303 else office.get(answer.headers["location"].split("?")[0])

    def test_untouched_it_is_the_same_ladder_under_an_own_version(self, office: Office) -> None:
        page = text_of(self.save(office))
        assert "saját riasztási rend, 1. változat" in page
        assert "Mi változott" not in page

    def test_hours_audience_and_a_new_stage_are_saved_and_the_versions_say_what_changed(self, office: Office) -> None:
        new = {
            "stages[11].hours": "1,5",
            "stages[11].when": "before",
            "stages[11].label_hu": "Másfél óra van hátra",
            "stages[11].label_en": "An hour and a half left",
            "stages[11].audience": ["all"],
        }
        page = text_of(self.save(office, **{"stages[2].hours": "20", "stages[2].audience": ["dpo", "manager"], **new}))
        assert "20 órával a tudomásszerzés után" in page
        assert "1 óra 30 perccel a határidő előtt" in page
        versions = page.split("Mi változott")[1]
        assert "20 órával a tudomásszerzés után; adatvédelmi tisztviselő és vezető" in versions
        assert "Már nincs: 24 óra eltelt, még nincs döntés" in versions

    def test_a_stage_can_be_taken_out(self, office: Office) -> None:
        assert "48 óra eltelt" not in text_of(self.save(office, **{"stages[3].remove": "on"})).split("Változatok")[0]

    def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(self, office: Office) -> None:
        wrong = {
            "stages[2].hours": "sok",
            "stages[3].label_en": " ",
            "stages[4].audience": [],
            "stages[4].repeat": "0,1",
            "hours_monday.closes": "07:00",
            "reason": " ",
        }
        html = self.save(office, **wrong)
        page = text_of(html)
        for sentence in (
            "Az órákat számmal adja meg",
            "Adja meg a fokozat szövegét magyarul és angolul is.",
            "Adja meg, ki kapjon értesítést ennél a fokozatnál.",
            "Az ismétlés legkorábban negyedóra múlva jöhet.",
            "Időpontokat adjon meg, például 08:00",
            "Írja meg egy mondatban, miért változik",
        ):
            assert sentence in page
        for link in ("stages[2].hours", "stages[3].label_hu", "stages[4].audience", "stages[4].repeat", "hours"):
            assert f'href="#f-{link}"' in html
            assert f'id="f-{link}"' in html
        assert 'value="sok"' in html

    def test_the_stage_at_the_deadline_cannot_be_silenced(self, office: Office) -> None:
        page = text_of(self.save(office, **{"stages[9].remove": "on"}))
        assert "Tartson meg egy fokozatot pontosan a határidőnél" in page

    def test_a_running_case_follows_only_when_asked(self, office: Office) -> None:
        case = office.open_case()
        self.save(office)
        assert office.case(case).clock.policy_version == "2"
        self.save(office, also_running="on")
        assert office.case(case).clock.policy_version == "own-2"

    def test_back_to_the_standard(self, office: Office) -> None:
        self.save(office)
        where = address(office, "/default")
        answer = office.fill_in(
            where, {"reason": "Bevált az alap."}, to=f"{where}/standard", action=f"{where}/standard"
        )
        assert answer.status_code == 303
        page = text_of(office.get(where))
        assert "Bevált az alap." in page
        assert "Módosítás" in page
        assert "Vissza az alaphoz" not in page

    def test_who_only_works_on_cases_reads_it_and_changes_nothing(self, office: Office) -> None:
        office.sign_in("handler")
        assert "/default/edit" not in office.get(address(office))
        office.get(address(office, "/default/edit"), status=403)


class TestWhoWouldGetThisNow:
    def test_the_people_of_today_and_of_a_day_on_which_somebody_is_away(self, office: Office) -> None:
        away = {"first": "2026-12-01", "last": "2026-12-04", "stand_in": str(office.users["manager"])}
        assert office.fill_in("/account/absences", away).status_code == 303
        where = address(office, "/default/who?stage=t24")
        today = text_of(office.get(where))
        assert "Doktor Dóra dpo@futar.example szerepköre szerint" in today
        then = text_of(office.get(f"{where}&at.date=2026-12-02&at.time=10%3A00"))
        assert "Kelemen Katalin manager@futar.example helyettesként, Doktor Dóra helyett" in then
        assert "Doktor Dóra: távol van" in then

    def test_a_stage_nobody_knows_and_a_time_nobody_can_read(self, office: Office) -> None:
        office.get(address(office, "/default/who?stage=t99"), status=404)
        office.get(address(office, "/default/who?stage=t24&at.date=2026-12-02"), status=422)

    def test_in_a_case_with_whoever_holds_it_and_what_has_lost_its_point(self, office: Office) -> None:
        case: UUID = office.open_case()
        note = {"user": str(office.users["manager"]), "note": "Holnapig nála van."}
        office.fill_in(f"/incidents/{case}/hand-over", note)
        page = text_of(office.get(f"/incidents/{case}/who?stage=t24"))
        assert "Kelemen Katalin manager@futar.example nála van az ügy" in page
        assert "nem menne ki" not in page
        office.fill_in(f"/incidents/{case}", {}, action=f"/incidents/{case}/acknowledge")
        moot = text_of(office.get(f"/incidents/{case}/who?stage=unacknowledged"))
        assert "Az ügy mostani állása szerint: valaki már átvette." in moot

    def test_a_mail_that_may_wait_says_until_when(self, office: Office) -> None:
        where = address(office, "/duty/who?stage=week&at.date=2026-11-24&at.time=21%3A15")
        page = text_of(office.get(where))
        assert "visszatartva a csendes órákban 2026. november 25. 7:00" in page
