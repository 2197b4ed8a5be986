/**
 * What a reload must not lose, per performance, in this tab only: the chosen seats, the hold, the order, and the
 * idempotency keys of attempts whose outcome is not known yet.
 */
import { uuid } from "./correlation";

export interface Attempt {
  key: string;
  /** The request this key stands for; another request needs another key. */
  request: string;
}

export type AttemptName = "hold" | "order" | "payment";

export interface CheckoutMemory {
  selected: number[];
  /** Places wanted in each standing area. */
  standing: Record<string, number>;
  wish: { coupon: string | null; types: Record<number, string> };
  holdId: string | null;
  orderId: string | null;
  orderToken: string | null;
  /** The page was closed or reloaded with a hold: the server was told, and the seats stay for half a minute more. */
  abandoned: boolean;
  /** The buyer comes back from a bank's own page without its yes. */
  refused: boolean;
  attempts: Partial<Record<AttemptName, Attempt>>;
}

export const EMPTY: CheckoutMemory = {
  selected: [],
  standing: {},
  wish: { coupon: null, types: {} },
  holdId: null,
  orderId: null,
  orderToken: null,
  abandoned: false,
  refused: false,
  attempts: {},
};

const keyOf = (performanceId: string): string => `frontrow.checkout.${performanceId}`;

export function recall(performanceId: string): CheckoutMemory {
  try {
    const stored = sessionStorage.getItem(keyOf(performanceId));
    return stored ? { ...EMPTY, ...(JSON.parse(stored) as Partial<CheckoutMemory>) } : EMPTY;
  } catch {
    // Storage may be forbidden or damaged; then a reload starts afresh, which is safe, only less kind.
    return EMPTY;
  }
}

export function remember(performanceId: string, change: Partial<CheckoutMemory>): void {
  try {
    sessionStorage.setItem(keyOf(performanceId), JSON.stringify({ ...recall(performanceId), ...change }));
  } catch {
    // See `recall`.
  }
}

/**
 * The idempotency key for a request: the same as before while the same request's outcome is unknown, so that
 * pressing a button again after a lost answer cannot hold or pay twice; a new one otherwise.
 */
export function attemptKey(performanceId: string, name: AttemptName, body: unknown): string {
  const { attempts } = recall(performanceId);
  const request = JSON.stringify(body);
  const pending = attempts[name];
  if (pending?.request === request) return pending.key;
  const attempt = { key: uuid(), request };
  remember(performanceId, { attempts: { ...attempts, [name]: attempt } });
  return attempt.key;
}

/** The outcome is known: the next attempt, even of the same request, is a new one. */
export function settle(performanceId: string, name: AttemptName): void {
  const { attempts } = recall(performanceId);
  remember(performanceId, { attempts: { ...attempts, [name]: undefined } });
}
