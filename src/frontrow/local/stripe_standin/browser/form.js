// The card form: three labelled fields that check themselves and say in words what is missing.

function digitsOf(text) {
  return text.replace(/\D/g, "");
}

function passesLuhn(number) {
  let total = 0;
  for (let i = 0; i < number.length; i += 1) {
    let digit = Number(number[number.length - 1 - i]);
    if (i % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    total += digit;
  }
  return total % 10 === 0;
}

function problemOfNumber(text) {
  const number = digitsOf(text);
  const length = /^3[47]/.test(number) ? 15 : 16;
  if (number.length < length) return ["incomplete_number", "Your card number is incomplete."];
  if (!passesLuhn(number)) return ["invalid_number", "Your card number is invalid."];
  return null;
}

function readExpiry(text) {
  const digits = digitsOf(text);
  return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2, 4)), whole: digits.length === 4 };
}

function problemOfExpiry(text) {
  const { month, year, whole } = readExpiry(text);
  if (!whole || month < 1 || month > 12) return ["incomplete_expiry", "Your card’s expiration date is incomplete."];
  const today = new Date();
  if (year < today.getFullYear()) return ["invalid_expiry_year_past", "Your card’s expiration year is in the past."];
  if (year === today.getFullYear() && month < today.getMonth() + 1) {
    return ["invalid_expiry_month_past", "Your card’s expiration date is in the past."];
  }
  return null;
}

function problemOfCvc(text) {
  return digitsOf(text).length < 3 ? ["incomplete_cvc", "Your card’s security code is incomplete."] : null;
}

function groupNumber(digits) {
  const number = digits.slice(0, /^3[47]/.test(digits) ? 15 : 19);
  if (/^3[47]/.test(number)) return [number.slice(0, 4), number.slice(4, 10), number.slice(10)].filter(Boolean).join(" ");
  return number.replace(/(\d{4})(?=\d)/g, "$1 ");
}

function groupExpiry(digits) {
  const padded = /^[2-9]/.test(digits) ? `0${digits}` : digits;
  const expiry = padded.slice(0, 4);
  return expiry.length > 2 ? `${expiry.slice(0, 2)} / ${expiry.slice(2)}` : expiry;
}

const FIELDS = [
  { name: "number", label: "Card number", autocomplete: "cc-number", placeholder: "1234 1234 1234 1234", group: groupNumber, check: problemOfNumber },
  { name: "expiry", label: "Expiry date", autocomplete: "cc-exp", placeholder: "MM / YY", group: groupExpiry, check: problemOfExpiry },
  { name: "cvc", label: "CVC", autocomplete: "cc-csc", placeholder: "CVC", group: (digits) => digits.slice(0, 4), check: problemOfCvc },
];

// Regrouping moves characters under the caret; it is put back behind the digit that it stood behind.
function regroup(input, group) {
  const behind = digitsOf(input.value.slice(0, input.selectionStart ?? input.value.length)).length;
  const atEnd = input.selectionStart === input.value.length;
  const text = group(digitsOf(input.value));
  if (text === input.value) return;
  input.value = text;
  if (atEnd) return;
  let place = 0;
  for (let seen = 0; place < text.length && seen < behind; place += 1) if (/\d/.test(text[place])) seen += 1;
  input.setSelectionRange(place, place);
}

class CardForm {
  constructor(announce) {
    this.announce = announce;
    this.fields = FIELDS.map((field) => this.field(field));
    const [number, expiry, cvc] = this.fields.map((field) => field.box);
    const note = make("p", { class: "p-Note" }, "Test mode – use ", make("strong", {}, "4242 4242 4242 4242"));
    const row = make("div", { class: "p-Form-row" }, expiry, cvc);
    this.node = make("div", { class: "p-Form", role: "group", "aria-label": "Card details" }, note, number, row);
  }

  field(kind) {
    // The ids are those of Stripe's own form, so one script can drive either; a second form on a page gets other ones.
    let id = `Field-${kind.name}Input`;
    for (let n = 2; document.getElementById(id); n += 1) id = `Field-${kind.name}Input-${n}`;
    const input = make("input", {
      class: "p-Input", id, name: kind.name, type: "text", inputmode: "numeric", autocomplete: kind.autocomplete,
      placeholder: kind.placeholder, "aria-describedby": `${id}Error`, "aria-required": "true", spellcheck: "false",
    });
    const error = make("p", { class: "p-FieldError", id: `${id}Error`, "aria-live": "polite" });
    const box = make("div", { class: "p-Field" }, make("label", { class: "p-Label", for: id }, kind.label), input, error);
    const field = { kind, input, error, box };
    input.addEventListener("input", () => {
      regroup(input, kind.group);
      this.tell(field, null);
      this.announce("change", this.state());
    });
    input.addEventListener("blur", () => {
      if (input.value) this.tell(field, kind.check(input.value));
      this.announce("blur", {});
    });
    input.addEventListener("focus", () => this.announce("focus", {}));
    return field;
  }

  tell(field, problem) {
    field.error.textContent = problem ? problem[1] : "";
    if (problem) field.input.setAttribute("aria-invalid", "true");
    else field.input.removeAttribute("aria-invalid");
  }

  state() {
    const values = this.fields.map((field) => field.input.value);
    const complete = this.fields.every((field) => !field.kind.check(field.input.value));
    return { complete, empty: values.every((value) => !value), collapsed: false, value: { type: "card" } };
  }

  // Shows what is missing and returns the first problem as Stripe's validation error, or null.
  validate() {
    let first = null;
    for (const field of this.fields) {
      const problem = field.kind.check(field.input.value);
      this.tell(field, problem);
      if (problem && !first) {
        first = { type: "validation_error", code: problem[0], message: problem[1] };
        field.input.focus();
      }
    }
    return first;
  }

  card() {
    const [number, expiry, cvc] = this.fields.map((field) => field.input.value);
    const { month, year } = readExpiry(expiry);
    return { number: digitsOf(number), exp_month: month, exp_year: year, cvc: digitsOf(cvc) };
  }

  method() {
    return { type: "card", card: this.card() };
  }

  busy(yes) {
    for (const field of this.fields) field.input.readOnly = yes;
    this.node.setAttribute("aria-busy", String(yes));
  }

  clear() {
    for (const field of this.fields) {
      field.input.value = "";
      this.tell(field, null);
    }
  }

  focus() {
    this.fields[0].input.focus();
  }
}
