// The look of the card form and of the bank's dialog. It is set as an adopted stylesheet, because the page's content
// security policy need not allow inline styles for our sake, and it takes every colour from the page: text is
// currentColor, so whatever is readable around the form is readable in it, in light and in dark.

const CSS = `
.StripeElement { display: block; }
.p-Form { display: grid; gap: 16px; font: inherit; color: var(--p-color-text, inherit); }
.p-Form-row { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
.p-Methods { display: flex; flex-wrap: wrap; gap: 8px 20px; }
.p-Methods label { display: inline-flex; align-items: center; gap: 6px; min-height: 44px; cursor: pointer; }
.p-Field { display: grid; gap: 6px; align-content: start; min-width: 0; }
.p-Label { font: inherit; font-size: 0.94em; color: inherit; }
.p-Input {
  box-sizing: border-box; width: 100%; min-height: 44px; margin: 0; padding: 8px 12px;
  font: inherit; font-variant-numeric: tabular-nums; letter-spacing: 0.01em; color: inherit;
  background: var(--p-color-background, transparent);
  border: 1px solid color-mix(in srgb, currentColor 60%, transparent);
  border-radius: var(--p-border-radius, 6px); appearance: none;
}
.p-Input::placeholder { color: currentColor; opacity: 0.72; }
.p-Input:hover { border-color: currentColor; }
.p-Input:focus-visible { outline: 2px solid var(--p-color-primary, currentColor); outline-offset: 2px; }
.p-Input[aria-invalid="true"] { border-color: var(--p-color-danger, currentColor); border-width: 2px; padding: 7px 11px; }
.p-Input:disabled { opacity: 0.6; }
.p-FieldError { margin: 0; font-size: 0.94em; color: var(--p-color-danger, currentColor); }
.p-FieldError:empty { display: none; }
.p-Note { margin: 0; font-size: 0.94em; color: inherit; }
.p-Note strong { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.p-Challenge {
  box-sizing: border-box; max-width: 26rem; width: calc(100% - 32px); padding: 24px;
  color: CanvasText; background: Canvas; border: 1px solid currentColor; border-radius: 6px; font: inherit;
}
.p-Challenge::backdrop { background: rgb(0 0 0 / 0.55); }
.p-Challenge h2 { margin: 0 0 8px; font-size: 1.25em; font-weight: 600; color: inherit; }
.p-Challenge p { margin: 0 0 16px; color: inherit; }
.p-Challenge div { display: flex; flex-wrap: wrap; gap: 12px; }
.p-Challenge button {
  min-height: 44px; padding: 0 20px; font: inherit; color: CanvasText; background: Canvas;
  border: 1px solid currentColor; border-radius: 6px; cursor: pointer;
}
.p-Challenge button[value="complete"] { color: Canvas; background: CanvasText; }
.p-Challenge button:focus-visible { outline: 2px solid CanvasText; outline-offset: 2px; }
`;

let dressed = false;

function dress() {
  if (dressed) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  dressed = true;
}

const VARIABLES = {
  colorPrimary: "--p-color-primary",
  colorBackground: "--p-color-background",
  colorText: "--p-color-text",
  colorDanger: "--p-color-danger",
  borderRadius: "--p-border-radius",
};

function applyAppearance(node, appearance) {
  const given = (appearance && appearance.variables) || {};
  for (const [name, property] of Object.entries(VARIABLES)) {
    if (given[name]) node.style.setProperty(property, given[name]);
    else node.style.removeProperty(property);
  }
  if (given.fontFamily) node.style.fontFamily = given.fontFamily;
}

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
