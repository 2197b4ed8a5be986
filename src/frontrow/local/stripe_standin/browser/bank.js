// A way to pay through a bank: nothing to type but, for some, a name or an account number; the bank's own page follows.
const BANK_NAMES = { ideal: "iDEAL", bancontact: "Bancontact", eps: "EPS", p24: "Przelewy24", sepa_debit: "SEPA Direct Debit" };

class BankForm {
  constructor(announce, type, details) {
    this.announce = announce;
    this.type = type;
    this.name = (details && details.name) || "";
    this.email = (details && details.email) || "";
    const redirected = `You will be taken to your bank’s page to pay with ${BANK_NAMES[type] || type}, and back here afterwards.`;
    const text = type === "sepa_debit" ? "Your bank is asked for the money; it takes some days to come." : redirected;
    this.node = make("div", { class: "p-Form", role: "group", "aria-label": "Bank payment" }, make("p", { class: "p-Note" }, text));
    this.input = null;
    if (type === "sepa_debit") this.node.append(this.field());
  }

  field() {
    const id = "Field-ibanInput";
    this.input = make("input", { class: "p-Input", id, name: "iban", type: "text", autocomplete: "off", placeholder: "AT61 1904 3002 3457 3201", "aria-describedby": `${id}Error`, "aria-required": "true", spellcheck: "false" });
    this.error = make("p", { class: "p-FieldError", id: `${id}Error`, "aria-live": "polite" });
    this.input.addEventListener("input", () => {
      this.error.textContent = "";
      this.input.removeAttribute("aria-invalid");
      this.announce("change", this.state());
    });
    return make("div", { class: "p-Field" }, make("label", { class: "p-Label", for: id }, "IBAN"), this.input, this.error);
  }

  state() {
    const typed = this.input ? this.input.value.replace(/\s/g, "") : "";
    return { complete: !this.input || typed.length >= 15, empty: !typed && Boolean(this.input), collapsed: false, value: { type: this.type } };
  }

  validate() {
    if (this.state().complete) return null;
    const error = { type: "validation_error", code: "incomplete_iban", message: "Your IBAN is incomplete." };
    this.error.textContent = error.message;
    this.input.setAttribute("aria-invalid", "true");
    this.input.focus();
    return error;
  }

  method() {
    const billing = {};
    if (this.name) billing.name = this.name;
    if (this.email) billing.email = this.email;
    const details = this.input ? { iban: this.input.value.replace(/\s/g, "") } : {};
    return { type: this.type, billing_details: billing, [this.type]: details };
  }

  busy(yes) {
    if (this.input) this.input.readOnly = yes;
    this.node.setAttribute("aria-busy", String(yes));
  }

  clear() {
    if (this.input) this.input.value = "";
  }

  focus() {
    if (this.input) this.input.focus();
  }
}
