from pathlib import Path
from typing import Any

from litestar import Litestar, get
from litestar.datastructures import State
from litestar.testing import TestClient

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.settings import load_settings
from incidents.web.app import create_app
from incidents.web.problems import EXCEPTION_HANDLERS
from tests.fakes import FakeClock
from tests.web.office import Office, text_of


def test_an_unknown_address_says_so_in_hungarian_and_shows_the_way(small_office: Office) -> None:
    text = text_of(small_office.get("/nincs-ilyen", 404))
    assert "Nincs ilyen oldal" in text
    assert "Vissza a kezdőlapra" in text


def test_who_chose_english_gets_errors_in_english(small_office: Office) -> None:
    small_office.fill_in("/login", {}, "/language/en")
    assert "There is no such page" in small_office.get("/nincs-ilyen", 404)


def test_a_crash_names_nothing_of_the_inside(fake_clock: FakeClock, tmp_path: Path) -> None:
    settings = load_settings({"INCIDENTS72_DATA": str(tmp_path)})
    app = create_app(settings, "an engine that is none: secret detail", fake_clock)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as browser:
        answer = browser.get("/login")
    assert answer.status_code == 500
    assert "Amit korábban rögzített, biztonságban van." in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


@get("/api/v1/faulty", sync_to_thread=False)
def faulty() -> None:
    raise InvalidInput([FieldError("facts.subjects_count", "wrong-type", "Give a name."), FieldError("x[2]", "y", "Q")])


@get("/api/v1/taken", sync_to_thread=False)
def taken() -> None:
    raise Conflict


@get("/api/v1/crash", sync_to_thread=False)
def crash() -> None:
    raise RuntimeError("secret detail")


def api(path: str, **headers: str) -> Any:
    """What a program gets from an API whose operations refuse."""
    app = Litestar([faulty, taken, crash], exception_handlers=EXCEPTION_HANDLERS, state=State(), openapi_config=None)
    with TestClient(app, raise_server_exceptions=False) as program:
        return program.get(path, headers=headers)


def test_a_program_gets_every_faulty_field_by_its_path() -> None:
    answer = api("/api/v1/faulty")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:incidens72:problem:invalid-input",
        "title": "invalid-input",
        "status": 422,
        "detail": "Néhány mezőt javítani kell.",
        "code": "invalid-input",
        "errors": [
            {"path": "facts.subjects_count", "code": "wrong-type", "detail": "Adjon meg egy nevet."},
            {"path": "x[2]", "code": "y", "detail": "Q"},
        ],
    }


def test_a_program_chooses_the_language_of_the_sentences() -> None:
    assert api("/api/v1/taken").json()["detail"] == "Ez ellentmond annak, amit már rögzítettek."
    english = api("/api/v1/taken", **{"accept-language": "en-GB,hu;q=0.5"}).json()
    assert english["detail"] == "This conflicts with what is already recorded."
    assert english["status"] == 409


def test_unknown_addresses_and_crashes_of_the_api_are_problem_bodies_too() -> None:
    assert api("/api/v1/nincs").json()["code"] == "not-found"
    crashed = api("/api/v1/crash")
    assert crashed.status_code == 500
    assert crashed.json()["code"] == "internal-error"
    assert "secret detail" not in crashed.text
