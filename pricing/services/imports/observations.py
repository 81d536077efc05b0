"""Market observations from a file or a feed. A feed names each by its own number; the same again is a duplicate."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dealers.choices import Feed
from dealers.foundation.file_kinds import PICTURES, kind_of
from dealers.foundation.tabular import Row
from dealers.models import ApiKey, Product, Region
from dealers.services.files import LARGEST_FILE, endings_of, keep_file
from dealers.services.imports.cells import Cells, RowRefused, problem, refuse
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import in_portions
from pricing.models import MarketObservation
from pricing.rules.sellers import is_web_address
from pricing.selectors.standing_facts import standing_facts
from pricing.services.observations.matching import SellerBook, match
from pricing.services.observations.recording import Seen, observation_of

LAYOUT = Layout(
    ("seen_at", "seller", "price"),
    ("platform", "shop", "shop_link", "link", "region", "sku", "gtin", "product", "note", "external_id", "picture"),
)
_ROWS_AT_ONCE = 5_000
_AHEAD_MINUTES = 10
_LEAST_PRICE = Decimal("0.000001")


def take_observations(taking: Taking, source: RowSource) -> None:
    reader = _Reader(taking)
    for rows in in_portions(source, _ROWS_AT_ONCE):
        _store(taking, reader.read(rows), reader)
        reader.pictures.clear()


class _Reader:
    """Rows as observations, matched; references are read once for the whole delivery."""

    def __init__(self, taking: Taking) -> None:
        self._taking = taking
        self._facts = standing_facts()
        self._sellers = SellerBook.load()
        self._regions = dict(Region.objects.values_list("code", "pk"))
        self._products = _Catalogue()
        #: Name and bytes by the fingerprint of the sighting.
        self.pictures: dict[str, tuple[str, bytes]] = {}
        #: Numbers are a feed's own: two feeds may give the same one.
        self.source = taking.actor.system or taking.actor.prefix if isinstance(taking.actor, ApiKey) else "file"

    def read(self, rows: list[Row]) -> list[tuple[Row, MarketObservation]]:
        found = []
        for row in rows:
            if broken(self._taking, row):
                continue
            # A picture is as long as a book; a refused line is kept, shown and mended without it.
            bare = Row(row.line_no, {name: value for name, value in row.values.items() if name != "picture"})
            try:
                made = self._one(Cells(bare.values))
                picture = _picture(row.values.get("picture", ""))
                if picture is not None:
                    self.pictures[made.fingerprint] = picture
                found.append((bare, made))
            except RowRefused as refusal:
                refused(self._taking, bare, refusal)
        return found

    def _one(self, cells: Cells) -> MarketObservation:
        seen_at = cells.instant("seen_at")
        if seen_at > self._taking.at + timedelta(minutes=_AHEAD_MINUTES):
            raise refuse("seen_at", cells.given("seen_at"), "in_the_future", minutes=_AHEAD_MINUTES)
        region = cells.optional_text("region", 32)
        if region and region not in self._regions:
            raise refuse("region", region, "unknown_region")
        seen = Seen(
            seen_at=seen_at,
            seller=cells.text("seller", 200),
            price=cells.decimal("price", places=6, least=_LEAST_PRICE),
            platform=cells.optional_text("platform", 64),
            shop=cells.optional_text("shop", 200),
            shop_link=_web_address(cells, "shop_link", 500),
            link=_web_address(cells, "link", 1000),
            region_id=self._regions.get(region),
            sku=cells.optional_text("sku", 64),
            gtin=cells.optional_text("gtin", 14),
            product=cells.optional_text("product", 200),
            note=cells.optional_text("note", 2000),
            external_id=cells.optional_text("external_id", 64),
        )
        product_id, sku = self._products.find(seen)
        made = observation_of(seen, product_id=product_id, sku=sku, region_code=region, at=self._taking.at)
        made.source = self.source
        match(made, self._sellers, self._facts, self._taking.at)
        return made


class _Catalogue:
    """Products by SKU, GTIN and exact name; a name or GTIN of several products is nobody's."""

    def __init__(self) -> None:
        self._by_sku: dict[str, int] = {}
        self._by_other: dict[str, tuple[int | None, str]] = {}
        rows = Product.objects.values_list("pk", "sku", "gtin", "name_zh", "name_en")
        for pk, sku, *others in rows.iterator(chunk_size=20_000):
            self._by_sku[sku] = pk
            for other in {name for name in others if name}:
                self._by_other[other] = (None, "") if other in self._by_other else (pk, sku)

    def find(self, seen: Seen) -> tuple[int | None, str]:
        if seen.sku:
            if seen.sku not in self._by_sku:
                raise refuse("sku", seen.sku, "unknown_sku")
            return self._by_sku[seen.sku], seen.sku
        named = seen.gtin or seen.product
        if not named:
            raise refuse("product", "", "product_not_named")
        return self._by_other.get(named, (None, ""))


def _picture(text: str) -> tuple[str, bytes] | None:
    """A picture given as base64, with a name that fits its kind."""
    if not text:
        return None
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        raise refuse("picture", text[:20], "bad_picture", kinds=endings_of(PICTURES)) from None
    for kind in PICTURES:
        name = f"picture.{kind.endings[0]}"
        if len(content) <= LARGEST_FILE and kind_of(name, content) is kind:
            return name, content
    raise refuse("picture", text[:20], "bad_picture", kinds=endings_of(PICTURES))


def _web_address(cells: Cells, column: str, longest: int) -> str:
    value = cells.optional_text(column, longest)
    if value and not is_web_address(value):
        raise refuse(column, value, "not_a_web_address")
    return value


def _store(taking: Taking, made: list[tuple[Row, MarketObservation]], reader: _Reader) -> None:
    """Keep what is new; the same content again is a duplicate, a known number with other content is refused."""
    numbers = [each.external_id for _row, each in made if each.external_id]
    stored = MarketObservation.objects.filter(source=reader.source, external_id__in=numbers)
    by_number: dict[str, str] = dict(stored.values_list("external_id", "fingerprint"))
    prints = MarketObservation.objects.filter(fingerprint__in=[each.fingerprint for _row, each in made])
    known: set[str] = set(prints.values_list("fingerprint", flat=True))
    new: list[MarketObservation] = []
    for row, each in made:
        if each.external_id and by_number.setdefault(each.external_id, each.fingerprint) != each.fingerprint:
            refused(taking, row, _other_content(each))
        elif each.fingerprint in known:
            taking.duplicates += 1
        else:
            known.add(each.fingerprint)
            new.append(each)
    for each in new:
        if each.fingerprint in reader.pictures:
            name, content = reader.pictures[each.fingerprint]
            each.picture = keep_file(actor=taking.actor, name=name, content=content, dealer_id=None, at=taking.at)
    before = MarketObservation.objects.filter(fingerprint__in=[each.fingerprint for each in new]).count()
    # A person's form may record the same sighting at this very moment.
    MarketObservation.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)
    taking.accepted += len(new) - before
    taking.duplicates += before


def _other_content(each: MarketObservation) -> Any:
    return problem("external_id", each.external_id, "different_observation")


OBSERVATIONS = Importer(Feed.MARKET_OBSERVATIONS, LAYOUT, take_observations)
