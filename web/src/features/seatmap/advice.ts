/** What a choice is advised by. It comes with the first seat that is chosen, for nobody needs it to look at a house. */
export { leavesSingle } from "./alone";
export { nearestFree } from "./nearest";
