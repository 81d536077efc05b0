"""A customer's projector is broken: asked for by phone in Chinese, answered and resolved by the dealer, rated."""

from __future__ import annotations

from typing import Any

import time_machine

from aftersales.models import ServiceBreach, Ticket
from dealers.models import User
from tests.aftersales.service_stage import AT, stage
from tests.browser.desk import PHONE, desk, in_a_browser, visit

pytestmark = in_a_browser
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def test_a_customers_request_is_answered_in_time_resolved_and_rated(chromium: Any, live_server: Any) -> None:
    with time_machine.travel(AT):
        cast = stage()
        User.objects.update(language="en")
        with (
            visit(chromium, live_server, **{**PHONE, "locale": "zh-CN"}) as customer,
            desk(chromium, live_server, cast.owner.username, **PHONE) as dealer,
        ):
            customer.open("/service/")
            assert customer.page.get_attribute("html", "lang") == "zh-Hans"
            customer.page.select_option("[name=topic]", "fault")
            customer.page.select_option("[name=region]", str(cast.city.pk))
            customer.fill(contact="李女士", phone="138 0000 1234")
            customer.page.fill("textarea[name=description]", "开机后没有画面")
            customer.page.set_input_files(
                "[name=picture]", {"name": "damage.png", "mimeType": "image/png", "buffer": PNG}
            )
            customer.page.check("[name=consent]")
            customer.press("form.form button")
            ticket = Ticket.objects.get()
            customer.reads("我们最迟在", "138****1234")
            assert ticket.token_key not in customer.page.url and customer.too_wide() <= 0

            dealer.open("/tickets/")
            dealer.reads("left")
            dealer.follow("李女士")
            dealer.reads("13800001234", "damage.png", "Answer by")
            respond = "form[action$='/respond/']"
            dealer.fill(respond, text="明天上午上门")
            dealer.press(f"{respond} button.primary")
            dealer.reads("answered in time")
            customer.page.reload()
            customer.reads("明天上午上门")
            customer.fill("form[action$='/write/']", text="请提前打电话")
            customer.press("form[action$='/write/'] button")
            dealer.page.reload()
            dealer.reads("请提前打电话")
            dealer.fill(respond, text="已更换灯泡")
            dealer.press("button[formaction$='/resolve/']")
            assert dealer.too_wide() <= 0

            customer.open(f"{customer.page.url}#rate")
            customer.page.reload()
            customer.page.get_by_role("radio", name="5").check()
            customer.fill("form[action$='/rate/']", text="谢谢")
            customer.press("form[action$='/rate/'] button")
            customer.reads("★★★★★")
            assert customer.too_wide() <= 0
        with desk(chromium, live_server, cast.service.username) as service:
            service.open("/tickets/?tab=all")
            service.reads("5 / 5", "answered in time")
            service.page.locator("a.rowlink", has_text=ticket.number).click()
            service.page.wait_for_url(f"**/tickets/{ticket.number}/")
            service.reads("★★★★★", "谢谢", "answered in time")
        assert not ServiceBreach.objects.exists()
