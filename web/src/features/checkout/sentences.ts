/** The words of every refusal: what happened, what it means for seats and money, and the way on. Data alone; `words.ts` reads it. */
import { count, listing } from "@/shared/lib/locale";
import { money } from "@/shared/lib/money";
import { number, say, type Facts, type Sentence } from "./sentence";

/** While choosing: nothing is held yet. */
const CHOOSING: Record<string, Sentence> = {
  seats_taken: say("Some of these seats were just taken", "Nothing is held or charged. The map shows what is free now: choose others and try again.", "close", "Choose others"),
  sales_closed: say("Sales are closed for this date", "No seat was sold and nothing was charged. Other dates of the event may still be open.", "dates", "See other dates"),
  unknown_seats: say("The house has changed", "Nothing was held or charged. Reload the page to see the seats as they are now.", "reload", "Reload the page"),
  not_together: say("There are not so many seats together any more", "Nothing is held or charged. Try fewer, another price, or choose seats apart on the map.", "close", "Choose again"),
};

/** While the seats are held. */
const HOLDING: Record<string, Sentence> = {
  hold_expired: say("Your hold has ended", "The seats went back on sale and nothing was charged. If they are still free, you can hold them again.", "hold", "Hold the same seats again"),
  hold_in_use: say("These seats belong to an order already", "They are still held for you and nothing was charged. Reload the page to go on with that order.", "reload", "Go on with that order"),
  hold_at_cap: say("More time than this is not possible", "Others are waiting, too. Your seats stay held until the clock reaches zero, and nothing is charged unless you pay.", "close", "Go on"),
  not_found: say("These seats are no longer held for you", "Nothing was charged. If they are still free, you can hold them again.", "hold", "Hold the same seats again"),
};

/** While ordering and paying. */
const PAYING: Record<string, Sentence> = {
  payment_declined: say("Your card was declined", "Nothing was charged and your seats are still held. Try another card, or another way to pay."),
  stripe_unavailable: say("The payment service does not answer", "Your seats stay held and nothing was charged. Try again in a moment.", "again", "Try again"),
  order_not_payable: say("This order can no longer be paid", "Nothing was charged for it. Go back to the map to start again with the same choice.", "release", "Back to the map"),
  place_without_price: say("Some of these places have no price yet", "They are still held for you and nothing was charged. Change seats to choose others.", "release", "Change seats"),
  ticket_type_not_for_seat: say("That ticket is not sold for this seat", "Your seats stay held and nothing was charged. Choose another kind of ticket for it."),
  lines_not_there: say("Some of these tickets are not part of the order any more", "Its other seats are as they were. Reload the page to see the order as it is now.", "reload", "Reload the page"),
  order_moving: say("Your payment is being settled this very moment", "Your seats stay yours until that is done, and nothing is charged twice. Look again in a few seconds.", "look", "Look again"),
  nothing_to_pay: say("There is nothing to pay here any more", "Nothing was charged a second time. The order's page says how it stands.", "look", "See how it stands"),
};

/** After buying: mails, and what staff do with money and places. */
const AFTERWARDS: Record<string, Sentence> = {
  order_not_paid: say("This order is not paid", "There is no money to give back and nothing was changed. Its seats are as they were.", "close", "Close"),
  not_refundable: say("That is more than can still be given back", "Nothing was changed. Money that is on its way back counts, too.", "close", "Close"),
  nothing_to_resend: say("This order has no tickets to send", "Nothing was changed: its seats and money are as its page says.", "reload", "Reload the page"),
  resent_too_often: say("These tickets were sent a few times already", "Nothing was changed, and your seats are yours. Look in the spam folder, or ask again later.", "close", "Close"),
  email_confirmed_already: say("Your address is confirmed already", "Nothing needs to be done: your seats and your money are as they were.", "close", "Close"),
  link_not_yours: say("This link is for another account", "Nothing was changed: seats and money are as they were. Log in with the account that the mail was sent for.", "log-in", "Log in"),
  link_used: say("This link was used already", "It is good once. Nothing was changed: seats and money are as they were.", "close", "Close"),
  link_expired: say("This link is older than a day", "Nothing was changed: seats and money are as they were. Your account's page sends a new one.", "close", "Close"),
  ticket_used: say("Somebody was let in with one of these tickets", "Nothing was changed: seats and money are as they were. Check at the door first; then it can be done all the same.", "close", "Close"),
};

