export { nameOf, type House } from "./house";
export { categoryOf } from "./house";
export { nearestFree } from "./nearest";
export type { LiveSeats } from "./live";
export { priceList, priceOfSeat, type PriceList } from "./prices";
export { SeatMap } from "./SeatMap";
export { useHouse, useLiveSeats } from "./useSeatMap";
