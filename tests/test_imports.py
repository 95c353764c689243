"""Imports point inwards only; the contracts stand in pyproject.toml."""

import subprocess

from tests.processes import BIN, ROOT


def test_every_import_contract_is_kept() -> None:
    command = [str(BIN / "lint-imports"), "--no-cache"]
    checked = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 broken" in checked.stdout
