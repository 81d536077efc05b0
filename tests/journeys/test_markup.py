"""What the walks look for in the markup of a page is found when it is missing; and the pages for strangers have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from dealers.models import Application
from dealers.services.admission.activating import activate_dealer
from dealers.services.admission.links import path_of
from tests.aftersales.service_stage import AT, received
from tests.aftersales.service_stage import stage as service_stage
from tests.dealers.admission_stage import MONDAY, OPEN, contracted, filled, stage
from tests.journeys.markup import faults
from tests.visitors import signed_in

SOUND = (
    '<html lang="en"><title>Page</title><body><a href="#main">Skip</a><nav aria-label="Menu"></nav><main id="main">'
    "<h1>Page</h1>%s</main></body></html>"
)

CASES = [
    ("<h3>Deep</h3>", "follows a heading of level 1"),
    ("<h2></h2>", "an empty"),
    ("<h1>Another</h1>", "2 × <h1>"),
    ("<nav></nav>", "without a name"),
    ('<p id="a"></p><p id="a"></p>', "2 × id 'a'"),
    ('<label for="nothing">Name</label>', "names #nothing"),
    ('<button popovertarget="gone">Open</button>', "names #gone"),
    ('<input name="price">', "has no name"),
    ('<label for="x"></label><input id="x">', "has no name"),
    ('<button><svg aria-hidden="true"></svg></button>', "has no name"),
    ('<a href="/"><img src="x" alt=""></a>', "has no name"),
    ("<fieldset><input aria-label='x'></fieldset>", "has no legend"),
    ('<input aria-label="x" aria-invalid="true">', "does not say why"),
    ("<table><tr><td>1</td></tr></table>", "without headings"),
    ("<table><tr><th>Price</th></tr></table>", "heads nothing"),
    ('<table><tr><th scope="col"></th></tr></table>', "an empty heading"),
    ('<img src="x">', "has no words"),
    ("<svg></svg>", "neither says what it shows"),
    ('<figure><svg class="chart" role="img" aria-label="Sales"></svg></figure>', "cannot be read"),
    ('<p tabindex="3">First!</p>', "jumps the queue"),
    ('<p onclick="go()">Go</p>', "acts by an attribute"),
    ('<div popover id="w">Window</div>', "without role and name"),
    ("<ul><div>Item</div></ul>", "among its items"),
]


@pytest.mark.parametrize(("piece", "fault"), CASES)
def test_what_somebody_would_miss_is_found(piece: str, fault: str) -> None:
    assert any(fault in found for found in faults(SOUND % piece, "en")), faults(SOUND % piece, "en")


def test_a_sound_page_has_no_fault_and_the_wrong_language_is_one() -> None:
    sound = SOUND % (
        '<h2>Part</h2><label>Price <input name="price"></label><table><tr><th scope="row">A</th><td>1</td></tr></table>'
        '<div popover role="dialog" aria-labelledby="t"><h2 id="t">Window</h2></div><img alt="" src="x">'
        '<template><input id="t"></template><span aria-hidden="true"><button></button></span>'
    )
    assert faults(sound, "en") == []
    assert faults(sound, "zh-hans") == ["the page says it is in 'en', not in 'zh-hans'"]


def test_a_page_without_a_way_to_its_content_says_what_comes_first() -> None:
    assert faults(SOUND.replace("#main", "/") % "", "en") == [
        'the first thing to reach is <a href="/"> and not the way to the content'
    ]


def look(language: str, *paths: str, then: Callable[[Client], Any] | None = None) -> dict[str, list[str]]:
    client = Client(headers={"Accept-Language": language})
    answers = {path: client.get(path) for path in paths} | ({"posted": then(client)} if then else {})
    return {path: found for path, answer in answers.items() if (found := faults(answer.content.decode(), language))}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_for_strangers_can_be_heard(language: str) -> None:
    with time_machine.travel(AT, tick=False):
        cast = service_stage()
        taken_in = received(cast)
        signed_in(cast.owner).post(f"/tickets/{taken_in.ticket.number}/resolve/", {"text": "Lamp replaced"})
        tracking = f"/service/{taken_in.token}/"
        assert (
            look(
                language,
                "/accounts/login/",
                "/accounts/password/reset/",
                "/service/",
                "/service/thanks/",
                tracking,
                "/refer/",
                "/refer/thanks/",
                "/no-such-page/",
                then=lambda client: client.post("/service/", {"phone": "x"}),
            )
            == {}
        )


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_a_newcomer_can_be_heard(language: str) -> None:
    with time_machine.travel(MONDAY, tick=False):
        cast = stage(OPEN)
        home = path_of(filled(cast))
        assert (
            look(
                language,
                "/join/",
                "/join/not-a-link/",
                *[f"{home}{step}" for step in ("", "company/", "territory/", "contact/", "documents/")],
                then=lambda client: client.post(f"{home}company/", {"uscc": "x"}),
            )
            == {}
        )
        application = contracted(cast, name="另一家", number=78)
        activate_dealer(number=application.number, code="NEW78", actor=cast.near, at=MONDAY)
        claim = path_of(Application.objects.get(pk=application.pk))
        assert look(language, claim, f"{claim}account/") == {}
