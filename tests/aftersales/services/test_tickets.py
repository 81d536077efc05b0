"""From the request to the rating: who gets it, by when it is answered, what is recorded when it is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.choices import BreachKind, Side, TicketState
from aftersales.errors import (
    ComplaintAlready,
    RatingOver,
    ReopenOver,
    SameDealer,
    TicketInvalid,
    TicketNotFound,
    TicketStateRefused,
    TooManyTickets,
)
from aftersales.models import ServiceBreach, Ticket, TicketEvent, TicketFile
from aftersales.selectors.breaches import breach_facts, breaches_to_take_up
from aftersales.selectors.tickets import events_for, phone_for, ticket_by_number
from aftersales.services.breaches import waive_breach
from aftersales.services.tickets.answering import attach, mark_complaint, reopen, resolve, respond, write_note
from aftersales.services.tickets.assigning import assign_ticket
from aftersales.services.tickets.by_customer import customer_complains, customer_rates, customer_writes
from aftersales.services.tickets.sweeping import compare_with_outages, sweep_tickets
from dealers.choices import Industry, Role
from dealers.errors import NotPermitted
from dealers.foundation.digest import sha256_hex
from dealers.models import AuditRecord, Heartbeat, Notice, StoredFile, SystemOutage, Territory, WebhookEvent
from dealers.scope import row_scope
from dealers.selectors.outages import INTAKE
from tests import factories
from tests.aftersales.service_stage import AT, DAY, DUE, HOUR, clock_of, new_ticket, received, stage, ticket_in
from tests.settlement.world import sell

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Any:
    return stage()


def told(reason: str) -> set[str]:
    return set(Notice.objects.filter(params__reason=reason).values_list("recipient__username", flat=True))


def outage(first: Any, last: Any, **given: Any) -> SystemOutage:
    return SystemOutage.objects.create(span=(first, last), reason="网络中断", **given)


def test_a_request_goes_to_a_dealer_of_the_place_with_a_day_to_answer(cast: Any) -> None:
    ticket = ticket_in(cast)
    assert (ticket.state, ticket.dealer) == (TicketState.OPEN, cast.first)
    assert (clock_of(ticket).due_at, ticket.number) == (DUE, "AS-2611-00001")
    assert told("ticket_assigned") == {"owner", "operator"}
    event = WebhookEvent.objects.get(kind="ticket.changed")
    assert event.dealer == cast.first and event.data["due_at"] == DUE.isoformat()


def test_whoever_sold_it_comes_before_exclusive_before_the_trade_before_the_fewest(cast: Any) -> None:
    assert [ticket_in(cast, number).dealer.code for number in (1, 2)] == ["D0001", "D0002"]
    cast.second.industry = Industry.FMCG
    cast.second.save()
    kettle = factories.Product(industry=Industry.FMCG)
    assert [ticket_in(cast, number, product=kettle).dealer for number in (3, 4)] == [cast.second, cast.second]
    Territory.objects.filter(dealer=cast.second).update(exclusive=True)
    assert ticket_in(cast, 5).dealer == cast.second
    line = sell(cast.first, "2026-10-H1", "500")
    assert ticket_in(cast, 6, purchase_doc=line.doc_no).dealer == cast.first
    elsewhere = sell(cast.third, "2026-10-H1", "500")
    assert ticket_in(cast, 7, purchase_doc=elsewhere.doc_no).dealer == cast.second


def test_where_nobody_covers_the_place_headquarters_has_it_and_its_clock_runs_too(cast: Any) -> None:
    ticket = ticket_in(cast, region=cast.nowhere)
    assert ticket.dealer is None and told("ticket_unplaced") == {"service"}
    sweep_tickets(at=DUE)
    assert ServiceBreach.objects.get().dealer is None
    assert breaches_to_take_up(BreachKind.FIRST_RESPONSE, since=AT) == []


@pytest.mark.parametrize("changed", [{"phone": "123"}, {"consent": False}, {"description": " "}, {"contact": ""}])
def test_without_phone_consent_name_or_words_nothing_is_kept(cast: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(TicketInvalid) as refused:
        received(cast, new_ticket(cast, **changed))
    assert refused.value.field in changed and not Ticket.objects.exists()


def test_a_flood_from_one_device_or_address_is_refused_and_not_stored(cast: Any) -> None:
    for number in range(10):
        ticket_in(cast, number, device="tablet", address="203.0.113.9")
    for where in ({"device": "tablet"}, {"address": "203.0.113.9"}):
        with pytest.raises(TooManyTickets):
            received(cast, new_ticket(cast, 99, **where))
    assert Ticket.objects.count() == 10
    assert ticket_in(cast, 99, AT + DAY, device="tablet").state == TicketState.OPEN


def test_a_system_names_a_request_once_and_is_told_its_key_once(cast: Any) -> None:
    first, again = (received(cast, new_ticket(cast, external_id="CRM-7")) for _ in range(2))
    assert again.ticket == first.ticket and first.token and not again.token


def test_an_answer_in_time_stops_the_clock(cast: Any) -> None:
    ticket = ticket_in(cast)
    respond(number=ticket.number, text="明天上午上门", actor=cast.operator, at=DUE - timedelta(seconds=1))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.first_responded_at) == (TicketState.RESPONDED, DUE - timedelta(seconds=1))
    sweep_tickets(at=DUE + DAY)
    assert not ServiceBreach.objects.exists() and told("ticket_missed") == set()


def test_resolving_at_once_is_an_answer_too(cast: Any) -> None:
    ticket = ticket_in(cast)
    resolve(number=ticket.number, text="电话指导后恢复", actor=cast.owner, at=AT + HOUR)
    assert clock_of(ticket).responded_at == AT + HOUR
    sweep_tickets(at=DUE)
    assert not ServiceBreach.objects.exists()


def test_a_breach_carries_the_instant_that_was_due_however_late_anybody_looks(cast: Any) -> None:
    ticket = ticket_in(cast)
    assert sweep_tickets(at=DUE - timedelta(seconds=1)).missed == 0
    assert [sweep_tickets(at=DUE + 9 * DAY).missed, sweep_tickets(at=DUE + 9 * DAY).missed] == [1, 0]
    breach = ServiceBreach.objects.get()
    assert (breach.breached_at, breach.recorded_at, breach.dealer) == (DUE, DUE + 9 * DAY, cast.first)
    assert AuditRecord.objects.get(action="ticket.breach").at == DUE
    respond(number=ticket.number, text="抱歉", actor=cast.owner, at=DUE + 10 * DAY)
    assert ServiceBreach.objects.get().breached_at == DUE


def test_a_late_answer_is_a_breach_also_when_no_sweep_ran(cast: Any) -> None:
    ticket = ticket_in(cast)
    respond(number=ticket.number, text="抱歉", actor=cast.owner, at=DUE)
    breach = ServiceBreach.objects.get()
    assert (breach.breached_at, breach.waived_at) == (DUE, None)
    assert breaches_to_take_up(BreachKind.FIRST_RESPONSE, since=DUE) == [breach.pk]
    assert breaches_to_take_up(BreachKind.FIRST_RESPONSE, since=DUE + HOUR) == []
    facts = breach_facts(breach)
    assert (facts.reference, facts.snapshot["hours"]) == (f"ticket:{ticket.number}", 24)


def test_an_answer_on_its_way_while_a_sweep_looked_is_in_time(cast: Any) -> None:
    ticket = ticket_in(cast)
    sweep_tickets(at=DUE)
    respond(number=ticket.number, text="马上", actor=cast.owner, at=DUE - timedelta(seconds=1))
    breach = ServiceBreach.objects.get()
    assert (breach.waived_at, breach.waive_reason) == (DUE - timedelta(seconds=1), "in_time")


def test_an_outage_of_ours_is_time_the_dealer_has_on_top(cast: Any) -> None:
    ticket = ticket_in(cast)
    outage(AT + 2 * HOUR, AT + 5 * HOUR)
    assert sweep_tickets(at=DUE + 3 * HOUR - timedelta(seconds=1)).missed == 0
    assert clock_of(ticket).due_at == DUE + 3 * HOUR
    assert sweep_tickets(at=DUE + 3 * HOUR).missed == 1
    assert ServiceBreach.objects.get().breached_at == DUE + 3 * HOUR


def test_an_outage_that_still_lasts_counts_as_far_as_it_has_come(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket_in(cast)
    Heartbeat.objects.create(name=INTAKE, beat_at=DUE - HOUR)
    monkeypatch.setattr("aftersales.services.tickets.clocks.present.now", lambda: DUE + HOUR)
    assert sweep_tickets(at=DUE + HOUR).missed == 0


def test_an_outage_known_later_waives_the_breach_or_moves_it(cast: Any) -> None:
    answered, silent = ticket_in(cast, 1), ticket_in(cast, 2)
    respond(number=answered.number, text="来了", actor=cast.owner, at=DUE + HOUR)
    sweep_tickets(at=DUE + HOUR)
    outage(AT, AT + 2 * HOUR, recorded_by=cast.service)
    assert compare_with_outages(at=DUE + 3 * HOUR) == 2
    stands = ServiceBreach.objects.filter(waived_at=None).get()
    assert (stands.clock.ticket, stands.breached_at) == (silent, DUE + 2 * HOUR)
    assert ServiceBreach.objects.filter(waive_reason="outage").count() == 2
    assert compare_with_outages(at=DUE + 4 * HOUR) == 0


def test_a_revoked_outage_gives_its_hours_back(cast: Any) -> None:
    mistake = outage(AT + HOUR, AT + 9 * HOUR)
    ticket = ticket_in(cast)
    sweep_tickets(at=DUE)
    mistake.revoked_at, mistake.revoked_by, mistake.revoke_reason = DUE, cast.service, "不是故障"
    mistake.save()
    sweep_tickets(at=DUE + HOUR)
    assert (clock_of(ticket).due_at, ServiceBreach.objects.get().breached_at) == (DUE, DUE)


def test_before_it_is_due_the_dealer_is_reminded_once(cast: Any) -> None:
    ticket_in(cast)
    counts = [sweep_tickets(at=DUE - 6 * HOUR + timedelta(minutes=later)).reminded for later in (-1, 0, 1)]
    assert counts == [0, 1, 0] and told("ticket_due") == {"owner", "operator"}


def test_owner_then_supervisor_then_channel_manager_are_told_each_once(cast: Any) -> None:
    ticket_in(cast)
    for after, people in ((0, {"owner"}), (4, {"owner", "service"}), (24, {"owner", "service", "channel"})):
        sweep_tickets(at=DUE + after * HOUR)
        sweep_tickets(at=DUE + after * HOUR)
        assert told("ticket_missed") == people
    assert Notice.objects.filter(params__reason="ticket_missed").count() == 3


def test_the_next_dealer_has_a_whole_day_and_the_breach_of_the_first_stays_its_own(cast: Any) -> None:
    ticket = ticket_in(cast)
    respond(number=ticket.number, text="请联系杭州总店", actor=cast.owner, at=DUE + HOUR)
    write_note(number=ticket.number, text="无人可派", actor=cast.owner, at=DUE + HOUR)
    moved = assign_ticket(
        number=ticket.number, dealer_code="D0002", reason="更近", actor=cast.service, at=DUE + 2 * HOUR
    )
    assert (moved.state, moved.dealer) == (TicketState.OPEN, cast.second)
    assert clock_of(moved).due_at == DUE + 2 * HOUR + DAY
    assert ServiceBreach.objects.get().dealer == cast.first
    with pytest.raises(SameDealer):
        assign_ticket(number=ticket.number, dealer_code="D0002", reason="", actor=cast.service, at=DUE + 3 * HOUR)
    with pytest.raises(NotPermitted):
        assign_ticket(number=ticket.number, dealer_code="D0001", reason="", actor=cast.second_owner, at=DUE + 3 * HOUR)


def test_a_dealer_reads_nothing_of_the_one_that_had_the_ticket_before(cast: Any) -> None:
    ticket, token = received(cast)
    respond(number=ticket.number, text="我是一号店", actor=cast.owner, at=AT + HOUR)
    customer_writes(token=token, text="请快一点", at=AT + 2 * HOUR)
    assign_ticket(number=ticket.number, dealer_code="D0002", reason="更近", actor=cast.service, at=AT + 3 * HOUR)
    for person, texts in ((cast.second_owner, {"请快一点"}), (cast.service, {"请快一点", "我是一号店"})):
        found = events_for(person, ticket_by_number(person, ticket.number))
        assert {event.text for event in found if event.text} == texts
    with row_scope(str(cast.first.pk)), pytest.raises(TicketNotFound):
        respond(number=ticket.number, text="x", actor=cast.owner, at=AT + 4 * HOUR)


def test_the_phone_is_whole_for_whoever_serves_and_only_while_there_is_work(cast: Any) -> None:
    ticket = ticket_in(cast, 1234)
    seen = {who.username: phone_for(who, ticket) for who in (cast.owner, cast.service, cast.channel, cast.auditor)}
    whole, masked = "13800001234", "138****1234"
    assert seen == {"owner": whole, "service": whole, "channel": masked, "auditor": masked}
    ticket.state = TicketState.CLOSED
    assert phone_for(cast.owner, ticket) == masked


def test_the_customer_rates_once_it_is_resolved_and_may_change_it_while_it_may_be_given(cast: Any) -> None:
    ticket, token = received(cast)
    with pytest.raises(TicketStateRefused):
        customer_rates(token=token, stars=5, text="", at=AT + HOUR)
    resolve(number=ticket.number, text="已更换", actor=cast.owner, at=AT + HOUR)
    customer_rates(token=token, stars=3, text="有点慢", at=AT + DAY)
    changed = customer_rates(token=token, stars=4, text="后来挺好", at=AT + 2 * DAY)
    assert (changed.state, changed.rating, changed.closed_at) == (TicketState.CLOSED, 4, AT + DAY)
    assert [one.after["rating"] for one in TicketEvent.objects.filter(act="rate")] == [3, 4]
    with pytest.raises(RatingOver):
        customer_rates(token=token, stars=1, text="", at=AT + HOUR + 14 * DAY)


def test_what_is_resolved_closes_by_itself_at_the_end_of_its_days(cast: Any) -> None:
    ticket = ticket_in(cast)
    resolve(number=ticket.number, text="已更换", actor=cast.owner, at=AT + HOUR)
    assert sweep_tickets(at=AT + HOUR + 7 * DAY - timedelta(seconds=1)).closed == 0
    assert sweep_tickets(at=AT + 20 * DAY).closed == 1
    assert Ticket.objects.get(pk=ticket.pk).closed_at == AT + HOUR + 7 * DAY


def test_a_word_of_the_customer_after_the_end_reopens_and_voids_the_rating(cast: Any) -> None:
    ticket, token = received(cast)
    resolve(number=ticket.number, text="已更换", actor=cast.owner, at=AT + HOUR)
    customer_rates(token=token, stars=5, text="", at=AT + DAY)
    again = customer_writes(token=token, text="又坏了", at=AT + 2 * DAY)
    assert (again.state, again.reopened, again.rating, again.closed_at) == (TicketState.REOPENED, 1, None, None)
    assert told("ticket_reopened") == {"owner", "operator", "service"}
    resolve(number=ticket.number, text="再次更换", actor=cast.owner, at=AT + 3 * DAY)
    sweep_tickets(at=AT + 10 * DAY)
    with pytest.raises(ReopenOver):
        reopen(number=ticket.number, text="又坏了", actor=cast.service, at=AT + 40 * DAY)


def test_customer_or_headquarters_marks_a_complaint_once(cast: Any) -> None:
    ticket, token = received(cast)
    with pytest.raises(NotPermitted):
        mark_complaint(number=ticket.number, text="x", actor=cast.owner, at=AT)
    marked = customer_complains(token=token, text="态度不好", at=AT + HOUR)
    assert (marked.complaint_by, told("ticket_complaint")) == (Side.CUSTOMER, {"owner", "operator", "service"})
    with pytest.raises(ComplaintAlready):
        mark_complaint(number=ticket.number, text="x", actor=cast.service, at=AT + HOUR)


def test_who_only_reads_does_not_answer(cast: Any) -> None:
    ticket = ticket_in(cast)
    for person in (cast.channel, cast.auditor):
        with pytest.raises(NotPermitted):
            respond(number=ticket.number, text="x", actor=person, at=AT)
    outsider = factories.User(role=Role.CHANNEL_MANAGER, regions=[cast.far])
    with pytest.raises(TicketNotFound):
        respond(number=ticket.number, text="x", actor=outsider, at=AT)


def test_a_breach_waived_by_the_supervisor_is_not_recorded_again(cast: Any) -> None:
    ticket_in(cast)
    sweep_tickets(at=DUE)
    waive_breach(key=ServiceBreach.objects.get().pk, reason="客户留错号码", actor=cast.service, at=DUE + HOUR)
    sweep_tickets(at=DUE + 2 * HOUR)
    assert ServiceBreach.objects.get().waived_by == "service"
    assert breaches_to_take_up(BreachKind.FIRST_RESPONSE, since=AT) == []


def test_whom_it_was_about_is_forgotten_and_what_happened_stays(cast: Any) -> None:
    ticket, token = received(cast)
    customer_writes(token=token, text="我家在文三路", at=AT + HOUR)
    resolve(number=ticket.number, text="已上门", actor=cast.owner, at=AT + HOUR)
    customer_rates(token=token, stars=5, text="谢谢", at=AT + DAY)
    assert [sweep_tickets(at=AT + days * DAY).erased for days in (181, 182)] == [0, 1]
    ticket.refresh_from_db()
    assert (ticket.phone, ticket.contact, ticket.description) == ("", "", "") and ticket.phone_key
    assert not TicketEvent.objects.exclude(text="").exists() and TicketEvent.objects.count() == 5


def test_the_pictures_go_with_the_customer_and_the_trail_says_so(cast: Any) -> None:
    kept, forgotten = ticket_in(cast, 1), ticket_in(cast, 2)
    for ticket in (kept, forgotten):
        attach(number=ticket.number, name="破损.png", content=PNG, actor=cast.service, at=AT + HOUR)
    resolve(number=forgotten.number, text="已上门", actor=cast.service, at=AT + HOUR)
    last = AT + HOUR + timedelta(days=7) + 180 * DAY  # closed by itself after a week
    assert [sweep_tickets(at=moment).cleared for moment in (last, last + HOUR, last + 2 * HOUR)] == [0, 1, 0]
    assert [one.ticket_id for one in TicketFile.objects.all()] == [kept.pk]
    assert StoredFile.objects.count() == 1
    erased = AuditRecord.objects.filter(action="ticket.erase", subject_id=str(forgotten.pk)).order_by("pk")
    contact, files = (record.after for record in erased)
    assert contact["after_days"] == 180 and "phone" in contact["erased"]
    assert files == {"erased": ["files"], "sha256": [sha256_hex(PNG)]}


def test_an_event_is_never_changed_nor_removed(cast: Any) -> None:
    ticket_in(cast)
    for change in (
        lambda: TicketEvent.objects.update(text="anders"),
        lambda: TicketEvent.objects.update(text="", by="x"),
        lambda: TicketEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_people_wrote_stays_out_of_the_audit_trail(cast: Any) -> None:
    ticket, token = received(cast)
    respond(number=ticket.number, text="李女士您好", actor=cast.owner, at=AT + HOUR)
    customer_complains(token=token, text="我的电话 13800009999", at=AT + HOUR)
    trail = str(list(AuditRecord.objects.values_list("before", "after", "reason")))
    assert "李女士" not in trail and "1380000" not in trail


def test_a_sweep_asks_the_database_as_often_for_forty_as_for_four(cast: Any) -> None:
    for number in range(4):
        ticket_in(cast, number)
    few = _swept(DUE)
    for number in range(4, 44):
        ticket_in(cast, number, AT + DAY)
    assert _swept(DUE + DAY) <= few + 2


def _swept(at: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        sweep_tickets(at=at)
    return len(asked)


def test_the_second_wall_shows_a_ticket_and_what_belongs_to_it_to_its_dealer_only(cast: Any) -> None:
    ticket_in(cast)
    seen = {}
    for name in ("first", "second"):
        with row_scope(str(getattr(cast, name).pk)):
            seen[name] = (Ticket.objects.count(), TicketEvent.objects.count())
    assert seen == {"first": (1, 1), "second": (0, 0)}
