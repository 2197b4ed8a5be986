import type { Order } from "@/client/frontrow.schemas";
import { shortDateTime } from "@/shared/lib/dates";
import { seatWords } from "@/shared/lib/seatWords";

interface TicketProps {
  ticket: Order["tickets"][number];
  order: Order;
  qrUrl: string;
  /** Opens its code as large as the screen. */
  onShow: () => void;
}

const NOT_VALID: Record<string, string> = {
  inactive: "Not active yet: the payment is being completed.",
  void: "Cancelled: this ticket no longer opens the door.",
};

/** One ticket as a stub: the seat large on the left, the code for the door on the right. */
export function Ticket({ ticket, order, qrUrl, onShow }: TicketProps) {
  const { performance, event } = order;
  const refused = NOT_VALID[ticket.state];
  const gone = ticket.state === "void";
  return (
    <li className={`ticket grid min-[30rem]:grid-cols-[1fr_auto] ${gone ? "ticket-void" : ""}`} data-state={ticket.state}>
      <div className="flex min-w-0 flex-col p-5">
        <p className="font-display text-lg leading-snug">{event.title}</p>
        <p className="mt-1 text-sm text-muted tabular-nums">
          {shortDateTime(performance.starts_at, performance.timezone)} · {performance.venue.name}
        </p>
        <dl className="mt-auto flex gap-7 pt-6">
          <Place name={ticket.row ? "Row" : ""} value={ticket.row} />
          <Place name={ticket.row ? "Seat" : "Place"} value={ticket.label || "Standing"} />
        </dl>
        <p className="mt-1 text-sm">{ticket.section}</p>
        {refused && <p className="mt-3 text-sm font-medium text-warn">{refused}</p>}
      </div>
      {gone ? (
        <div className="ticket-stub grid place-items-center p-4">
          <p className="w-40 -rotate-12 text-center font-display text-3xl text-warn italic" aria-hidden="true">
            Void
          </p>
        </div>
      ) : (
        <div className="ticket-stub relative grid place-items-center p-4">
          {/* Scanners want dark on light, whatever the theme. */}
          <img src={qrUrl} alt={`QR code for ${seatWords(ticket)}`} className="aspect-square w-52 rounded-sm bg-white p-2 min-[30rem]:w-40" />
          {ticket.state === "valid" && (
            <button type="button" className="absolute inset-0 cursor-zoom-in print:hidden" aria-label={`Show the code of ${seatWords(ticket)} full screen`} onClick={onShow} />
          )}
        </div>
      )}
    </li>
  );
}

function Place({ name, value }: { name: string; value: string }) {
  if (!value) return null;
  return (
    <div>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="font-display text-3xl leading-none tabular-nums">{value}</dd>
    </div>
  );
}
