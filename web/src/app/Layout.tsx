import { Link, Outlet, useMatchRoute } from "@tanstack/react-router";
import { useMe } from "@/shared/lib/session";
import { setTheme, useTheme } from "@/shared/lib/theme";
import { useArrival } from "./useArrival";

/** What surrounds every page. The house itself gets the whole window: no footer under the map. */
export function Layout() {
  useArrival();
  const inTheHouse = useMatchRoute()({ to: "/performances/$id" }) !== false;
  return (
    <>
      <a href="#main" className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-ink px-4 py-3 text-paper focus:translate-y-0">
        Skip to the content
      </a>
      <Header compact={inTheHouse} />
      <main id="main" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
        <Outlet />
      </main>
      {!inTheHouse && <Footer />}
    </>
  );
}

const NAV = "inline-flex min-h-11 items-center px-2 text-sm whitespace-nowrap hover:underline underline-offset-4 decoration-control";

function Header({ compact }: { compact: boolean }) {
  const me = useMe();
  const user = me.data?.user ?? null;
  return (
    <header className={compact ? "hidden border-b border-hairline lg:block" : "border-b border-hairline"}>
      <div className={`flex items-center justify-between gap-2 sm:gap-4 ${compact ? "h-14 px-6" : "page min-h-16 flex-wrap"}`}>
        <Link to="/" className="inline-flex min-h-11 items-center font-display text-xl tracking-tight">
          Frontrow
        </Link>
        <nav aria-label="Main" className="flex flex-wrap items-center sm:gap-3">
          <Link to="/" search={{ view: "calendar" }} activeOptions={{ exact: true }} className={`${NAV} max-sm:hidden`}>
            Calendar
          </Link>
          {user !== null && user.organisers.length > 0 && (
            <Link to="/door" className={NAV}>
              Door
            </Link>
          )}
          <Link to="/wallet" className={NAV}>
            My tickets
          </Link>
          <Link to="/account" className={NAV}>
            {user ? firstName(user.name) : "Log in"}
          </Link>
          <ThemeSwitch />
        </nav>
      </div>
    </header>
  );
}

function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] || "Account";
}

/** House lights up or down. A sun and a moon read faster than words here, so the words are for the ear. */
function ThemeSwitch() {
  const theme = useTheme();
  const dark = theme === "dark";
  return (
    <button
      type="button"
      role="switch"
      aria-checked={dark}
      aria-label="Dark appearance"
      className="-mr-2.5 grid h-11 w-11 place-items-center"
      onClick={() => setTheme(dark ? "light" : "dark")}
    >
      <svg viewBox="0 0 20 20" width="19" height="19" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round">
        {dark ? (
          <>
            <circle cx="10" cy="10" r="3.6" />
            <path d="M10 1.8v2M10 16.200v2M1.800 10h2M16.200 10h2M4.200 4.200l1.400 1.400M14.400 14.400l1.400 1.400M4.200 15.800l1.400-1.400M14.400 5.600l1.400-1.400" />
          </>
        ) : (
          <path d="M16.500 12.300A7 7 0 0 1 7.700 3.500a7 7 0 1 0 8.800 8.800Z" strokeLinejoin="round" />
        )}
      </svg>
    </button>
  );
}

function Footer() {
  return (
    <footer className="mt-20 border-t border-hairline">
      <div className="page flex flex-wrap items-baseline justify-between gap-x-8 gap-y-2 py-8 text-sm text-muted">
        <p>Every price is the whole price, fees included. No account needed to buy.</p>
        <nav aria-label="Foot" className="-mx-2 flex flex-wrap">
          <Link to="/" className={NAV}>
            What’s on
          </Link>
          <Link to="/" search={{ view: "calendar" }} className={NAV}>
            Calendar
          </Link>
          <Link to="/wallet" className={NAV}>
            My tickets
          </Link>
        </nav>
      </div>
    </footer>
  );
}
