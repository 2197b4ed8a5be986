export type { Buyer } from "./BuyerForm";
export { OrderPanel } from "./OrderPanel";
export type { Line } from "./SeatLines";
export { useCheckout, type Checkout, type CheckoutWorld } from "./useCheckout";
