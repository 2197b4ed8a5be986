/** What follows choosing, as one file that is loaded while the buyer chooses. */
export { Details } from "./Details";
export { Pay } from "./Pay";
