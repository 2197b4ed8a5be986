/** Placeholder lines for a page on its way; they stay invisible for the first 200 ms. */
export function Waiting({ what, lines = 4 }: { what: string; lines?: number }) {
  return (
    <div role="status" aria-label={`Loading ${what}`} className="space-y-4 py-10">
      {Array.from({ length: lines }, (_, n) => (
        <div key={n} className="skeleton h-8" style={{ width: `${92 - ((n * 23) % 50)}%` }} />
      ))}
    </div>
  );
}
