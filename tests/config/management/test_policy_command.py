"""`policy check|import|export` says every fault with its place and takes a document in one go."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dealers.models import PolicyVersion, Product
from tests.policies import EXAMPLE, document_of, example_source, policy_manager, starting, variation

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(tmp_path):
    def write(source):
        path = tmp_path / "policy.yaml"
        path.write_text(source, encoding="utf-8")
        return str(path)

    return write


def run(*args):
    out = StringIO()
    call_command("policy", *args, stdout=out)
    return out.getvalue()


def test_checking_a_sound_document_ends_well(settings):
    settings.LANGUAGE_CODE = "en"
    assert "Sound" in run("check", str(EXAMPLE))
    assert not PolicyVersion.objects.exists()


def test_checking_prints_every_fault_with_path_and_line_and_exits_2(written, capsys):
    path = written(variation(("lift: automatic", "lift: never"), ('rate: "0.03"', "rate: 0.03")))
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("policy", "check", path, stdout=out)
    assert end.value.code == 2
    printed = out.getvalue()
    assert "dealers.sync.lift" in printed
    assert "rebates.programs[0].brackets[1].rate" in printed
    assert "20" in printed.splitlines()[0]


def test_checking_for_machines(written):
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("policy", "check", written(variation(("lift: automatic", "lift: never"))), "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["sound"], report["errors"]) == (False, 1)
    assert report["faults"][0] | {"detail": ""} == {
        "path": "dealers.sync.lift",
        "line": 20,
        "code": "unknown_lift",
        "severity": "error",
        "detail": "",
    }


def test_a_remark_does_not_fail_the_check(written):
    Product.objects.create(sku="A1", name_zh="甲", name_en="A", category="phones", industry="electronics")
    path = written(variation(("categories: all ", "categories: [phones, phoness] ")))
    report = json.loads(run("check", path, "--json"))
    assert (report["errors"], report["warnings"]) == (0, 1)
    assert report["faults"][0]["path"] == "rebates.programs[0].categories[1]"


def test_importing_keeps_a_draft_and_publishing_puts_it_in_force(written):
    policy_manager("pm")
    first = json.loads(run("import", written(example_source()), "--json"))
    assert (first["code"], first["version"], first["state"]) == ("2026", 1, "draft")
    again = json.loads(run("import", written(example_source()), "--publish-as", "pm", "--json"))
    assert (again["version"], again["state"]) == (1, "published")
    third = json.loads(run("import", written(example_source()), "--publish-as", "pm", "--json"))
    assert third["digest"] == first["digest"]


def test_an_unsound_document_is_not_imported(written):
    with pytest.raises(SystemExit) as end:
        run("import", written(variation(("lift: automatic", "lift: never"))))
    assert end.value.code == 2
    assert not PolicyVersion.objects.exists()


def test_a_publisher_nobody_knows_is_named_before_anything_is_kept(written):
    with pytest.raises(CommandError, match="nobody"):
        run("import", written(example_source()), "--publish-as", "nobody")
    assert not PolicyVersion.objects.exists()


def test_export_prints_the_version_in_force_as_it_was_written(written):
    policy_manager("pm")
    run("import", written(example_source()), "--publish-as", "pm")
    run("import", written(starting("2026-07-01")))
    assert run("export", "2026") == example_source()
    assert document_of(run("export", "2026", "--version-number", "2"))["dealers"]["sync"]["lift"] == "automatic"
    assert json.loads(run("export", "2026", "--json"))["rebates"]["programs"][0]["brackets"][1]["rate"] == "0.03"


@pytest.mark.parametrize("args", [("check", "/nowhere.yaml"), ("export", "2031")])
def test_what_is_not_there_is_named(args):
    with pytest.raises(CommandError, match=args[1]):
        run(*args)
