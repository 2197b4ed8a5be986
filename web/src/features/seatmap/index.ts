export { areaOf, categoryOf, nameOf, placesOf, type House } from "./house";
export { nearestFree } from "./nearest";
export type { LiveSeats } from "./live";
export { countFree, priceList, priceOfSeat, type PriceList } from "./prices";
export { SeatMap } from "./SeatMap";
export { useHouse, useLiveSeats } from "./useSeatMap";
