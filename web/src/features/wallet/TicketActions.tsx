import { useState } from "react";
import { resendTickets } from "@/client/frontrow";
import { uuid } from "@/shared/lib/correlation";
import { insist } from "@/shared/lib/insist";
import { codeOf } from "@/shared/lib/problem";
import { Button, buttonClass } from "@/shared/ui/Button";
import { withToken } from "./orderWords";
import type { FullOrder } from "./shapes";

type Mail = "idle" | "sending" | "sent" | "too_often" | "lost";

const SAID: Record<Mail, (email: string) => string> = {
  idle: () => "",
  sending: () => "",
  sent: (email) => `Sent once more to ${email}. It can take a minute; look in the spam folder, too.`,
  too_often: (email) => `It was sent to ${email} a few times already. Look in the spam folder, or ask again later.`,
  lost: () => "The mail could not be asked for just now. Your tickets are safe here; try again in a moment.",
};

/** Everything to take the tickets along: on paper, in the calendar, by mail again. */
export function TicketActions({ order, token }: { order: FullOrder; token: string }) {
  const [mail, setMail] = useState<Mail>("idle");
  const resend = async (): Promise<void> => {
    setMail("sending");
    try {
      // One press is one mail, however often its answer is lost.
      const key = uuid();
      await insist(() => resendTickets(order.id, { token }, { headers: { "Idempotency-Key": key } }));
      setMail("sent");
    } catch (error) {
      setMail(codeOf(error) === "resent_too_often" ? "too_often" : "lost");
    }
  };
  return (
    <>
      {order.pdf_url && (
        <a href={withToken(order.pdf_url, token)} className={buttonClass("ink", "max-sm:flex-1 max-sm:px-3 max-sm:text-sm")} download>
          Download as PDF
        </a>
      )}
      {order.ics_url && (
        <a href={withToken(order.ics_url, token)} className={buttonClass("ink", "max-sm:flex-1 max-sm:px-3 max-sm:text-sm")} download>
          Add to calendar
        </a>
      )}
      {order.can_resend && (
        <Button tone="quiet" className="px-2 text-sm font-normal" busy={mail === "sending"} disabled={mail === "sent"} onClick={() => void resend()}>
          Send the mail again
        </Button>
      )}
      <p role="status" className="w-full text-sm" data-testid="resend-answer">
        {SAID[mail](order.email)}
      </p>
    </>
  );
}
