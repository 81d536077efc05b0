"""Seen prices by every door: recorded once, matched, learned from, handed over, and out of dealers' sight."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import Dealer, Product, SupplyHold, User
from dealers.scope import row_scope
from dealers.services.files import FileKindRefused
from pricing.choices import ObservationState, SellerMatch, Verdict
from pricing.errors import (
    NoBreachSeen,
    NotAWebAddress,
    ObservationStateRefused,
    SellerUnknown,
    UnexplainedDecision,
)
from pricing.models import MarketObservation, SellerAlias
from pricing.selectors.observations import repeat_sellers, suggested_dealers, suggested_products, visible_observations
from pricing.services.imports.observations import OBSERVATIONS
from pricing.services.observations.deciding import confirm_seller, dismiss, name_product
from pricing.services.observations.matching import match_recent_observations
from pricing.services.observations.recording import Seen, record_observation
from settlement.models import Case
from settlement.services.case_intake import hand_over_observation, hand_over_violation
from tests import factories
from tests.breaches import AFTER, breach, market
from tests.dealers.foundation.test_file_kinds import PNG_BYTES
from tests.tables import counts, refusals, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def dealer() -> Dealer:
    market()
    return factories.Dealer(code="D1", name="杭州云帆电子有限公司", home_region=factories.City(code="HZ"))


@pytest.fixture
def investigator() -> User:
    return factories.User(role=Role.RISK_INVESTIGATOR)


def seen(actor: User, *, picture: Any = None, **changes: Any) -> MarketObservation:
    facts: dict[str, Any] = {
        "seen_at": AFTER - timedelta(days=5),
        "seller": "云帆优品专营店",
        "platform": "Taobao",
        "price": Decimal("800"),
        "sku": "A1",
        "link": "https://shop.example/1",
    }
    return record_observation(seen=Seen(**(facts | changes)), picture=picture, actor=actor, at=AFTER)[0]


def test_a_seen_price_is_compared_with_the_band_of_its_place_and_day(dealer: Dealer, investigator: User) -> None:
    city = dealer.home_region
    factories.PriceBand(
        product=factories.Product(sku="A1"), scope="region", region=city, floor=Decimal(850), ceiling=Decimal(1000)
    )
    here = seen(investigator, region=city)
    anywhere = seen(investigator)
    assert (here.verdict, here.gap, here.holds) == (Verdict.BELOW_FLOOR, Decimal("50.000000"), True)
    assert (anywhere.verdict, anywhere.gap) == (Verdict.BELOW_FLOOR, Decimal("100.000000"))


def test_a_picture_is_kept_and_other_files_are_not(dealer: Dealer, investigator: User) -> None:
    made = seen(investigator, picture=SimpleUploadedFile("tag.png", PNG_BYTES))
    assert made.picture is not None and made.picture.dealer_id is None
    with pytest.raises(FileKindRefused):
        seen(investigator, picture=SimpleUploadedFile("tag.pdf", b"%PDF-1.7\n"), price=Decimal(700))
    assert MarketObservation.objects.count() == 1


def test_the_same_sighting_is_recorded_once(dealer: Dealer, investigator: User) -> None:
    first = seen(investigator)
    other = factories.User(role=Role.MARKETING_DIRECTOR)
    assert seen(other, seller="云帆 优品专营店", sku="", product="A1 投影仪") == first
    assert seen(other, price=Decimal("799")) != first


def test_a_link_is_a_link_and_what_was_seen_never_changes(dealer: Dealer, investigator: User) -> None:
    with pytest.raises(NotAWebAddress):
        seen(investigator, link="javascript:alert(1)")
    made = seen(investigator)
    for change in ({"price": 1}, {"seller": "x"}, {"link": ""}):
        with pytest.raises(InternalError), transaction.atomic():
            MarketObservation.objects.filter(pk=made.pk).update(**change)


def test_a_dealers_own_name_is_known_and_another_is_suggested(dealer: Dealer, investigator: User) -> None:
    own = seen(investigator, seller="杭州云帆电子 有限公司")
    assert (own.dealer, own.matched_by) == (dealer, SellerMatch.NAME)
    factories.Dealer(name="上海中恒商贸有限公司")
    alike = seen(investigator, seller="杭州云帆电子专营店")
    assert (alike.dealer, suggested_dealers(investigator, alike)) == (None, [dealer])


def test_a_confirmed_seller_is_matched_backwards_and_from_then_on(dealer: Dealer, investigator: User) -> None:
    earlier = seen(investigator, seen_at=AFTER - timedelta(days=40))
    first = seen(investigator, shop_link="https://yf.shop.example/")
    confirm_seller(observation_id=first.pk, dealer_code="D1", reason="same address", actor=investigator, at=AFTER)
    earlier.refresh_from_db()
    assert (earlier.dealer, earlier.matched_by) == (dealer, SellerMatch.ALIAS)
    by_shop = seen(investigator, seller="other name", shop_link="https://www.yf.shop.example")
    assert by_shop.dealer == dealer
    elsewhere = seen(investigator, platform="JD")
    assert elsewhere.dealer is None


def test_a_seller_that_changes_hands_keeps_its_past(dealer: Dealer, investigator: User) -> None:
    heir = factories.Dealer(code="D2")
    before = seen(investigator, seen_at=AFTER - timedelta(days=40))
    after = seen(investigator)
    for code, observation in (("D1", before), ("D2", after)):
        confirm_seller(observation_id=observation.pk, dealer_code=code, reason="papers", actor=investigator, at=AFTER)
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.dealer, after.dealer) == (dealer, heir)
    assert sorted((alias.dealer.code, alias.valid.lower, alias.valid.upper) for alias in SellerAlias.objects.all()) == [
        ("D1", None, after.seen_on),
        ("D2", after.seen_on, None),
    ]


def test_a_product_is_found_by_sku_gtin_or_name_or_named_by_a_person(dealer: Dealer, investigator: User) -> None:
    product = Product.objects.get(sku="A1")
    Product.objects.filter(pk=product.pk).update(gtin="06901234567892", name_zh="明月投影仪 S20")
    assert seen(investigator, sku="", gtin="06901234567892").product == product
    assert seen(investigator, sku="", product="明月投影仪 S20", price=Decimal(810)).product == product
    odd = seen(investigator, sku="", product="明月 投影仪S20 新款", price=Decimal(820))
    assert (odd.product, odd.verdict, suggested_products(odd)) == (None, None, [product])
    named = name_product(observation_id=odd.pk, sku="A1", actor=investigator, at=AFTER)
    assert (named.verdict, named.gap) == (Verdict.BELOW_FLOOR, Decimal("80.000000"))


def test_a_sighting_may_open_a_case_and_punishes_nobody(dealer: Dealer, investigator: User) -> None:
    made = seen(investigator, picture=SimpleUploadedFile("tag.png", PNG_BYTES))
    with pytest.raises(SellerUnknown):
        hand_over_observation(observation_id=made.pk, reason="odd", actor=investigator, at=AFTER)
    confirm_seller(observation_id=made.pk, dealer_code="D1", reason="same address", actor=investigator, at=AFTER)
    case = hand_over_observation(observation_id=made.pk, reason="odd", actor=investigator, at=AFTER)
    assert hand_over_observation(observation_id=made.pk, reason="odd", actor=investigator, at=AFTER) == case
    snapshot = case.evidence.get().snapshot
    assert (snapshot["price"], snapshot["gap"]) == ("800.000000", "100.000000")
    assert made.picture is not None and snapshot["picture"]["sha256"] == made.picture.sha256
    assert not SupplyHold.objects.exists()
    made.refresh_from_db()
    assert (made.state, made.case_number) == (ObservationState.HANDED_OVER, case.number)


def test_a_sighting_joins_the_case_about_the_same_half_month(dealer: Dealer, investigator: User) -> None:
    violation = breach(dealer, "800")
    case = hand_over_violation(
        violation_id=violation.pk, version=1, reason="look into it", actor=investigator, at=AFTER
    )
    made = seen(investigator, seller=dealer.name)
    assert hand_over_observation(observation_id=made.pk, reason="fits", actor=investigator, at=AFTER) == case
    assert Case.objects.count() == 1 and case.evidence.count() == 2


def test_an_edge_nobody_is_held_to_opens_no_case(dealer: Dealer, investigator: User) -> None:
    ended = factories.LegalBasis(valid_until=(AFTER - timedelta(days=5)).date())
    factories.PriceBand(product=factories.Product(sku="A2"), legal_basis=ended)
    made = seen(investigator, seller=dealer.name, sku="A2")
    assert (made.gap, made.holds) == (Decimal("100.000000"), False)
    with pytest.raises(NoBreachSeen):
        hand_over_observation(observation_id=made.pk, reason="odd", actor=investigator, at=AFTER)


def test_dismissing_needs_a_reason_and_ends_it(dealer: Dealer, investigator: User) -> None:
    made = seen(investigator)
    with pytest.raises(UnexplainedDecision):
        dismiss(observation_id=made.pk, reason="", actor=investigator, at=AFTER)
    dismiss(observation_id=made.pk, reason="a second-hand item", actor=investigator, at=AFTER)
    with pytest.raises(ObservationStateRefused):
        name_product(observation_id=made.pk, sku="A1", actor=investigator, at=AFTER)
    with pytest.raises(NotPermitted):
        dismiss(observation_id=made.pk, reason="x", actor=factories.User(role=Role.FINANCE_CLERK), at=AFTER)


def test_repeat_sellers_are_counted_over_ninety_days(dealer: Dealer, investigator: User) -> None:
    for back, price in ((1, "800"), (1, "790"), (40, "700"), (100, "600")):
        seen(investigator, seen_at=AFTER - timedelta(days=back), price=Decimal(price))
    seen(investigator, seller="in order", price=Decimal(1000))
    (found,) = repeat_sellers(investigator, AFTER.date())
    assert (found.count, found.days, found.products, found.lowest) == (3, 2, 1, Decimal(700))
    assert round(found.deepest, 4) == Decimal("0.2222")  # 200 below a floor of 900


def test_who_sees_what(dealer: Dealer, investigator: User) -> None:
    made = seen(investigator, region=dealer.home_region)
    near = factories.User(role=Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    far = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    for person, sees in ((near, True), (far, False), (owner, False), (factories.User(role=Role.AUDITOR), True)):
        assert visible_observations(person).filter(pk=made.pk).exists() is sees
    with row_scope(str(dealer.pk)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pricing_marketobservation")
        assert cursor.fetchone() == (0,)


def test_what_changed_since_is_found_by_night_unless_somebody_decided(dealer: Dealer, investigator: User) -> None:
    open_one, dismissed = seen(investigator), seen(investigator, price=Decimal(790))
    dismiss(observation_id=dismissed.pk, reason="a second-hand item", actor=investigator, at=AFTER)
    band = open_one.band
    assert band is not None
    band.floor = Decimal(700)
    band.save()
    renamed = factories.Dealer(name="云帆优品专营店")
    assert match_recent_observations(at=AFTER) == 1
    open_one.refresh_from_db()
    dismissed.refresh_from_db()
    assert (open_one.verdict, open_one.gap, open_one.dealer) == (Verdict.IN_BAND, 0, renamed)
    assert (dismissed.verdict, dismissed.dealer) == (Verdict.BELOW_FLOOR, None)
    assert match_recent_observations(at=AFTER) == 0


HEAD = "seen_at,seller,price,platform,link,region,sku,gtin,product,note,external_id,picture\n"
AT = (AFTER - timedelta(days=3)).isoformat()


def test_a_file_is_taken_with_every_fault_named(dealer: Dealer) -> None:
    picture = b64encode(PNG_BYTES).decode()
    delivery = take(
        OBSERVATIONS,
        HEAD
        + f"{AT},云帆优品,800,Taobao,https://shop.example/1,HZ,A1,,,,W1,{picture}\n"
        + f"{AT},云帆优品,800,Taobao,https://shop.example/1,HZ,A1,,,,W1,\n"
        + f"{AT},云帆优品,700,Taobao,https://shop.example/1,HZ,A1,,,,W1,\n"
        + f"{AT},other,800,Taobao,javascript:x,,A1,,,,W2,\n"
        + f"{AT},other,0,Taobao,,,A1,,,,W3,\n"
        + f"{AT},other,800,Taobao,,,NONE,,,,W4,\n"
        + f"{AT},other,800,Taobao,,XX,A1,,,,W5,\n"
        + f"{AT},other,800,Taobao,,,,,,,W6,\n"
        + f"{AT},other,800,Taobao,,,A1,,,,W7,bm8=\n"
        + f"{AT},other,800,Taobao,,,,,unheard of,,W8,\n",
    )
    assert counts(delivery) == (2, 1, 0, 7)
    assert refusals(delivery) == [
        (4, "external_id", "different_observation"),
        (5, "link", "not_a_web_address"),
        (6, "price", "number_too_small"),
        (7, "sku", "unknown_sku"),
        (8, "region", "unknown_region"),
        (9, "product", "product_not_named"),
        (10, "picture", "bad_picture"),
    ]
    first = MarketObservation.objects.get(external_id="W1")
    assert (first.gap, first.source) == (Decimal("100.000000"), "file") and first.picture is not None


def test_a_feed_that_sends_everything_again_changes_nothing(dealer: Dealer) -> None:
    table = HEAD + "".join(f"{AT},s{number},800,JD,,,A1,,,,W{number},\n" for number in range(5))
    assert counts(take(OBSERVATIONS, table)) == (5, 0, 0, 0)
    assert counts(take(OBSERVATIONS, table)) == (0, 5, 0, 0)
