"""What other systems rely on: commands with their options, exit codes and columns, and the edges of half-months."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import get_commands, load_command_class

from tests.journeys import river
from tests.journeys.office import Office
from tests.policies import example_source, variation

#: Every command of the contract that this stage of the product promises, with its documented options.
COMMANDS = {
    "import_data": {"--json"},
    "create_user": {"--role", "--dealer", "--regions", "--password"},
    "create_api_key": {"--dealer", "--system", "--scopes", "--expires"},
    "policy": set(),
    "settle": {"--cutoff", "--shards", "--approve-as"},
    "export_statements": {"--format", "--output"},
    "export_verdicts": {"--output"},
    "sweep_sync": {"--as-of"},
    "verify": set(),
    "seed_demo": {"--dealers", "--lines", "--seed"},
}
SALES = "dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region"


@pytest.fixture
def office(db: None, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("contract"))


@pytest.fixture
def company(office: Office) -> Office:
    """A policy, places, dealers and goods, taken over on the last day of 2025."""
    with office.at("2025-12-31 10:00"):
        office.hire("gao", "general_manager")
        office.hire("zheng", "finance_approver")
        office.hire("qian", "finance_clerk")
        policy = office.file("policy.yaml", example_source())
        office.good("policy", "import", str(policy), "--publish-as", "gao")
        for kind in ("regions", "alliances", "dealers", "products"):
            office.taken(kind, getattr(river, kind.upper()))
    return office


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stands_with_its_options(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    options = {
        option for action in command.create_parser("manage.py", name)._actions for option in action.option_strings
    }
    assert options >= COMMANDS[name]


def test_a_table_ends_with_0_when_all_is_good_3_when_some_is_refused_2_when_it_is_unusable(office: Office) -> None:
    good = office.file("good.csv", river.REGIONS)
    some = office.file("some.csv", river.REGIONS + "QD,青岛,Qingdao,town,,,\n")
    unusable = office.file("unusable.csv", "a,b\n1,2")
    codes = [office.run("import_data", "regions", str(path)).code for path in (good, some, unusable)]
    assert codes == [0, 3, 2]


def test_a_policy_check_prints_every_fault_with_its_path_and_ends_with_2(office: Office) -> None:
    sound = office.file("sound.yaml", example_source())
    faulty = variation(('{from: "800000", rate: "0.025"}', '{from: "0", rate: "0.025"}'), ("tier: T3", "tier: T9"))
    found = office.run("policy", "check", str(office.file("faulty.yaml", faulty)))
    assert (office.run("policy", "check", str(sound)).code, found.code) == (0, 2)
    assert "rebates.programs" in found.said
    assert {"programs[1]", "programs[2]"} <= {
        word.split(".")[1] for word in found.said.split() if word.startswith("rebates.")
    }


def test_a_policy_is_exported_as_it_was_written(company: Office) -> None:
    assert company.good("policy", "export", "2026").out.strip() == example_source().strip()


def test_half_months_close_in_order_by_an_approver_who_did_not_calculate(company: Office) -> None:
    with company.at("2026-03-02 10:00"):
        assert company.run("settle", "2026-01-H1", "--approve-as", "qian").code != 0
        assert company.run("settle", "2026-01-H1", "--approve-as", "nobody").code != 0
        company.good("settle", "2026-01-H1", "--approve-as", "zheng")
        assert company.run("settle", "2026-02-H1", "--approve-as", "zheng").code != 0
        company.good("settle", "2026-01-H2", "--approve-as", "zheng")


@pytest.mark.parametrize("period", ["2026-1-H1", "2026-13-H1", "2026-01-H3", "January"])
def test_a_period_that_is_none_is_refused_by_name(company: Office, period: str) -> None:
    for command in ("settle", "export_statements", "export_verdicts"):
        done = company.run(command, period)
        assert done.code != 0
        assert period in done.said


def test_statements_are_written_as_table_workbook_and_proof_with_the_columns_agreed(company: Office) -> None:
    with company.at("2026-01-10 10:00"):
        company.taken("sales", f"{SALES}\nHZ01,X1,1,2026-01-10T09:00:00+08:00,PJ-1,1,2999,HZ")
    with company.at("2026-01-17 10:00"):
        company.good("settle", "2026-01-H1")
    header = company.written("export_statements", "2026-01-H1", "--format", "csv").out.splitlines()[0]
    agreed = "period,dealer,line_no,kind,program,for_period,base,rate,amount,explanation"
    assert header == agreed
    assert '"proof"' in company.written("export_statements", "2026-01-H1", "--format", "json").out
    workbook = company.folder / "statements.xlsx"
    company.good("export_statements", "2026-01-H1", "--format", "xlsx", "--output", str(workbook))
    assert workbook.read_bytes().startswith(b"PK")


#: The last days of months with 31, 28, 31 and 30 days.
LAST_DAYS = {
    "2026-01-H2": "2026-01-31",
    "2026-02-H2": "2026-02-28",
    "2026-03-H2": "2026-03-31",
    "2026-04-H2": "2026-04-30",
}


def test_every_second_half_lasts_to_the_last_instant_of_its_month(company: Office) -> None:
    """A sale a millisecond before midnight belongs to it, one at midnight to the next month."""
    rows = [SALES]
    for period, day in LAST_DAYS.items():
        rows.append(f"HZ01,{period},1,{day}T23:59:59.999+08:00,PJ-1,1,{day[5:7]}.000001,HZ")
        rows.append(f"HZ01,{period},2,{day}T16:00:00Z,PJ-1,1,1000,HZ")
    with company.at("2026-05-02 10:00"):
        company.taken("sales", "\n".join(rows))
        for period, day in LAST_DAYS.items():
            sold = company.good("settle", period).out.split("sales")[1].split()[0]
            assert Decimal(sold) == Decimal(day[5:7])
            assert company.verdicts(period).keys() == {(period, "1")}


@pytest.mark.parametrize(
    ("budget", "authority"),
    [
        ("100000", "marketing_director"),
        ("100000.01", "general_manager"),
        ("500000", "general_manager"),
        ("500000.01", "gm_office_meeting"),
    ],
)
def test_a_budget_goes_to_the_first_authority_whose_limit_it_does_not_exceed(
    company: Office, budget: str, authority: str
) -> None:
    with company.at("2026-03-02 10:00"):
        company.hire("fang", "legal_reviewer")
        dealer = company.key("--dealer", "HZ01")
        asked = {
            "title": "春季",
            "starts_on": "2026-03-20",
            "ends_on": "2026-03-27",
            "items": [{"sku": "PJ-1", "promo_price": "2500"}],
            "budget": budget,
        }
        made = dealer.post("promo-requests", asked)
        assert made.status_code == 201, made.content
        code = made.json()["id"]
        assert dealer.post(f"promo-requests/{code}/submit").status_code == 200
        company.browser("fang").post(f"/promos/{code}/legal-decision/", {"decision": "approve"})
        assert dealer.get(f"promo-requests/{code}").json()["step"]["authority"] == authority
