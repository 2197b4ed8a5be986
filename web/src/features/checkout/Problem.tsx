import { Link } from "@tanstack/react-router";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Notice } from "@/shared/ui/Notice";
import { InSight } from "./InSight";
import type { OrderPanelProps } from "./OrderPanel";
import type { Explanation } from "./words";

type ProblemProps = Pick<OrderPanelProps, "checkout" | "nameSeats" | "eventSlug">;

const QUIET = "mr-5 min-h-11 text-sm";

/** What went wrong and what can be done about it, with the button for it. */
export function Problem({ checkout, nameSeats, eventSlug }: ProblemProps) {
  const { notice } = checkout;
  if (!notice) return null;
  const instead = notice.instead ?? [];
  return (
    <InSight news={notice}>
      <Notice tone={notice.calm ? "plain" : "bad"} title={notice.title}>
        <p>{notice.body}</p>
        {instead.length > 0 && (
          <Button tone="quiet" className={QUIET} aria-label={`Choose ${nameSeats(instead)} instead`} onClick={() => checkout.choose(instead)}>
            Choose {instead.length === 1 ? "it" : "these"} instead
          </Button>
        )}
        {notice.offers?.map(({ label, wish }) => (
          <Button key={label} tone="quiet" className={QUIET} onClick={() => void checkout.holdBest(wish)}>
            {label}
          </Button>
        ))}
        <WayOn said={notice} checkout={checkout} eventSlug={eventSlug} />
      </Notice>
    </InSight>
  );
}

/** The one button under a refusal's words. */
export function WayOn({ said, checkout, eventSlug }: { said: Explanation } & Pick<ProblemProps, "checkout" | "eventSlug">) {
  const { way, label } = said;
  if (!way) return null;
  if (way === "dates" && eventSlug) {
    return (
      <Link to="/events/$slug" params={{ slug: eventSlug }} className={buttonClass("quiet", QUIET)}>
        {label}
      </Link>
    );
  }
  if (way === "log-in") {
    return (
      <Link to="/account" search={{ next: location.pathname }} className={buttonClass("quiet", QUIET)}>
        {label}
      </Link>
    );
  }
  const doing: Partial<Record<typeof way, () => void>> = {
    again: () => void checkout.again(),
    hold: () => void checkout.holdSelected(),
    look: () => void checkout.look(false),
    release: () => void checkout.changeSeats(),
    plain: () => void checkout.applyCoupon(null),
    reload: () => location.reload(),
    close: () => checkout.close(),
  };
  const act = doing[way];
  // Seats that ended are held again by the panel's own button only if something is still chosen.
  if (!act || (way === "hold" && checkout.selected.length === 0 && Object.keys(checkout.standing).length === 0)) return null;
  return (
    <Button tone="quiet" className={QUIET} disabled={checkout.busy !== null} onClick={act}>
      {label}
    </Button>
  );
}
