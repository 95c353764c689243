"""What no page may do, whoever asks for whatever; headers are looked at on the walk through every address."""

import pytest

from tests.web.office import Office


def test_no_link_is_made_from_the_host_a_caller_names(small_office: Office) -> None:
    for path in ("/login", "/incidents/new", "/nincs-ilyen"):
        answer = small_office.browser.get(
            path, headers={"host": "gonosz.example", "x-forwarded-host": "gonosz.example"}
        )
        assert "gonosz" not in answer.text
        assert "gonosz" not in str(answer.headers)


@pytest.mark.parametrize("path", ["/static/", "/static", "/static/../app.py", "/static/%2e%2e/x", "/.git/config"])
def test_there_are_no_listings_and_nothing_beside_the_files_meant_to_be_read(small_office: Office, path: str) -> None:
    assert small_office.browser.get(path).status_code in {303, 404}


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_unusual_methods_are_refused(small_office: Office, method: str) -> None:
    assert small_office.browser.request(method, "/login").status_code in {400, 404, 405, 501}
