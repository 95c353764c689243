"""The test mail refuses in one sentence; that it arrives is shown where the operator guide is run."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from incidents.cli import main
from tests.processes import free_port


@pytest.mark.parametrize("refusal", ["SMTP_URL is not set", "the mail server did not take it"])
def test_a_mail_that_cannot_leave_ends_with_the_reason(refusal: str, tmp_path: Path) -> None:
    url = "" if "not set" in refusal else f"smtp://127.0.0.1:{free_port()}"
    env = {"INCIDENTS72_DATA": str(tmp_path), "SMTP_URL": url}
    done = CliRunner().invoke(main, ["test-mail", "anna@example.hu"], env=env)
    assert done.exit_code == 2
    assert refusal in done.stderr
