import { useEffect, useRef, useState } from "react";
import type { Order } from "@/client/frontrow.schemas";
import { shortDateTime } from "@/shared/lib/dates";
import { seatWords } from "@/shared/lib/seatWords";
import { withToken } from "./orderWords";
import { useWakeLock } from "./useWakeLock";

type ShownTicket = Order["tickets"][number];

interface TicketScreenProps {
  order: Order;
  tickets: readonly ShownTicket[];
  /** Which of them comes first. */
  first: string;
  token: string;
  onClose: () => void;
}

/** A finger that went so far across wants the next ticket, in CSS pixels. */
const SWIPE = 48;

/**
 * One code as large as the screen: dark on white whatever the theme, awake, nothing beside it but whose place it is.
 * Swipe, arrow keys or buttons lead to the next; Escape leads back.
 */
export function TicketScreen({ order, tickets, first, token, onClose }: TicketScreenProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [at, setAt] = useState(() => Math.max(0, tickets.findIndex((ticket) => ticket.id === first)));
  const last = tickets.length - 1;
  useWakeLock(true);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  useEffect(() => {
    const here = dialog.current;
    if (!here) return;
    let from = 0;
    const step = (by: number): void => setAt((now) => Math.min(last, Math.max(0, now + by)));
    const onKey = (event: KeyboardEvent): void => {
      const by = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -last, End: last }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      step(by);
    };
    const onStart = (event: TouchEvent): void => {
      from = event.changedTouches[0]?.clientX ?? 0;
    };
    const onEnd = (event: TouchEvent): void => {
      const way = (event.changedTouches[0]?.clientX ?? from) - from;
      if (Math.abs(way) > SWIPE) step(way < 0 ? 1 : -1);
    };
    here.addEventListener("keydown", onKey);
    here.addEventListener("touchstart", onStart, { passive: true });
    here.addEventListener("touchend", onEnd, { passive: true });
    return () => {
      here.removeEventListener("keydown", onKey);
      here.removeEventListener("touchstart", onStart);
      here.removeEventListener("touchend", onEnd);
    };
  }, [last]);

  const ticket = tickets[at];
  if (!ticket) return null;
  const { performance, event } = order;
  return (
    <dialog ref={dialog} aria-label="Ticket for the door" className="ticket-screen" onClose={onClose} data-testid="ticket-screen">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="truncate font-display text-lg leading-tight">{event.title}</p>
          <p className="mt-0.5 text-sm text-muted tabular-nums">
            {shortDateTime(performance.starts_at, performance.timezone)} · {performance.venue.name}
          </p>
        </div>
        <button type="button" className="-mt-2 -mr-2 grid h-12 w-12 shrink-0 place-items-center" aria-label="Close" onClick={() => dialog.current?.close()}>
          <svg viewBox="0 0 16 16" width="18" height="18" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
            <path d="M3 3l10 10M13 3 3 13" />
          </svg>
        </button>
      </div>
      <img key={ticket.id} src={withToken(ticket.qr_svg_url, token)} alt={`QR code for ${seatWords(ticket)}`} className="ticket-screen-code" />
      <div className="flex items-end justify-between gap-4">
        <div className="min-w-0">
          <p className="text-sm text-muted">{ticket.section}</p>
          <p className="font-display text-3xl leading-tight tabular-nums">
            {ticket.row && <span>Row {ticket.row} </span>}
            <span className="whitespace-nowrap">{ticket.row ? `Seat ${ticket.label}` : ticket.label ? `Place ${ticket.label}` : "Standing"}</span>
          </p>
        </div>
        {tickets.length > 1 && (
          <div className="flex shrink-0 items-center">
            <Turn label="Ticket before" disabled={at === 0} onClick={() => setAt(at - 1)} path="M12.500 4 6.500 10l6 6" />
            <p className="min-w-12 text-center tabular-nums">
              {at + 1} / {tickets.length}
            </p>
            <Turn label="Next ticket" disabled={at === last} onClick={() => setAt(at + 1)} path="m7.500 4 6 6-6 6" />
          </div>
        )}
      </div>
      <p role="status" className="sr-only">
        Ticket {at + 1} of {tickets.length}: {seatWords(ticket)}
      </p>
    </dialog>
  );
}

function Turn({ label, path, disabled, onClick }: { label: string; path: string; disabled: boolean; onClick: () => void }) {
  return (
    // Not `disabled`: the focus must not fall out of the dialog at its last ticket.
    <button type="button" aria-label={label} aria-disabled={disabled} className="grid h-12 w-12 place-items-center aria-disabled:opacity-25" onClick={disabled ? undefined : onClick}>
      <svg viewBox="0 0 20 20" width="22" height="22" fill="none" stroke="currentColor" strokeWidth="1.600" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}
