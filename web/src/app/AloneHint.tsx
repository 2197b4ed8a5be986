import type { Alone } from "@/features/seatmap";

/** Kindly, before anything is held: a seat that would stay alone, and the move that avoids it. Nothing is forced. */
export function AloneHint({ seats, instead, nameSeats, onMove }: Alone & { nameSeats: (seats: readonly number[]) => string; onMove: (seats: readonly number[]) => void }) {
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-hairline bg-sunk px-4 py-2 text-sm lg:px-6" data-testid="alone-hint">
      <p className="min-w-0 flex-1 basis-60">{nameSeats(seats)} would be left alone.</p>
      {instead && (
        <button type="button" className="text-link min-h-11 font-medium" onClick={() => onMove(instead)}>
          Take {nameSeats(instead)} instead?
        </button>
      )}
    </div>
  );
}
