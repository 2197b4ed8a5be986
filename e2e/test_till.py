"""The till: codes, kinds of tickets, more time, seats by the house's choice, standing places."""

import re

from playwright.sync_api import expect

from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.organiser import Organiser
from e2e.window import PATIENCE_MS

CLUB_EVENT = "late-set-nadia-okoro-quartet"


def test_a_code_takes_its_part_off(window: OpenWindow, house: House, inbox: Inbox, organiser: Organiser) -> None:
    """A wrong code is told apart; the right one changes the total, and what was shown is what is paid."""
    code = organiser.make_coupon(percent_bp=2500)
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(2))
    buyer.hold()
    full = cents(buyer.total)

    buyer.use_code("e2e-nothing")
    refusal = buyer.page.get_by_test_id("coupon").get_by_role("alert")
    expect(refusal).to_contain_text("There is no code E2E-NOTHING", timeout=PATIENCE_MS)
    expect(refusal).to_contain_text("Your seats stay held")
    assert cents(buyer.total) == full

    buyer.use_code(code.lower())
    expect(buyer.page.get_by_test_id("coupon")).to_contain_text(f"Code {code} takes", timeout=PATIENCE_MS)
    expect(buyer.page.get_by_test_id("sums")).to_contain_text("Discount")
    less = cents(buyer.total)
    assert full * 0.7 < less < full

    buyer.give_details("Fay Quarter", "fay@example.org")
    expect(buyer.page.get_by_test_id("pay-button")).to_have_text(f"Pay {buyer.total}")
    buyer.pay()
    buyer.arrive_at_order(tickets=2)
    bill = buyer.page.get_by_role("region", name="The bill")
    expect(bill).to_contain_text(f"Discount with {code}")
    expect(bill).to_contain_text(f"{less / 100:,.2f}")
    inbox.wait_for("fay@example.org")


def test_what_costs_nothing_needs_no_card(window: OpenWindow, house: House, inbox: Inbox, organiser: Organiser) -> None:
    code = organiser.make_coupon(percent_bp=10_000, max_uses=1)
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(1))
    buyer.hold()
    buyer.use_code(code)
    expect(buyer.page.get_by_test_id("total")).to_contain_text("€0.00", timeout=PATIENCE_MS)
    buyer.fill_details("Gil Guest", "gil@example.org")
    buyer.act(buyer.page.get_by_role("button", name="Get your tickets"))
    buyer.arrive_at_order(tickets=1)
    inbox.wait_for("gil@example.org")


def test_more_time_until_there_is_none(window: OpenWindow, house: House) -> None:
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(1))
    buyer.hold()
    clock = buyer.page.get_by_test_id("countdown")
    expect(clock).to_have_text(re.compile(r"^9:\d\d$"))
    buyer.act(buyer.page.get_by_role("button", name="More time"))
    expect(
        buyer.panel.get_by_role("status").filter(has_text="Done: your seats are held for 10 more minutes")
    ).to_be_attached(timeout=PATIENCE_MS)
    expect(clock).to_have_text(re.compile(r"^(10:00|9:5\d)$"))


def test_a_reload_keeps_the_seats_and_leaving_frees_them(window: OpenWindow, house: House) -> None:
    seats = house.neighbours(2)
    numbers = [seat.number for seat in seats]
    buyer, onlooker = window(), window()
    onlooker.open_house(house.performance_id)
    buyer.open_house(house.performance_id)
    buyer.choose(seats)
    buyer.hold()
    with buyer.page.expect_response(re.compile("/extend$")) as again:
        buyer.page.reload()
    assert again.value.ok
    expect(buyer.panel).to_contain_text("Your details", timeout=PATIENCE_MS)
    expect(buyer.page.get_by_test_id("countdown")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    assert house.held(numbers) == "hh"

    # On to another page of the shop: nobody else has to wait for the clock.
    buyer.act(buyer.panel.get_by_role("link", name="La traviata"))
    onlooker.wait_until(seats, "f")
    buyer.page.go_back()
    expect(buyer.panel.get_by_role("list", name="Your seats").get_by_role("listitem")).to_have_count(2)
    expect(buyer.page.get_by_role("button", name="Hold these seats")).to_be_enabled()


def test_a_closed_tab_frees_its_seats_soon(window: OpenWindow, house: House) -> None:
    """The page's last word shortens the hold to half a minute; then the sweeper frees it as any other."""
    seats = house.neighbours(2)
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(seats)
    buyer.hold()
    hold_id = buyer.page.evaluate("JSON.parse(sessionStorage.getItem(sessionStorage.key(0))).holdId")
    buyer.page.close(run_before_unload=True)
    # The same browser still has the hold's cookie, and may look.
    later = buyer.context.new_page()
    later.goto(buyer.origin)
    later.wait_for_function(
        """async (hold) => {
          const { expires_at, server_time } = await (await fetch(`/api/holds/${hold}`)).json();
          return Date.parse(expires_at) - Date.parse(server_time) <= 30_000;
        }""",
        arg=hold_id,
    )


def test_the_best_seats_by_the_houses_choice(window: OpenWindow, house: House) -> None:
    buyer, rival = window(), window()
    for each in (buyer, rival):
        each.open_house(house.performance_id)
        each.hold_best(4)
        expect(each.panel.get_by_role("list", name="Your seats").get_by_role("listitem")).to_have_count(4)
    first, second = (
        buyer.panel.get_by_role("list", name="Your seats").inner_text(),
        rival.panel.get_by_role("list", name="Your seats").inner_text(),
    )
    assert first != second
    rows = set(re.findall(r"Row (\w+), seat", first))
    numbers = sorted(int(label) for label in re.findall(r"seat (\d+)", first))
    assert len(rows) == 1
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    for each in (buyer, rival):
        each.act(each.page.get_by_role("button", name="Change seats"))
        expect(each.page.get_by_role("button", name="Hold these seats")).to_be_enabled(timeout=PATIENCE_MS)


def test_standing_places_by_number(window: OpenWindow, stack: object, inbox: Inbox) -> None:
    club = House(stack.origin, CLUB_EVENT)  # type: ignore[attr-defined]
    buyer = window()
    page = buyer.open_house(club.performance_id)
    page.get_by_role("tab", name="List").click()
    more = page.get_by_role("tabpanel").get_by_role("button", name=re.compile("^One more place in"))
    for _ in range(3):
        more.click()
    expect(buyer.panel.get_by_role("list", name="Your standing places")).to_contain_text("3 standing places")
    total = buyer.total
    buyer.hold()
    expect(buyer.page.get_by_test_id("total")).to_contain_text(total)
    buyer.give_details("Hal Stander", "hal@example.org")
    buyer.pay()
    buyer.arrive_at_order(tickets=3)
    inbox.wait_for("hal@example.org")
    club.close()


def cents(words: str) -> int:
    """ "€84.00" in cents."""
    return int(re.sub(r"[^\d]", "", words))
