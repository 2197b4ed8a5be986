import { useEffect, useRef, type ReactNode } from "react";

/** Words that have just come: they are scrolled into sight, however far down a form was filled in. `news` changes with them. */
export function InSight({ news, children }: { news: unknown; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In braces: newer browsers answer with a promise, which an effect must not.
    place.current?.scrollIntoView({ block: "nearest" });
  }, [news]);
  return (
    <div ref={place} className="scroll-my-5">
      {children}
    </div>
  );
}
