import { Link } from "@tanstack/react-router";
import { useTitle } from "@/shared/lib/title";
import { buttonClass } from "@/shared/ui/Button";

export function NotFound() {
  useTitle("Not found");
  return (
    <div className="page py-24">
      <p className="font-display text-lg text-muted italic">404</p>
      <h1 className="mt-2 text-4xl">This seat does not exist</h1>
      <p className="prose-width mt-4">The page you asked for is not here. Perhaps the address was mistyped, or the evening is over.</p>
      <Link to="/" className={buttonClass("next", "mt-8")}>
        See what is on
      </Link>
    </div>
  );
}
