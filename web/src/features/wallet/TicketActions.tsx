import { useState } from "react";
import { http } from "@/shared/lib/http";
import { codeOf } from "@/shared/lib/problem";
import { Button, buttonClass } from "@/shared/ui/Button";
import { withToken } from "./orderWords";
import type { FullOrder } from "./shapes";

type Mail = "idle" | "sending" | "sent" | "too_soon" | "lost";

const SAID: Record<Mail, (email: string) => string> = {
  idle: () => "",
  sending: () => "",
  sent: (email) => `Sent once more to ${email}. It can take a minute; look in the spam folder, too.`,
  too_soon: (email) => `It was sent to ${email} only a moment ago. Wait a few minutes before asking again.`,
  lost: () => "The mail could not be asked for just now. Your tickets are safe here; try again in a moment.",
};

/** Everything to take the tickets along: on paper, in the calendar, by mail again. */
export function TicketActions({ order, token }: { order: FullOrder; token: string }) {
  const [mail, setMail] = useState<Mail>("idle");
  const resend = async (): Promise<void> => {
    setMail("sending");
    try {
      await http(withToken(`/api/orders/${order.id}/resend`, token), { method: "POST" });
      setMail("sent");
    } catch (error) {
      setMail(["too_soon", "resend_too_soon", "too_many_tries", "rate_limited"].includes(codeOf(error)) ? "too_soon" : "lost");
    }
  };
  return (
    <>
      <div className="mt-6 flex flex-wrap items-center gap-x-6 gap-y-3 print:hidden">
        {order.pdf_url && (
          <a href={withToken(order.pdf_url, token)} className={buttonClass("next")} download>
            Download as PDF
          </a>
        )}
        {order.ics_url && (
          <a href={withToken(order.ics_url, token)} className={buttonClass("ink")} download>
            Add to calendar
          </a>
        )}
        {order.can_resend && (
          <Button tone="quiet" className="text-sm font-normal" busy={mail === "sending"} disabled={mail === "sent"} onClick={() => void resend()}>
            Send the mail again
          </Button>
        )}
      </div>
      <p role="status" className="mt-2 text-sm" data-testid="resend-answer">
        {SAID[mail](order.email)}
      </p>
    </>
  );
}
