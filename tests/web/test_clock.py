"""Awareness on the page: T1 with its reason, the new deadline, and other readings as information only."""

from tests.web.office import Office, text_of

REASON = "A naplók átnézése után vált bizonyossá, hogy az ügyféllista a gépen volt."


def test_the_dpo_records_awareness_with_a_reason_and_the_deadline_moves(office: Office) -> None:
    incident = office.open_case()
    office.clock.advance(hours=5)
    office.sign_in("dpo")
    answer = office.fill_in(
        f"/incidents/{incident}/clock",
        {"awareness_at.date": "2026-11-20", "awareness_at.time": "21:30", "reason": REASON},
    )

    assert answer.status_code == 303
    page = text_of(office.get(f"/incidents/{incident}"))
    assert "Tudomásszerzés (T1) 2026. november 20. 21:30" in page
    assert "Határidő (72 óra) 2026. november 23. 21:30" in page
    assert REASON in page


def test_until_then_the_clock_runs_provisionally_from_the_first_signal(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = text_of(small_office.get(f"/incidents/{incident}"))
    assert "a határidő egyelőre az első észleléstől fut" in page
    assert "van hátra (ideiglenes)" in page


def test_a_late_awareness_without_a_reason_is_refused_and_keeps_what_was_typed(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.clock.advance(hours=5)
    small_office.sign_in("dpo")
    answer = small_office.fill_in(
        f"/incidents/{incident}/clock",
        {"awareness_at.date": "2026-11-20", "awareness_at.time": "21:30", "reason": "mert csak"},
    )
    assert answer.status_code == 422
    assert 'href="#f-reason"' in answer.text
    assert "mert csak" in answer.text
    assert 'value="21:30"' in answer.text


def test_a_moment_without_its_hour_is_named_together_with_the_other_faults(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.clock.advance(hours=5)
    small_office.sign_in("dpo")
    answer = small_office.fill_in(f"/incidents/{incident}/clock", {"awareness_at.date": "2026-11-20"})
    assert answer.status_code == 422
    assert 'href="#f-awareness_at"' in answer.text
    assert len(small_office.case(incident).clocks) == 1


def test_other_readings_of_the_end_are_information_only(small_office: Office) -> None:
    """Friday 17:50: the exact end is Monday 17:50; Regulation 1182/71 is shown folded away, never as the deadline."""
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = small_office.get(f"/incidents/{incident}")
    folded = page[page.index("A határidő más olvasatai") :]
    assert "2026. november 23. 18:00" in folded
    assert "Vitatott" in folded
    assert "2026. november 23. 17:50" in text_of(page)


def test_a_handler_sees_the_clock_but_does_not_set_it(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    page = small_office.get(f"/incidents/{incident}/clock")
    assert 'name="awareness_at.date"' not in page
