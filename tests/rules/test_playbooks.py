"""Which playbook a case calls for: by the kind of incident, and by what is known whatever the kind."""

from datetime import date

from incidents.rules.casework import playbooks
from incidents.rules.vocabulary import vocabulary

TODAY = date(2026, 11, 20)


def fitting(kind: str, *known: str) -> set[str]:
    return {one.id for one in playbooks(TODAY) if one.fits(kind, known)}


def test_a_processor_in_the_facts_calls_for_its_playbook_beside_that_of_the_kind() -> None:
    assert fitting("phishing") == {"phishing"}
    assert fitting("phishing", "processor") == {"phishing", "processor"}
    assert fitting("other", "processor_notified_at") == {"processor"}
    assert fitting("other") == set(), "what nobody could name has no playbook of its own"


def test_every_kind_and_fact_a_playbook_hangs_on_is_in_the_vocabulary() -> None:
    fields = vocabulary()
    for one in playbooks(TODAY):
        assert set(one.kinds) <= set(fields["kind"].codes)
        assert set(one.facts) <= set(fields)
        assert one.kinds or one.facts
