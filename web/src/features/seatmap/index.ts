export type { Alone } from "./alone";
export { areaOf, categoryOf, freePlaces, KIND_WHEELCHAIR, nameOf, placesOf, type House } from "./house";
export type { LiveSeats } from "./live";
export { countFree, priceList, priceOfSeat, type PriceList } from "./prices";
export { SeatMap } from "./SeatMap";
export { nearestFree, useAlone } from "./useAlone";
export { useHouse, useLiveSeats } from "./useSeatMap";
