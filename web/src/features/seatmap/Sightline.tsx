import type { Corner, Sight } from "./sight";

const WIDTH = 180;
const HEIGHT = 88;
/** The horizon lies a little above the middle: what one looks at is below it. */
const MIDDLE = HEIGHT * 0.5;

const at = ([x, y]: Corner): string => `${((x + 1) * WIDTH) / 2} ${MIDDLE + (y * WIDTH) / 2}`;
const path = (corners: readonly Corner[]): string => (corners.length === 0 ? "" : `M${corners.map(at).join("L")}Z`);

/** The stage as it is seen from a seat: how large, from which side, from how high up; somebody stands on it. */
export function Sightline({ sight }: { sight: Sight }) {
  const [feet, head] = sight.figure;
  const tall = feet && head ? ((feet[1] - head[1]) * WIDTH) / 2 : 0;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="mt-2 block w-full rounded-sm text-ink" data-testid="sightline">
      <rect width={WIDTH} height={HEIGHT} fill="currentColor" opacity="0.06" />
      <path d={path(sight.wall)} fill="currentColor" opacity="0.12" />
      <path d={path(sight.floor)} fill="currentColor" opacity="0.2" stroke="currentColor" strokeWidth="0.75" strokeLinejoin="round" />
      <path d={path(sight.wall)} fill="none" stroke="currentColor" strokeWidth="0.75" strokeLinejoin="round" opacity="0.45" />
      {sight.line.length > 1 && <path d={path(sight.line)} stroke="currentColor" strokeWidth="0.75" opacity="0.5" />}
      {feet && head && (
        <g transform={`translate(${at(feet)})`}>
          <rect x={-tall * 0.13} y={-tall * 0.8} width={tall * 0.26} height={tall * 0.8} rx={tall * 0.13} fill="currentColor" />
          <circle cy={-tall * 0.89} r={Math.max(tall * 0.11, 0.6)} fill="currentColor" />
        </g>
      )}
      {sight.heads && <Heads />}
    </svg>
  );
}

/** Whoever sits in front, looking the same way. */
function Heads() {
  return (
    <g fill="currentColor">
      {[-4, 26, 56, 124, 154, 184].map((x) => (
        <path key={x} d={`M${x - 15} ${HEIGHT}q1-9 10-10a7.500 7.500 0 1 1 10 0q9 1 10 10Z`} opacity="0.3" />
      ))}
    </g>
  );
}