/** On the way to us and back, and who is asking. */
const ALWAYS: Record<string, Sentence> = {
  busy: say("Very many people are choosing seats right now", "Your choice is kept and nothing was charged. Try again in a few seconds.", "again", "Try again"),
  rate_limited: say("That was very fast", "Your choice is kept and nothing was charged. Wait a few seconds, then try again.", "again", "Try again"),
  too_many_tries: say("Too many tries", "Your choice is kept and nothing was charged. For safety this has to wait a minute.", "again", "Try again"),
  network: say("The connection was lost", "Your choice of seats is kept. Check your connection and try again: it cannot hold or charge twice.", "again", "Try again"),
  outcome_unknown: say("We lost the line while saving", "Your choice of seats is kept. Trying again finds what was saved, and cannot hold or charge twice.", "again", "Find out"),
  csrf_failed: say("Your browser lost its session with us", "Nothing was held or charged. Reload the page and try again; your choice is kept.", "reload", "Reload the page"),
  idempotency_mismatch: say("Two different requests crossed each other", "Nothing was held or charged by the second. Trying again is safe.", "again", "Try again"),
  invalid_request: say("Something in this form was not understood", "Nothing was charged and your seats are as they were. Check the fields, then try again."),
  not_logged_in: say("You are not logged in any more", "Your choice is kept and nothing was charged. Go on without an account, or log in again.", "again", "Go on without an account"),
  token_expired: say("You are not logged in any more", "Your choice is kept and nothing was charged. Go on without an account, or log in again.", "again", "Go on without an account"),
  bad_credentials: say("That did not match", "Nothing was held or charged. Check address and password, then try again.", "log-in", "Log in"),
  forbidden: say("This is not open to you", "Nothing was changed, held or charged.", "reload", "Reload the page"),
};

export const SENTENCES: Readonly<Record<string, Sentence>> = { ...CHOOSING, ...HOLDING, ...PAYING, ...AFTERWARDS, ...ALWAYS };

const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : []);

/** What a cancellation means for seats and money, by how far the buyer had come. */
const CALLED_OFF: Record<string, string> = {
  choose: "It won't take place, so no seat is sold and nothing was charged. What was paid for it goes back by itself.",
  details: "It won't take place. Your seats are not held any more, and nothing was charged.",
  pay: "It won't take place. Your seats are not held any more, and your order has ended. Nothing is charged; should a payment have gone through this very moment, it goes back by itself, and a mail tells you so.",
};

/** Refusals that carry numbers and names. */
export const WITH_FACTS: Readonly<Record<string, (facts: Facts) => Sentence>> = {
  performance_cancelled: ({ step }) => say("This evening was cancelled", CALLED_OFF[text(step, "choose")] ?? "", "dates", "See other dates"),
  not_enough_left: ({ left }) =>
    say(
      number(left) > 0 ? `Only ${count(number(left), "place")} left` : "None of these places are left",
      "Nothing is held or charged. Try fewer, or another price.",
      "close",
      "Choose again",
    ),
  ticket_type_not_on_sale: ({ ticket_types: names }) =>
    say(
      `${texts(names).length > 0 ? listing(texts(names)) : "One of these kinds of ticket"} cannot be bought now`,
      "Your seats stay held and nothing was charged. Choose another kind of ticket for them, or other seats.",
      "release",
      "Change seats",
    ),
  ticket_type_quantity: ({ ticket_type: name, minimum, maximum }) => {
    const most = maximum == null ? "" : `at most ${number(maximum)}`;
    const least = number(minimum) > 1 ? `at least ${number(minimum)}` : "";
    return say(
      `${text(name, "This kind of ticket")}: ${[least, most].filter(Boolean).join(", ") || "another number"} in one order`,
      "Your seats stay held and nothing was charged. Choose another kind of ticket for some of them, or another number of seats.",
      "release",
      "Change seats",
    );
  },
  account_limit: ({ limit, left }) =>
    say(
      `At most ${count(number(limit), "seat")} a person for this date`,
      `${number(left) > 0 ? `You can still have ${number(left)}.` : "You have yours already."} Your seats stay held and nothing was charged; change seats to take fewer.`,
      "release",
      "Change seats",
    ),
  total_below_minimum: ({ minimum, currency }) =>
    say(
      `A card takes ${typeof currency === "string" ? money(number(minimum), currency) : "a little more"} or more`,
      "Nothing was charged and your seats stay held. Do without the code, or choose another kind of ticket for one of them.",
      "plain",
      "Do without the code",
    ),
};

const WITHOUT = "Your seats stay held, and the price is the one without a code.";

/** What became of a code that was typed in; the price is then the one without it, and the field stays open for another. */
export const COUPON: Readonly<Record<string, (code: string, facts: Facts) => Sentence>> = {
  coupon_unknown: (code) => say(`There is no code ${code} for this event`, `Check it letter by letter. ${WITHOUT}`),
  coupon_not_yet_valid: (code) => say(`The code ${code} is not valid yet`, `It starts later. ${WITHOUT}`),
  coupon_expired: (code) => say(`The code ${code} has expired`, WITHOUT),
  coupon_used_up: (code) => say(`The code ${code} is used up`, `It was good for a limited number of orders. ${WITHOUT}`),
  coupon_used_by_you: (code) => say(`You have used the code ${code} already`, `It is good for a limited number of orders a person. ${WITHOUT}`),
  coupon_wrong_tickets: (code) => say(`The code ${code} is for other tickets`, `It may fit another kind of ticket or another price. ${WITHOUT}`),
  coupon_wrong_currency: (code) => say(`The code ${code} is worth an amount of another currency`, WITHOUT),
  coupon_minimum: (code, { minimum, currency }) =>
    say(`The code ${code} needs tickets for ${typeof currency === "string" ? money(number(minimum), currency) : "a larger sum"} or more`, WITHOUT),
  coupon_changed: (code) => say(`The code ${code} was changed a moment ago`, "Nothing was ordered or charged and your seats stay held. Apply it again to see the new price."),
  coupon_refused: (code) => say(`The code ${code} cannot be used here`, WITHOUT),
};
