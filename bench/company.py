"""A synthetic company of any size, reproducible by seed, loaded in seconds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from dealers.models import B2BAddendum, Dealer, Product, Region, Territory
from pricing.models import LegalBasis, PriceBand, PromoItem, PromoRequest

FIRST_DAY = date(2026, 1, 1)
RECORDED_AT = datetime(2025, 12, 31, tzinfo=UTC)


@dataclass(slots=True)
class Company:
    """What sale lines are drawn from. Floors and ceilings are national, in fen."""

    dealers: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    cities: list[str] = field(default_factory=list)
    homes: list[list[str]] = field(default_factory=list)
    prices: list[tuple[int, int]] = field(default_factory=list)


def build_company(
    *, dealers: int = 10_000, products: int = 2_000, cities: int = 300, categories: int = 12, seed: int = 1
) -> Company:
    """Regions, products, dealers with territory, three bands per product and a promotion for every tenth."""
    dice = random.Random(seed)
    company = Company()
    with transaction.atomic():
        provinces = Region.objects.bulk_create(
            Region(code=f"P{number:03d}", name_zh=f"省{number}", name_en=f"Province {number}", kind="province")
            for number in range(max(1, cities // 10))
        )
        towns = Region.objects.bulk_create(
            Region(
                code=f"C{number:04d}",
                name_zh=f"市{number}",
                name_en=f"City {number}",
                kind="city",
                parent=provinces[number % len(provinces)],
                city_tier=number % 3 + 1,
            )
            for number in range(cities)
        )
        company.cities = [town.code for town in towns]
        goods = Product.objects.bulk_create(
            Product(
                sku=f"SKU{number:05d}",
                name_zh=f"商品{number}",
                name_en=f"Product {number}",
                category=f"cat{number % categories:02d}",
                industry="electronics",
            )
            for number in range(products)
        )
        company.products = [product.sku for product in goods]
        sellers = Dealer.objects.bulk_create(
            (
                Dealer(
                    code=f"D{number:05d}",
                    name=f"经销商{number}",
                    uscc=f"91{number:016d}",
                    industry="electronics",
                    annual_revenue=1_000_000,
                    activated_on=FIRST_DAY,
                    created_at=RECORDED_AT,
                )
                for number in range(dealers)
            ),
            batch_size=5_000,
        )
        company.dealers = [dealer.code for dealer in sellers]
        _grant_territories(company, sellers, provinces, towns)
        _set_bands(company, goods, towns, dice)
        _approve_promos(company, goods)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return company


def _grant_territories(company: Company, sellers: list[Dealer], provinces: list[Region], towns: list[Region]) -> None:
    """Two of three dealers hold a province, the others two cities; every fifth may sell to businesses."""
    in_province: dict[int | None, list[str]] = {}
    for town in towns:
        in_province.setdefault(town.parent_id, []).append(town.code)
    always = (FIRST_DAY, None)
    grants = []
    for number, dealer in enumerate(sellers):
        if number % 3:
            province = provinces[number % len(provinces)]
            grants.append(Territory(dealer=dealer, region=province, valid=always))
            company.homes.append(in_province[province.pk])
        else:
            pair = {number % len(towns), (number + 7) % len(towns)}
            grants += [Territory(dealer=dealer, region=towns[place], valid=always) for place in pair]
            company.homes.append([towns[place].code for place in pair])
    Territory.objects.bulk_create(grants, batch_size=5_000)
    B2BAddendum.objects.bulk_create(B2BAddendum(dealer=dealer, valid=always) for dealer in sellers[::5])


def _set_bands(company: Company, goods: list[Product], towns: list[Region], dice: random.Random) -> None:
    basis = LegalBasis.objects.create(reference="LB-2026", recorded_at=RECORDED_AT)
    bands = []
    for product in goods:
        floor = dice.randrange(2_000, 500_000)
        ceiling = floor * 12 // 10
        company.prices.append((floor, ceiling))
        for changes in (
            {"scope": "national"},
            {"scope": "city_tier", "city_tier": dice.randrange(1, 4)},
            {"scope": "region", "region": dice.choice(towns)},
        ):
            bands.append(
                PriceBand(
                    product=product,
                    floor=f"{floor / 100:.2f}",
                    ceiling=f"{ceiling / 100:.2f}",
                    enforcement="enforced" if product.pk % 4 else "recommended",
                    legal_basis=basis,
                    valid=(FIRST_DAY, None),
                    recorded_at=RECORDED_AT,
                    **changes,
                )
            )
    PriceBand.objects.bulk_create(bands, batch_size=5_000)


def _approve_promos(company: Company, goods: list[Product]) -> None:
    requests = PromoRequest.objects.bulk_create(
        PromoRequest(
            code=f"PR{number:05d}",
            state="approved",
            window=(FIRST_DAY, date(2027, 1, 1)),
            budget=1,
            approved_at=RECORDED_AT,
            created_at=RECORDED_AT,
        )
        for number in range(0, len(goods), 10)
    )
    PromoItem.objects.bulk_create(
        PromoItem(request=request, product=goods[place * 10], promo_price=company.prices[place * 10][0] * 8 // 10 / 100)
        for place, request in enumerate(requests)
    )


def sale_rows(company: Company, *, lines: int, first_day: date, days: int, seed: int = 1) -> Iterator[str]:
    """Sale lines as CSV rows by time: 5 % below, 2 % above, 2 % returns; 2 % of the documents out of territory."""
    dice = random.Random(seed)
    draw, choose = dice.random, dice.choice
    dealers, homes, products = company.dealers, company.homes, company.products
    seconds = days * 86_400
    midnight = datetime(first_day.year, first_day.month, first_day.day)
    place = 0
    text = city = ""
    for number in range(lines):
        if number % 4 == 0:
            place = int(draw() * len(dealers))
            city = choose(homes[place]) if draw() > 0.02 else choose(company.cities)
            text = (midnight + timedelta(seconds=number * seconds // lines)).isoformat()
        item = int(draw() * len(products))
        floor, ceiling = company.prices[item]
        chance = draw()
        price = floor + int(draw() * 8) * (ceiling - floor) // 8
        quantity = int(draw() * 5) + 1
        if chance < 0.05:
            price = floor * 9 // 10
        elif chance < 0.07:
            price = ceiling + 100
        elif chance < 0.085:
            quantity = -quantity
        yield (
            f"{dealers[place]},SO{number // 4:09d},{number % 4 + 1},{text}+08:00,{products[item]},{quantity}"
            f",{price / 100:.2f},{city},1,{'b2b' if chance > 0.95 else 'retail'},\n"
        )


def write_sales(path: Path, company: Company, *, lines: int, first_day: date, days: int, seed: int = 1) -> None:
    """A sales file as dealers' systems would send it."""
    with path.open("w", encoding="utf-8") as file:
        file.write("dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region,revision,channel,customer\n")
        file.writelines(sale_rows(company, lines=lines, first_day=first_day, days=days, seed=seed))
