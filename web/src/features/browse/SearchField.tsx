import { useEffect, useRef } from "react";
import { useWish } from "./useWish";

const PAUSE_MS = 220;

/** Searches as one types. The first letter is a step in the history, the rest of the word isn't. */
export function SearchField() {
  const { wish, change } = useWish();
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const sent = useRef(wish.q);

  // The address may change without the field: the way back, or a word that was taken away.
  useEffect(() => {
    if (field.current && wish.q !== sent.current) field.current.value = wish.q ?? "";
    sent.current = wish.q;
  }, [wish.q]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const search = (): void => {
    window.clearTimeout(timer.current);
    const q = field.current?.value.trim() || undefined;
    if (q === sent.current) return;
    const begun = sent.current !== undefined;
    sent.current = q;
    change({ q }, begun);
  };

  return (
    <form
      role="search"
      className="search-field"
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round">
        <circle cx="8.6" cy="8.6" r="5.6" />
        <path d="m12.8 12.8 4.6 4.6" />
      </svg>
      <input
        ref={field}
        type="search"
        name="q"
        aria-label="Search the programme"
        placeholder="Title, artist, venue or city"
        defaultValue={wish.q ?? ""}
        autoComplete="off"
        enterKeyHint="search"
        maxLength={100}
        onChange={() => {
          window.clearTimeout(timer.current);
          timer.current = window.setTimeout(search, PAUSE_MS);
        }}
      />
    </form>
  );
}
