import { useEffect, useState } from "react";
import { Button } from "@/shared/ui/Button";

const SAID_MS = 6_000;

/** The system's own way to share where there is one; otherwise the link is copied, and that is said. */
export function ShareButton({ title, path }: { title: string; path: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = window.setTimeout(() => setSaid(""), SAID_MS);
    return () => window.clearTimeout(timer);
  }, [said]);

  const share = async (): Promise<void> => {
    const url = new URL(path, window.location.origin).href;
    // Older browsers and plain HTTP have neither of the two.
    const device = navigator as Partial<Pick<Navigator, "share" | "clipboard">>;
    try {
      if (device.share) {
        await device.share.call(navigator, { title, url });
        return;
      }
      if (!device.clipboard) throw new Error("no clipboard");
      await device.clipboard.writeText(url);
      setSaid("Link copied.");
    } catch (error) {
      // Whoever closes the system's sheet has changed their mind; that is no failure.
      if (error instanceof DOMException && error.name === "AbortError") return;
      setSaid(`Copy this link: ${url}`);
    }
  };
  return (
    <span className="inline-flex flex-wrap items-center gap-3">
      <Button tone="quiet" onClick={() => void share()}>
        Share
      </Button>
      <span role="status" className="text-sm text-muted">
        {said}
      </span>
    </span>
  );
}
