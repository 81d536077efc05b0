"""A policy document is read whole: every fault has its path, its line and its code, and none hides another."""

import pytest

from config.policy import PolicyDocument, policy_terms, read_policy
from dealers.foundation.terms import as_document
from tests.policies import example_source, variation

T1_BRACKETS = '- {from: "0", rate: "0.02"}\n        - {from: "1000000", rate: "0.03"}'
ROUTES = '- {up_to: "100000", authority: marketing_director, working_days: 1}'

BROKEN = [
    # the head
    ('code: "2026"', 'code: "20 26"', "code", "not_a_code"),
    ('code: "2026"', "code: 2026", "code", "not_text"),
    ("en: Channel policy 2026", 'en: ""', "title.en", "empty_text"),
    (", en: Channel policy 2026", "", "title.en", "missing"),
    ("effective_from: 2026-01-01", "effective_from: 2026-01-02", "effective_from", "not_a_half_month_boundary"),
    ("effective_from: 2026-01-01", "effective_from: 2026-02-30", "effective_from", "date_not_real"),
    ("effective_from: 2026-01-01", "effective_from: soon", "effective_from", "not_a_date"),
    ("effective_to: 2027-01-01", 'effective_to: "2026-01-01"', "effective_to", "ends_before_it_begins"),
    ("settlement:\n", "settlements:\n", "settlement", "missing"),
    ("settlement:\n", "settlements:\n", "settlements", "unknown_key"),
    # dealers
    ('fmcg: "5000000"', "fmcg: 5000000.5", "dealers.admission.min_annual_revenue.fmcg", "number_not_text"),
    ('fmcg: "5000000"', 'fmcg: "5e6"', "dealers.admission.min_annual_revenue.fmcg", "number_with_exponent"),
    ('fmcg: "5000000"', 'fmcg: "５000000"', "dealers.admission.min_annual_revenue.fmcg", "number_not_ascii"),
    ('fmcg: "5000000"', 'fmcg: "5,000,000"', "dealers.admission.min_annual_revenue.fmcg", "number_with_separator"),
    ('fmcg: "5000000"', 'fmcg: "1.001"', "dealers.admission.min_annual_revenue.fmcg", "too_many_places"),
    (
        "required_documents: [business",
        "required_documents: [passport, business",
        "dealers.admission.required_documents[0]",
        "unknown_document",
    ),
    ("[60, 15]", "[60, 60]", "dealers.admission.document_warning_days", "repeated_entry"),
    ("[60, 15]", "[]", "dealers.admission.document_warning_days", "empty_list"),
    ('scale: "0.30"', 'scale: "0.31"', "dealers.tiers.weights", "weights_do_not_sum_to_one"),
    ("cities: 12", "cities: 12.5", "dealers.tiers.full_marks.cities", "not_a_whole_number"),
    ("T1: 80, T2: 60", "T1: 60, T2: 60", "dealers.tiers.thresholds", "thresholds_not_descending"),
    ("T2: 60, T3: 0}", "T2: 60, T3: 10}", "dealers.tiers.thresholds", "lowest_threshold_not_zero"),
    ("T2: 60, T3: 0}", "T2: 60, T3: 0, T4: 0}", "dealers.tiers.thresholds.T4", "unknown_key"),
    ("interval_hours: 24", "interval_hours: 0", "dealers.sync.interval_hours", "out_of_range"),
    ("lift: automatic", "lift: sometimes", "dealers.sync.lift", "unknown_lift"),
    ("feeds: [inventory, sales]", "feeds: [inventory, returns]", "dealers.sync.feeds[1]", "unknown_feed"),
    ("feeds: [inventory, sales]", "feeds: sales", "dealers.sync.feeds", "not_a_list"),
    # pricing
    (
        ROUTES,
        '- {up_to: "600000", authority: marketing_director, working_days: 1}',
        "pricing.promo.routes[1].up_to",
        "route_unreachable",
    ),
    (ROUTES, "- {authority: marketing_director, working_days: 1}", "pricing.promo.routes[2]", "route_unreachable"),
    (
        ROUTES,
        ROUTES.replace("marketing_director", "the_intern"),
        "pricing.promo.routes[0].authority",
        "unknown_authority",
    ),
    (ROUTES, ROUTES.replace("1}", "1, quorum: 3}"), "pricing.promo.routes[0].quorum", "quorum_without_meeting"),
    (", quorum: 3", "", "pricing.promo.routes[2].quorum", "quorum_missing"),
    ("quorum: 3", "quorum: 0", "pricing.promo.routes[2].quorum", "out_of_range"),
    (
        "{authority: gm_office",
        '{up_to: "900000", authority: gm_office',
        "pricing.promo.routes[2].up_to",
        "last_route_has_limit",
    ),
    ('retire_below: "2"', 'retire_below: "3"', "pricing.promo.evaluation", "retire_not_below_expand"),
    ("{action: warning}", "{action: scolding}", "pricing.violations.ladder[0].action", "unknown_action"),
    (
        "{action: warning}",
        '{action: warning, minimum: "5"}',
        "pricing.violations.ladder[0].minimum",
        "not_for_a_warning",
    ),
    ('multiple: "1", ', "", "pricing.violations.ladder[1].multiple", "missing"),
    ("hold: true", 'hold: "true"', "pricing.violations.ladder[2].hold", "not_true_or_false"),
    ("hold: true", "hold: yes", "pricing.violations.ladder[2].hold", "not_true_or_false"),
    # aftersales
    ("min_staff: {T1: 5,", "min_staff: {", "aftersales.min_staff.T1", "missing"),
    ("period: quarter,", "period: month,", "aftersales.satisfaction.period", "unknown_period"),
    # rebates
    ("code: T2-ALL", "code: T1-ALL", "rebates.programs[1].code", "duplicate_program"),
    ("tier: T1", "tier: T0", "rebates.programs[0].tier", "unknown_tier"),
    ("base: compliant_sales", "base: sales", "rebates.programs[0].base", "unknown_base"),
    ("window: quarter", "window: month", "rebates.programs[0].window", "unknown_window"),
    ("method: incremental", "method: progressive", "rebates.programs[0].method", "unknown_method"),
    ("categories: all ", "categories: [] ", "rebates.programs[0].categories", "empty_list"),
    ("categories: all ", "categories: some ", "rebates.programs[0].categories", "not_categories"),
    ('{from: "0", rate: "0.02"}', '{from: "1", rate: "0.02"}', "rebates.programs[0].brackets[0].from", "bracket_gap"),
    ('from: "1000000"', 'from: "3000000"', "rebates.programs[0].brackets[2].from", "bracket_overlap"),
    ('from: "1000000"', 'from: "4000000"', "rebates.programs[0].brackets[2].from", "bracket_overlap"),
    (
        '{from: "0", rate: "0.02"}',
        '{from: "0", to: "900000", rate: "0.02"}',
        "rebates.programs[0].brackets[0].to",
        "bracket_gap",
    ),
    (
        '{from: "0", rate: "0.02"}',
        '{from: "0", to: "1100000", rate: "0.02"}',
        "rebates.programs[0].brackets[0].to",
        "bracket_overlap",
    ),
    (
        '{from: "3000000", rate',
        '{from: "3000000", to: "5000000", rate',
        "rebates.programs[0].brackets[2].to",
        "last_bracket_ends",
    ),
    ('rate: "0.03"', 'rate: "1.03"', "rebates.programs[0].brackets[1].rate", "out_of_range"),
    ('rate: "0.03"', 'rate: "-0.03"', "rebates.programs[0].brackets[1].rate", "negative"),
    ('rate: "0.03"', "rate: 0.03", "rebates.programs[0].brackets[1].rate", "number_not_text"),
    ('cap: "500000"', 'cap: "-1"', "rebates.programs[0].cap", "negative"),
    ('cap: "500000"', "ceiling: 1", "rebates.programs[0].ceiling", "unknown_key"),
    (
        "include_in_transit: false",
        "include_in_transit: no",
        "rebates.price_protection.include_in_transit",
        "not_true_or_false",
    ),
    ('growth: "0"}', 'growth: "0.1"}', "rebates.scorecard.weights.T3", "weights_do_not_sum_to_one"),
    ("remote_subsidy: {min", "remote_subsidy: [{min", None, "not_yaml"),
    # settlement
    ("max_tenor_months: 6", "max_tenor_months: 13", "settlement.bill.max_tenor_months", "out_of_range"),
    ("forfeit: calendar_year", "forfeit: everything", "settlement.fraud.forfeit", "unknown_forfeit"),
    # the text itself
    ("lift: automatic", "lift: automatic\n    lift: manual", "dealers.sync.lift", "duplicate_key"),
    ("feeds: [inventory, sales]", "feeds: &f [inventory, sales]", "dealers.sync.feeds", "alias"),
    ("[inventory, sales]", "*feeds", "dealers.sync.feeds", "alias"),
    ("lift: automatic", "lift: !!python/name:os.system automatic", "dealers.sync.lift", "tag"),
    ("lift: automatic", "? [lift]\n    : automatic", "dealers.sync", "key_not_text"),
    ("cities: 12", "cities: 12345678901234567890", "dealers.tiers.full_marks.cities", "number_too_large"),
]


