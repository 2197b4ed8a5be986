import { useEffect, useRef, type PointerEvent } from "react";
import { useTheme } from "@/shared/lib/theme";
import { PITCH, seatGap } from "./house";
import { categoryColour, housePalette } from "./palette";
import type { MapView } from "./mapView";

/** Of its drawing, px; on a phone it would cover a quarter of the map. */
const WIDE = [132, 108] as const;
const NARROW = [92, 78] as const;
/** Width of the map's box from which there is room, px. */
const ROOMY = 600;
/** Of the frame, px. */
const LEAST = 6;

/** The whole house, small, with a frame around what is in view; a press moves the view there. */
export function Minimap({ view }: { view: MapView }) {
  const theme = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [mostWidth, mostHeight] = view.size.width < ROOMY ? NARROW : WIDE;
  const scale = Math.min(mostWidth / view.house.width, mostHeight / view.house.height);
  const width = Math.round(view.house.width * scale);
  const height = Math.round(view.house.height * scale);

  useEffect(() => {
    const ctx = canvas.current?.getContext("2d");
    if (!ctx) return;
    const palette = housePalette(theme);
    const dpr = Math.min(window.devicePixelRatio || 1, 2);
    ctx.setTransform(dpr * scale, 0, 0, dpr * scale, 0, 0);
    ctx.clearRect(0, 0, view.house.width, view.house.height);
    const { house } = view;
    ctx.globalAlpha = 0.65;
    for (const area of house.areas) {
      ctx.fillStyle = categoryColour(palette, area.category);
      ctx.beginPath();
      area.polygon.forEach(([x, y], n) => (n === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
      ctx.fill();
    }
    // Rows as strokes in the colour of their price: it tells the house by the same colours as the map.
    ctx.lineCap = "round";
    ctx.lineWidth = PITCH * 0.9;
    for (const row of house.rows) {
      ctx.strokeStyle = categoryColour(palette, row.category);
      ctx.beginPath();
      row.seats.forEach((seatNo, n) => {
        const [x, y] = [house.x[seatNo - 1] ?? 0, house.y[seatNo - 1] ?? 0];
        const before = row.seats[n - 1];
        if (before === undefined || seatGap(house, before, seatNo) > PITCH * 1.8) {
          ctx.moveTo(x, y);
          ctx.lineTo(x + 0.01, y);
        } else if (n % 4 === 0 || n === row.seats.length - 1 || seatGap(house, seatNo, row.seats[n + 1] ?? seatNo) > PITCH * 1.8) ctx.lineTo(x, y);
      });
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
    const { stage } = house;
    if (stage) {
      ctx.fillStyle = palette.edge;
      ctx.fillRect(stage.x, stage.y, stage.width, stage.height);
    }
  }, [view, theme, scale]);

  // Moved by hand: React would be asked sixty times a second for four numbers.
  useEffect(() => {
    const follow = (): void => {
      const { left, top, right, bottom } = view.window();
      const inside = (value: number, most: number): number => Math.min(most, Math.max(0, value * scale));
      const [x, y] = [inside(left, width - LEAST), inside(top, height - LEAST)];
      if (!frame.current) return;
      frame.current.style.transform = `translate(${x}px, ${y}px)`;
      frame.current.style.width = `${Math.max(LEAST, inside(right, width) - x)}px`;
      frame.current.style.height = `${Math.max(LEAST, inside(bottom, height) - y)}px`;
    };
    follow();
    return view.watch(follow);
  }, [view, scale, width, height]);

  const look = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 0) return;
    // A drag that leaves the little map goes on.
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    view.centreOn((event.clientX - box.left) / scale, (event.clientY - box.top) / scale);
  };

  const dpr = Math.min(window.devicePixelRatio || 1, 2);
  return (
    <div className="float-shadow absolute bottom-3 left-3 cursor-crosshair touch-none rounded-md bg-raised p-2" aria-hidden="true" data-testid="minimap">
      <div className="relative overflow-hidden" style={{ width, height }} onPointerDown={look} onPointerMove={look}>
        <canvas ref={canvas} width={width * dpr} height={height * dpr} style={{ width, height }} />
        <div ref={frame} className="absolute top-0 left-0 rounded-[2px] border-[1.5px] border-ink" data-testid="minimap-frame" />
      </div>
    </div>
  );
}
