"""The stand-in's payment script by itself, on a page that uses it exactly as a page uses js.stripe.com."""

import http.server
import re
import threading
from collections.abc import Iterator

import pytest
import stripe
from playwright.sync_api import Browser, Page, expect
from tests.local.standin_process import StandinProcess

from e2e.browser import new_context

PAGE = """<!doctype html><meta charset="utf-8"><title>Shop</title>
<main><div id="place"></div><button id="pay">Pay</button><output id="told"></output><output id="events"></output></main>
<script src="{base}/v3/"></script>
<script>
const stripe = Stripe("{key}", {{ locale: "en" }});
const query = new URLSearchParams(location.search);
const secret = query.get("payment_intent_client_secret") || query.get("secret");
const tell = (what) => {{ document.getElementById("told").textContent = JSON.stringify(what); }};
const note = (what) => {{ document.getElementById("events").textContent += what + " "; }};
if (query.get("redirect_status")) {{
  stripe.retrievePaymentIntent(secret).then(({{ paymentIntent, error }}) =>
    tell({{ back: query.get("redirect_status"), status: error ? error.code : paymentIntent.status }}));
}} else {{
  const appearance = {{ theme: "stripe", variables: {{ colorText: "#111" }} }};
  const billingDetails = {{ name: "Ben", email: "b@x.example" }};
  const elements = stripe.elements({{ clientSecret: secret, appearance }});
  const element = elements.create("payment", {{ layout: "tabs", defaultValues: {{ billingDetails }} }});
  element.on("ready", () => note("ready"));
  element.on("loaderror", () => note("loaderror"));
  element.on("change", (event) => note(event.complete ? "complete" : "change"));
  element.mount("#place");
  document.getElementById("pay").onclick = async () => {{
    const checked = await elements.submit();
    if (checked.error) return tell({{ error: checked.error.type }});
    const {{ error, paymentIntent }} = await stripe.confirmPayment(
      {{ elements, redirect: "if_required", confirmParams: {{ return_url: location.origin + "/back" }} }});
    tell(error ? {{ error: error.type, code: error.code }} : {{ status: paymentIntent.status }});
  }};
  window.element = element;
}}
</script>"""


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandinProcess]:
    process = StandinProcess(tmp_path_factory.mktemp("standin") / "ledger.sqlite")
    process.start()
    yield process
    process.end()


@pytest.fixture(scope="module")
def shop(standin: StandinProcess) -> Iterator[str]:
    body = PAGE.format(base=standin.base, key=standin.publishable_key).encode()

    class Shop(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser)
    yield context.new_page()
    context.close()


def intent(standin: StandinProcess, *types: str) -> stripe.PaymentIntent:
    client = stripe.StripeClient(standin.secret_key, base_addresses={"api": standin.base})
    manual = types == ("card",)
    return client.v1.payment_intents.create(
        {
            "amount": 4200,
            "currency": "eur",
            "capture_method": "manual" if manual else "automatic",
            "payment_method_types": list(types),
        }
    )


def fill(page: Page, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill("1234")
    page.get_by_label("CVC").fill("123")


def told(page: Page, what: str) -> None:
    expect(page.locator("#told")).to_have_text(re.compile(what))


def test_a_card_is_confirmed_declined_and_challenged(standin: StandinProcess, shop: str, page: Page) -> None:
    page.goto(f"{shop}/?secret={intent(standin, 'card').client_secret}")
    expect(page.locator("#events")).to_have_text("ready ")
    page.click("#pay")
    told(page, "validation_error")
    fill(page, "4000000000009995")
    expect(page.locator("#events")).to_have_text(re.compile("complete"))
    page.click("#pay")
    told(page, '"card_error","code":"card_declined"')
    fill(page, "4000002500003155")
    page.click("#pay")
    page.get_by_role("button", name="Fail").click()
    told(page, "payment_intent_authentication_failure")
    page.click("#pay")
    page.get_by_role("button", name="Complete").click()
    told(page, '"status":"requires_capture"')


@pytest.mark.parametrize(("answer", "outcome"), [("Complete", "succeeded"), ("Fail", "failed")])
def test_a_bank_takes_the_buyer_away_and_back(
    standin: StandinProcess, shop: str, page: Page, answer: str, outcome: str
) -> None:
    page.goto(f"{shop}/?secret={intent(standin, 'ideal').client_secret}")
    expect(page.get_by_text("iDEAL")).to_be_visible()
    page.click("#pay")
    page.get_by_role("button", name=answer).click()
    status = "succeeded" if outcome == "succeeded" else "requires_payment_method"
    told(page, f'"back":"{outcome}","status":"{status}"')


def test_several_ways_to_pay_are_offered(standin: StandinProcess, shop: str, page: Page) -> None:
    page.goto(f"{shop}/?secret={intent(standin, 'card', 'bancontact').client_secret}")
    expect(page.get_by_label("Card number")).to_be_visible()
    page.get_by_label("Bancontact").check()
    expect(page.get_by_label("Card number")).to_have_count(0)
    page.get_by_label("Card", exact=True).check()
    fill(page, "4242424242424242")
    page.click("#pay")
    told(page, '"status":"succeeded"')


def test_it_can_be_taken_off_and_put_on_again(standin: StandinProcess, shop: str, page: Page) -> None:
    page.goto(f"{shop}/?secret={intent(standin, 'card').client_secret}")
    fill(page, "4242424242424242")
    page.evaluate("element.unmount()")
    expect(page.get_by_label("Card number")).to_have_count(0)
    page.evaluate("element.mount('#place')")
    expect(page.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    page.evaluate("element.destroy()")
    expect(page.get_by_label("Card number")).to_have_count(0)


def test_a_payment_that_does_not_exist_is_said_to_be_so(shop: str, page: Page) -> None:
    page.goto(f"{shop}/?secret=pi_nothing_secret_nothing")
    expect(page.locator("#events")).to_have_text("loaderror ")
