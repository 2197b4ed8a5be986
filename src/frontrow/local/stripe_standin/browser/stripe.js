// The part of Stripe.js that the checkout uses, against the stand-in's HTTP API: elements, confirmPayment, retrieve.

// The API lives where this script came from.
const script = document.currentScript || document.querySelector('script[src*="/v3/"]');
const ORIGIN = new URL(script.src).origin;

function flatten(value, name, into) {
  if (value === undefined || value === null) return into;
  if (typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) flatten(inner, name ? `${name}[${key}]` : key, into);
  } else {
    into.append(name, String(value));
  }
  return into;
}

// The key travels in the form and not in a header, as in Stripe.js: that keeps the request free of a preflight.
async function ask(method, path, key, params) {
  const form = flatten({ ...params, key }, "", new URLSearchParams());
  const address = `${ORIGIN}/v1/${path}${method === "GET" ? `?${form}` : ""}`;
  try {
    const answer = await fetch(address, { method, body: method === "GET" ? undefined : form, credentials: "omit" });
    const document = await answer.json();
    return answer.ok ? { document } : { error: document.error };
  } catch {
    return { error: { type: "api_connection_error", message: "We could not reach the payment service. Check your connection and try again." } };
  }
}

function intentIdOf(clientSecret) {
  const match = /^(pi_[A-Za-z0-9]+)_secret_/.exec(clientSecret || "");
  if (!match) throw new Error(`Invalid value for clientSecret: it should look like pi_…_secret_…, you gave ${clientSecret}.`);
  return match[1];
}

class Emitter {
  constructor() {
    this.handlers = new Map();
  }
  on(name, handler) {
    this.handlers.set(name, [...(this.handlers.get(name) || []), handler]);
    return this;
  }
  once(name, handler) {
    const once = (event) => {
      this.off(name, once);
      handler(event);
    };
    return this.on(name, once);
  }
  off(name, handler) {
    this.handlers.set(name, handler ? (this.handlers.get(name) || []).filter((one) => one !== handler) : []);
    return this;
  }
  emit(name, event) {
    for (const handler of this.handlers.get(name) || []) handler(event);
  }
}

