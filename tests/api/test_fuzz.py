"""A few calls nobody thought of for each operation, straight into the application; ``make fuzz`` makes 20,000."""

from pathlib import Path

from tests.api.fuzz import fuzz_one, inside, operations
from tests.builders import Town
from tests.fakes import FakeClock
from tests.web.walk import House

EACH = 3


def test_whatever_is_called_the_answer_is_one_the_description_names(
    sqlite_url: str, fake_clock: FakeClock, tmp_path: Path
) -> None:
    house = House(Town(sqlite_url, fake_clock), tmp_path)
    found = [fuzz_one(house, operation, inside(house), EACH) for operation in operations(house)]
    house.close()
    assert {fault: example for one in found for fault, example in one.faults.items()} == {}
    assert sum(one.cases for one in found) > 40 * EACH
