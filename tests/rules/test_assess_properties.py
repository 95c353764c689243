"""The laws of the risk test: a worse fact never lowers a duty, the unknown clears nothing, heads never count down."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from incidents.rules.assess import Answer, Verdict, assess, assess_groups, explain
from incidents.rules.facts import vocabulary

Facts = dict[str, Any]
WORSE: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "vectors" / "worse.yaml").read_text(encoding="utf-8")
)
CASES = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "cases.yaml").read_text(encoding="utf-8"))["cases"]


def _one_of(key: str) -> st.SearchStrategy[Any]:
    field = vocabulary()[key]
    return st.sampled_from([*field.codes, None])


def _some_of(key: str, most: int = 4) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(st.sampled_from(sorted(vocabulary()[key].codes)), unique=True, max_size=most)


def _part_of(key: str, part: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([*vocabulary()[key].parts[part].codes, None])


COUNT = st.none() | st.sampled_from([0, 1, 5, 20, 21, 99, 100, 101, 260, 60_000])
MAYBE = st.sampled_from([True, False, None])
FACTS = st.fixed_dictionaries(
    {
        "breach_types": _some_of("breach_types", 3),
        "cause": _one_of("cause"),
        "data_categories": _some_of("data_categories"),
        "special_categories": st.just([]) | _some_of("special_categories", 2),
        "subjects_count": COUNT,
        "subjects_band": st.none() | _one_of("subjects_band"),
        "vulnerable": st.just([]) | _some_of("vulnerable", 2),
        "unintelligible": st.fixed_dictionaries(
            {"state": _part_of("unintelligible", "state"), "key_safe": MAYBE, "salt_safe": MAYBE}
        ),
        "backup": _one_of("backup"),
        "restored_within_hours": st.none() | st.sampled_from([0.2, 1, 6, 24, 30, 72, 96, 500]),
        "recipient": st.fixed_dictionaries(
            {
                "kind": _part_of("recipient", "kind"),
                "count": COUNT,
                "assurance": _part_of("recipient", "assurance"),
            }
        ),
        "exfiltrated": _one_of("exfiltrated"),
        "malicious": MAYBE,
        "identifiability": _one_of("identifiability"),
        "service_impact": _one_of("service_impact"),
        "context": st.just([]) | _some_of("context", 3),
        "mitigations": st.just([]),
    }
)
# An empty list of these says nothing yet, which is as bad as can be.
NOTHING_SAID = {"breach_types", "data_categories"}
# A person or the form can leave any fact unanswered, and these parts of one.
UNKNOWABLE = sorted(
    {path.partition(".")[0] for path in WORSE}
    | {"recipient.count", "recipient.assurance", "unintelligible.key_safe", "unintelligible.salt_safe"}
)
NO_CONTRADICTION = {"second_approval", "unnamed_tag"}
PUBLISHED = st.sampled_from([case["fields"] for case in CASES])
# Published cases, so that the interesting corners (a clearing rule just holds) are met often, and anything at all.
ANY_FACTS = PUBLISHED | FACTS
PATIENT = [HealthCheck.too_slow, HealthCheck.filter_too_much]
FEW = settings(max_examples=50, deadline=None, suppress_health_check=PATIENT)
LONG = settings(max_examples=150, deadline=None, suppress_health_check=PATIENT)


def ranks(verdict: Verdict) -> tuple[int, int]:
    return verdict.notify_authority.rank, verdict.tell_subjects.rank


def get(facts: Facts, path: str) -> Any:
    key, _, part = path.partition(".")
    value = facts.get(key)
    return value.get(part) if part and isinstance(value, dict) else value


def put(facts: Facts, path: str, value: Any) -> Facts:
    changed = copy.deepcopy(facts)
    key, _, part = path.partition(".")
    if part:
        changed[key] = {**(changed.get(key) or {}), part: value}
    else:
        changed[key] = value
    return changed


def worse_values(path: str, now: Any) -> Iterator[Any]:
    """Every value of a fact that is a step worse than the present one."""
    order = WORSE[path]
    yield from (worse for better, worse in order.get("steps", ()) if better == now and type(better) is type(now))
    if order.get("higher") and isinstance(now, int | float):
        yield from (now + 1, now * 3 + 50, now * 200 + 1000)
    if isinstance(now, list) and (now or path not in NOTHING_SAID):
        more = vocabulary()[path].codes if order.get("more") == "all" else order.get("more", ())
        yield from ([*now, code] for code in more if code not in now)
        yield from ([code for code in now if code != good] for good in order.get("fewer", ()) if good in now)


def milder_steps(facts: Facts) -> Iterator[tuple[str, Any, tuple[int, int], tuple[int, int]]]:
    """Every single worsening after which an answer is milder than before."""
    before = ranks(assess(facts))
    for path in WORSE:
        for value in worse_values(path, get(facts, path)):
            after = ranks(assess(put(facts, path, value)))
            if after[0] < before[0] or after[1] < before[1]:
                yield path, value, before, after


@FEW
@given(FACTS)
def test_making_any_single_fact_worse_never_lowers_a_duty(facts: Facts) -> None:
    assert list(milder_steps(facts)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_making_any_single_fact_of_a_published_case_worse_never_lowers_a_duty(case: Facts) -> None:
    assert list(milder_steps(case["fields"])) == []


def test_the_order_of_worse_knows_every_fact_of_the_risk_test() -> None:
    compared = {path.partition(".")[0] for path in WORSE}
    assert {key for key, field in vocabulary().items() if field.risk} - compared == {"mitigations"}


@LONG
@given(ANY_FACTS, st.sampled_from(UNKNOWABLE))
def test_what_nobody_knows_never_clears_a_duty(facts: Facts, path: str) -> None:
    known, unknown = assess(facts), assess(put(facts, path, None))
    assume({one.code for one in known.warnings} <= NO_CONTRADICTION)

    if unknown.notify_authority is Answer.NO:
        assert known.notify_authority is Answer.NO
    if unknown.tell_subjects is Answer.NO:
        assert known.tell_subjects is Answer.NO


@LONG
@given(ANY_FACTS)
def test_people_to_be_told_means_that_the_authority_is_notified(facts: Facts) -> None:
    authority, people = ranks(assess(facts))
    assert authority >= people


@LONG
@given(ANY_FACTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_heads_never_lower_a_duty(facts: Facts, one: int, another: int) -> None:
    fewer, more = sorted((one, another))
    few, many = ranks(assess({**facts, "subjects_count": fewer})), ranks(assess({**facts, "subjects_count": more}))

    assert few[0] <= many[0]
    assert few[1] <= many[1]


@LONG
@given(ANY_FACTS)
def test_the_same_facts_give_the_same_answer(facts: Facts) -> None:
    shuffled = dict(reversed(list(facts.items())))
    assert explain(assess(facts)) == explain(assess(shuffled))


@LONG
@given(st.dictionaries(st.sampled_from(["staff", "patients", "guests"]), ANY_FACTS, min_size=1))
def test_groups_combine_to_the_strictest_answer(groups: dict[str, Facts]) -> None:
    whole = assess_groups(groups)
    single = [ranks(assess(facts)) for facts in groups.values()]

    assert whole.notify_authority.rank == max(authority for authority, _ in single)
    assert whole.tell_subjects.rank == max(people for _, people in single)


@LONG
@given(ANY_FACTS)
def test_every_answer_has_a_reason_with_a_source(facts: Facts) -> None:
    told = explain(assess(facts))
    effects = {rule["effect"] for rule in told["rules"]}

    for rule in told["rules"]:
        assert rule["reason"]["hu"]
        assert rule["reason"]["en"]
        assert rule["source"]
        assert "{" not in rule["reason"]["hu"]
    authority = {"yes": "authority_yes", "review": "authority_review", "no": "clears"}
    assert authority[told["notify_authority"]] in effects
    assert f"people_{told['tell_subjects']}" in effects


@LONG
@given(ANY_FACTS)
def test_a_review_names_the_fact_that_decides(facts: Facts) -> None:
    for rule in explain(assess(facts))["rules"]:
        if rule["effect"] in {"authority_review", "people_review"}:
            assert rule["facts"] or rule["unknown"]


@LONG
@given(ANY_FACTS)
def test_the_enisa_score_stays_in_its_range_and_on_its_grid(facts: Facts) -> None:
    score = assess(facts).enisa

    assert 0.25 <= score.low <= score.se <= score.high <= 6
    assert score.se == score.dpc * score.ei + score.cb
    assert (score.se * 16) % 1 == 0
