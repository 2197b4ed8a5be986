/** Money is integer minor units and an ISO 4217 code everywhere; only this file turns it into words. */
import { locale } from "./locale";

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string, stripIfInteger: boolean): Intl.NumberFormat {
  const key = `${currency}|${stripIfInteger}`;
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.NumberFormat(locale(), {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      trailingZeroDisplay: stripIfInteger ? "stripIfInteger" : "auto",
    });
    formatters.set(key, known);
  }
  return known;
}

function major(amount: number, format: Intl.NumberFormat): number {
  return amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
}

/** "€84.00": the exact amount, for totals and whatever is paid. */
export function money(amount: number, currency: string): string {
  const format = formatter(currency, false);
  return format.format(major(amount, format));
}

/** "€84": the same amount without idle zeros, for lists and legends. */
export function price(amount: number, currency: string): string {
  const format = formatter(currency, true);
  return format.format(major(amount, format));
}

/** "25.5%" from basis points. */
export function percent(basisPoints: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 2 }).format(basisPoints / 10_000);
}