class PaymentElement extends Emitter {
  constructor(elements, options) {
    super();
    this.elements = elements;
    this.options = options || {};
    this.place = null;
    this.form = null;
    this.node = null;
  }
  mount(target) {
    const place = typeof target === "string" ? document.querySelector(target) : target;
    if (!place) throw new Error(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
    if (this.place === place) return;
    this.unmount();
    dress();
    place.classList.add("StripeElement");
    this.place = place;
    this.show(place);
  }
  // As in Stripe's own form, which ways to pay are shown is the intent's to say.
  async show(place) {
    if (!this.form) {
      const found = await this.elements.intent();
      if (this.place !== place) return;
      if (found.error) {
        this.emit("loaderror", { elementType: "payment", error: found.error });
        return;
      }
      this.offer(found.document.payment_method_types);
    }
    applyAppearance(this.node, this.elements.appearance);
    place.replaceChildren(this.node);
    this.emit("ready", { elementType: "payment" });
  }
  offer(types) {
    const announce = (name, event) => this.emit(name, { elementType: "payment", ...event });
    const details = (this.options.defaultValues || {}).billingDetails;
    const forms = types.map((type) => (type === "card" ? new CardForm(announce) : new BankForm(announce, type, details)));
    this.node = make("div", { class: "p-Form" });
    const choose = (index) => {
      this.form = forms[index];
      const shown = this.node.lastElementChild;
      if (shown && shown !== picker) shown.remove();
      this.node.append(this.form.node);
    };
    const picker = types.length > 1 ? chooser(types, choose) : null;
    if (picker) this.node.append(picker);
    choose(0);
  }
  unmount() {
    if (!this.place) return;
    if (this.node) this.node.remove();
    this.place.classList.remove("StripeElement");
    this.place = null;
  }
  destroy() {
    this.unmount();
    this.form = this.node = null;
    this.handlers.clear();
    this.elements.payment = null;
  }
  update() {}
  collapse() {}
  focus() {
    if (this.form) this.form.focus();
  }
  blur() {}
  clear() {
    if (this.form) this.form.clear();
  }
}

function chooser(types, choose) {
  const options = types.map((type, index) => {
    const input = make("input", { type: "radio", name: "p-method", value: type });
    input.checked = index === 0;
    input.addEventListener("change", () => choose(index));
    return make("label", { class: "p-Label" }, input, ` ${type === "card" ? "Card" : BANK_NAMES[type] || type}`);
  });
  return make("div", { class: "p-Methods", role: "radiogroup", "aria-label": "Ways to pay" }, ...options);
}

class Elements extends Emitter {
  constructor(options, key) {
    super();
    this.key = key;
    this.clientSecret = options.clientSecret || null;
    this.appearance = options.appearance;
    this.payment = null;
  }
  create(type, options) {
    if (type !== "payment") throw new Error(`The stand-in has the payment element only, not ${type}.`);
    if (this.payment) throw new Error("Can only create one Element of type payment.");
    this.payment = new PaymentElement(this, options);
    return this.payment;
  }
  getElement(type) {
    return type === "payment" ? this.payment : null;
  }
  update(options) {
    if (options && options.clientSecret) this.clientSecret = options.clientSecret;
    if (options && options.appearance) {
      this.appearance = options.appearance;
      if (this.payment && this.payment.node) applyAppearance(this.payment.node, this.appearance);
    }
  }
  intent() {
    return ask("GET", `payment_intents/${intentIdOf(this.clientSecret)}`, this.key, { client_secret: this.clientSecret });
  }
  async fetchUpdates() {
    return {};
  }
  async submit() {
    if (!this.payment || !this.payment.place || !this.payment.form) {
      return { error: { type: "invalid_request_error", message: "The payment form is not on the page." } };
    }
    const error = this.payment.form.validate();
    return error ? { error } : { selectedPaymentMethod: this.payment.form.state().value.type };
  }
}

function Stripe(key) {
  if (typeof key !== "string" || !key.startsWith("pk_")) {
    throw new Error("Please call Stripe() with your publishable key. You used something that does not start with pk_.");
  }

  async function settle(result, clientSecret) {
    if (result.error) return { error: result.error };
    const intent = result.document;
    if (intent.status !== "requires_action") return outcome(intent);
    const step = intent.next_action || {};
    if (step.type === "redirect_to_url") {
      window.location.assign(step.redirect_to_url.url);
      return new Promise(() => {});
    }
    const answer = await challenge();
    const params = { payment_intent: intent.id, client_secret: clientSecret, outcome: answer };
    const after = await ask("POST", "3ds2/authenticate", key, params);
    return after.error ? { error: after.error } : outcome(after.document);
  }

  function outcome(intent) {
    if (intent.status === "requires_payment_method" && intent.last_payment_error) {
      return { error: { ...intent.last_payment_error, payment_intent: intent } };
    }
    return { paymentIntent: intent };
  }

  async function confirm(clientSecret, params) {
    const path = `payment_intents/${intentIdOf(clientSecret)}/confirm`;
    const common = { client_secret: clientSecret, use_stripe_sdk: true };
    return settle(await ask("POST", path, key, { ...params, ...common }), clientSecret);
  }

  function leave(result, returnUrl) {
    const address = new URL(returnUrl, window.location.href);
    address.searchParams.set("payment_intent", result.paymentIntent.id);
    address.searchParams.set("payment_intent_client_secret", result.paymentIntent.client_secret);
    address.searchParams.set("redirect_status", "succeeded");
    window.location.assign(address);
    return new Promise(() => {});
  }

  return {
    elements: (options = {}) => new Elements(options, key),

    async confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret || (elements && elements.clientSecret);
      intentIdOf(secret);
      const { return_url: returnUrl, payment_method_data: extra, ...rest } = confirmParams;
      let method = {};
      let form = null;
      if (elements) {
        const checked = await elements.submit();
        if (checked.error) return { error: checked.error };
        form = elements.payment.form;
        const typed = form.method();
        const billing = { ...typed.billing_details, ...(extra || {}).billing_details };
        method = { payment_method_data: { ...extra, ...typed, billing_details: billing } };
      }
      if (form) form.busy(true);
      try {
        const result = await confirm(secret, { ...rest, ...method, return_url: returnUrl });
        return result.error || redirect === "if_required" ? result : leave(result, returnUrl);
      } finally {
        if (form) form.busy(false);
      }
    },

    confirmCardPayment: (clientSecret, data = {}) => confirm(clientSecret, { payment_method: data.payment_method }),

    async handleNextAction({ clientSecret }) {
      const found = await ask("GET", `payment_intents/${intentIdOf(clientSecret)}`, key, { client_secret: clientSecret });
      return settle(found, clientSecret);
    },

    async retrievePaymentIntent(clientSecret) {
      const found = await ask("GET", `payment_intents/${intentIdOf(clientSecret)}`, key, { client_secret: clientSecret });
      return found.error ? { error: found.error } : { paymentIntent: found.document };
    },

    async createPaymentMethod({ elements }) {
      const checked = await elements.submit();
      if (checked.error) return { error: checked.error };
      const made = await ask("POST", "payment_methods", key, elements.payment.form.method());
      return made.error ? { error: made.error } : { paymentMethod: made.document };
    },

    createToken: async () => ({ error: { type: "invalid_request_error", message: "The stand-in makes no tokens." } }),
    registerAppInfo() {},
    _registerWrapper() {},
  };
}

Stripe.version = 3;
window.Stripe = Stripe;
