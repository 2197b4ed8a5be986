/** The wheelchair sign, drawn once; the words are for the ear, and for the eye where there is room. */
export function AccessMark({ words = "Wheelchair places free", spelled = false }: { words?: string; spelled?: boolean }) {
  return (
    <span className="inline-flex items-center gap-1.5 align-[-0.15em]" title={spelled ? undefined : words}>
      <svg viewBox="0 0 20 20" width="1.05em" height="1.05em" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="8" cy="3" r="1.4" fill="currentColor" stroke="none" />
        <path d="M8 6.5v5h5l2.500 4.500 1.500-.800M8 8.500h4M6 9.300a4.600 4.600 0 1 0 6.300 6" />
      </svg>
      <span className={spelled ? "" : "sr-only"}>{words}</span>
    </span>
  );
}
