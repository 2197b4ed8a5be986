export type { PriceChoice } from "./BestSeats";
export type { Buyer } from "./BuyerForm";
export type { CheckoutWorld } from "./actions";
export { OrderPanel } from "./OrderPanel";
export type { Line, TypeChoice } from "./SeatLines";
export { useCheckout, type Checkout } from "./useCheckout";
