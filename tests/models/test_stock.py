"""Parts are where the movements and the orders have put them."""

from decimal import Decimal
from typing import Any

import pytest

from models.entry_errors import EntryRefusedError
from tests.models.register_desk import Desk, at


class Stock:
    """A part in the main store and an engineer with a bag."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.engineer = desk.person("E01")
        self.item = desk.create(
            "inventory", item_code="BP-38", name="保护镜片", price=Decimal(38)
        )
        self.store = desk.create("stock_place", name="总仓", kind="main")
        self.bag = desk.create("stock_place", name="周工随身", person=self.engineer)

    def move(self, kind: str, **values: Any) -> int:
        return self.desk.create("stock_movement", kind=kind, item=self.item, **values)

    def levels(self) -> tuple[Any, Any]:
        """Return what the catalogue says lies in the store and in bags."""
        found = self.desk.get("inventory", self.item)
        return found["main_quantity"], found["bag_quantity"]


@pytest.fixture
def stock(desk: Desk) -> Stock:
    return Stock(desk)


def test_parts_go_from_receipt_through_a_bag_to_an_order(stock: Stock) -> None:
    desk, machine = stock.desk, stock.desk.machine(stock.engineer)

    stock.move("receive", to_place=stock.store, quantity=40)
    stock.move("issue", from_place=stock.store, to_place=stock.bag, quantity=5)
    used_on = desk.order(
        machine=machine,
        engineer=stock.engineer,
        reported_at=at("2028-01-01 09:00"),
    )
    used = desk.create(
        "service_part", service_order=used_on, item=stock.item, quantity=2
    )
    stock.move("return", from_place=stock.bag, to_place=stock.store, quantity=1)

    part = desk.get("service_part", used)
    assert part["place"] == stock.bag
    assert (part["warranty"], part["amount"]) == ("out", Decimal("76.00"))
    assert part["item_name"] == "保护镜片"
    assert stock.levels() == (36, 2)
    (level,) = desk.find("stock_level", item=stock.item, place=stock.bag)
    assert level["quantity"] == 2


def test_a_part_used_in_warranty_costs_the_price_in_warranty(stock: Stock) -> None:
    desk, machine = stock.desk, stock.desk.machine(stock.engineer)
    stock.move("receive", to_place=stock.bag, quantity=1)

    used_on = desk.order(machine=machine, engineer=stock.engineer)
    used = desk.create("service_part", service_order=used_on, item=stock.item)

    part = desk.get("service_part", used)
    assert (part["warranty"], part["quantity"], part["amount"]) == ("in", 1, 0)


def test_stock_never_falls_below_zero(stock: Stock) -> None:
    stock.move("receive", to_place=stock.store, quantity=1)

    with pytest.raises(EntryRefusedError) as refused:
        stock.move("use", from_place=stock.store, quantity=2)

    assert "总仓" in str(refused.value)
    assert stock.levels() == (1, 0)


def test_a_count_sets_the_book_right(stock: Stock) -> None:
    stock.move("receive", to_place=stock.store, quantity=10)

    counted = stock.move("count", to_place=stock.store, counted=Decimal("8.5"))

    found = stock.desk.get("stock_movement", counted)
    assert (found["book"], found["difference"]) == (10, Decimal("-1.5"))
    assert stock.levels() == (Decimal("8.5"), 0)


def test_a_foreign_line_below_zero_gives_back_what_it_took(stock: Stock) -> None:
    stock.move("receive", to_place=stock.store, quantity=10)

    stock.move("use", from_place=stock.store, quantity=4, document="580538")
    stock.move("use", from_place=stock.store, quantity=-4, document="C580538")

    assert stock.levels() == (10, 0)