def test_the_example_is_clean():
    terms, faults = read_policy(example_source())
    assert faults == []
    assert isinstance(terms, PolicyDocument)


@pytest.mark.parametrize(("old", "new", "path", "code"), BROKEN)
def test_a_broken_document_says_where_and_why(old, new, path, code):
    terms, faults = read_policy(variation((old, new)))
    assert terms is None
    found = {(fault.path, fault.code) for fault in faults if fault.is_error}
    assert (path or "", code) in found, faults


@pytest.mark.parametrize(("old", "new", "path", "code"), BROKEN)
def test_every_fault_has_a_line_and_reads_in_both_languages(old, new, path, code):
    for fault in read_policy(variation((old, new)))[1]:
        assert fault.line is not None
        assert "%(" not in fault.render()


def test_all_faults_are_found_at_once_each_in_its_line():
    source = variation(
        ("T1: 80", "T1: 50"),
        ("lift: automatic", "lift: sometimes"),
        ('rate: "0.03"', "rate: 0.03"),
        ('from: "3000000"', 'from: "1000000"'),
        ("code: T2-ALL", "code: T1-ALL"),
        (
            "base: compliant_sales\n      window: quarter\n      method: retroactive",
            "base: x\n      window: quarter\n      method: y",
        ),
        ("effective_to: 2027-01-01", "effective_to: 2025-01-01"),
    )
    lines = source.splitlines()
    faults = read_policy(source)[1]
    assert {fault.path for fault in faults} == {
        "effective_to",
        "dealers.tiers.thresholds",
        "dealers.sync.lift",
        "rebates.programs[0].brackets[1].rate",
        "rebates.programs[0].brackets[2].from",
        "rebates.programs[1].code",
        "rebates.programs[2].base",
        "rebates.programs[2].method",
    }
    for fault in faults:
        assert str(fault.location[-1]) in lines[fault.line - 1]


