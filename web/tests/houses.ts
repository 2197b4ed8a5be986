import type { SeatMap } from "@/client/frontrow.schemas";

/** Straight rows of seats 10 units apart, 12 between rows, an aisle after the fifth seat; category A, then B. */
export function smallHouse(rows = 4, seats = 10): SeatMap {
  let seatNo = 0;
  return {
    format: "frontrow-seatmap",
    version: 1,
    name: "Small house",
    width: 200,
    height: 200,
    stage: { x: 50, y: 0, width: 100, height: 20, label: "Stage" },
    sections: [
      {
        name: "Stalls",
        label_at: [100, 30],
        rows: Array.from({ length: rows }, (_, r) => ({
          label: String.fromCharCode(65 + r),
          category: r < 2 ? "A" : "B",
          seats: Array.from({ length: seats }, (__, s): [number, string, number, number, number] => [
            (seatNo += 1),
            String(s + 1),
            30 + s * 10 + (s >= 5 ? 20 : 0),
            40 + r * 12,
            0,
          ]),
        })),
      },
    ],
    areas: [
      {
        name: "Floor",
        category: "C",
        first_seat_no: rows * seats + 1,
        capacity: 5,
        polygon: [
          [30, 150],
          [130, 150],
          [130, 190],
          [30, 190],
        ],
      },
    ],
    seat_count: rows * seats + 5,
  };
}
