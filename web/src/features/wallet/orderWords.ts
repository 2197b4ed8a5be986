/** What each state of an order means for the buyer: what happened, what it means for seats and money. */

export interface OrderWords {
  title: string;
  body: string;
}

const WORDS: Record<string, OrderWords> = {
  pending: { title: "Your seats are held", body: "The order is not paid yet. Finish paying before the time is over, or the seats go back on sale." },
  paying: { title: "Waiting for your payment", body: "As soon as the payment service tells us it went through, your tickets appear here. You can leave this page open." },
  capturing: { title: "Your payment went through", body: "The seats are yours. We are writing your tickets; this takes a few seconds." },
  expiring: { title: "Checking with the payment service", body: "Time ran out while the payment was under way. If it went through you get your tickets; if not, nothing is charged." },
  failed: { title: "The payment did not go through", body: "Nothing was charged and the seats are back on sale." },
  expired: { title: "Time ran out for this order", body: "The seats are back on sale. Nothing was charged; if your bank shows a reservation, it disappears by itself." },
  cancelled: { title: "This order was cancelled", body: "The seats are back on sale and nothing was charged." },
  refund_due: { title: "Your money is on its way back", body: "The payment arrived after the seats were gone. The whole amount is being refunded; banks take up to ten days." },
  refunded: { title: "This order was refunded", body: "The whole amount was returned. The tickets of this order are no longer valid." },
};

export function orderWords(state: string): OrderWords {
  return WORDS[state] ?? { title: "Your order", body: "" };
}

/** States that pass by themselves: the page asks again every second. */
export function isPassing(state: string): boolean {
  return state === "paying" || state === "capturing" || state === "expiring";
}

/** States after which buying starts again. */
export function isOver(state: string): boolean {
  return state === "failed" || state === "expired" || state === "cancelled";
}

/** A secret link's token goes with every address that belongs to the order. */
export function withToken(url: string, token: string): string {
  if (!token || url.includes("token=")) return url;
  return `${url}${url.includes("?") ? "&" : "?"}token=${encodeURIComponent(token)}`;
}