def test_an_unreadable_member_does_not_hide_what_is_wrong_beside_it():
    source = variation(('{from: "0", rate: "0.02"}', '{from: "0", rate: often}'), ('from: "3000000"', 'from: "7"'))
    assert {fault.path for fault in read_policy(source)[1]} == {
        "rebates.programs[0].brackets[0].rate",
        "rebates.programs[0].brackets[2].from",
    }


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ("code: T2-ALL\n      tier: T2", "code: T2-ALL\n      tier: T1", "rebates.programs[1]", "programs_overlap"),
        ("code: T2-ALL\n      tier: T2", "code: T2-ALL\n      tier: T1", "rebates.programs", "tier_without_program"),
        ('rate: "0.03"', 'rate: "0.01"', "rebates.programs[0].brackets[1].rate", "rate_falls"),
        ('cap: "500000"', 'cap: "0"', "rebates.programs[0].cap", "cap_of_zero"),
        (
            "{action: warning}",
            '{action: penalty, multiple: "9", minimum: "9000"}',
            "pricing.violations.ladder[1]",
            "ladder_weakens",
        ),
        ("max_tenor_months: 6", "max_tenor_months: 12", "settlement.bill.max_tenor_months", "tenor_beyond_law"),
    ],
)
def test_what_is_allowed_but_odd_is_remarked_and_still_read(old, new, path, code):
    terms, faults = read_policy(variation((old, new)))
    assert terms is not None
    assert (path, code) in {(fault.path, fault.code) for fault in faults}


def test_iso_text_is_as_good_as_a_yaml_date():
    source = variation(("effective_from: 2026-01-01", 'effective_from: "2026-01-01"'))
    assert as_document(read_policy(source)[0]) == as_document(read_policy(example_source())[0])


def test_an_optional_key_may_be_null():
    terms, faults = read_policy(
        variation(('cap: "500000"', "cap: null"), ("effective_to: 2027-01-01", "effective_to: ~"))
    )
    assert faults == []
    assert terms.rebates.programs[0].cap is None
    assert terms.effective_to is None


def test_terms_survive_being_stored():
    terms, _faults = read_policy(example_source())
    assert policy_terms(as_document(terms)) == terms


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "empty"),
        ("# nothing", "empty"),
        ("- a\n- b", "not_a_section"),
        ("just text", "not_a_section"),
        ("~", "not_a_section"),
        ("[" * 50_000, "too_deep"),
        ("a: {" * 50_000, "too_deep"),
        ("a: [1", "not_yaml"),
        ("a: 1\n---\nb: 2", "second_document"),
        (b"\xd5\xfe\xb2\xdf: 1", "not_utf8"),
        ("a: \x07", "bad_character"),
        ("x" * 1_000_001, "too_large"),
    ],
)
def test_what_is_no_document_is_refused_with_a_reason(source, code):
    terms, faults = read_policy(source)
    assert terms is None
    assert code in {fault.code for fault in faults}


def test_a_billion_laughs_stay_three_words():
    layers = ["a0: &a0 [lol, lol, lol]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    terms, faults = read_policy("\n".join(layers))
    assert terms is None
    assert "alias" in {fault.code for fault in faults}
