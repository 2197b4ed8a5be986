import { useEffect, useRef, type PointerEvent } from "react";
import { useTheme } from "@/shared/lib/theme";
import { PITCH } from "./house";
import { housePalette } from "./palette";
import type { MapView } from "./mapView";

const WIDTH = 132;
const MOST_HEIGHT = 108;

/** The whole house, small, with a frame around what is in view; a press moves the view there. */
export function Minimap({ view }: { view: MapView }) {
  const theme = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = Math.min(WIDTH / view.house.width, MOST_HEIGHT / view.house.height);
  const width = Math.round(view.house.width * scale);
  const height = Math.round(view.house.height * scale);

  useEffect(() => {
    const ctx = canvas.current?.getContext("2d");
    if (!ctx) return;
    const palette = housePalette(theme);
    const dpr = Math.min(window.devicePixelRatio || 1, 2);
    ctx.setTransform(dpr * scale, 0, 0, dpr * scale, 0, 0);
    ctx.clearRect(0, 0, view.house.width, view.house.height);
    ctx.lineCap = "round";
    ctx.lineWidth = PITCH * 0.9;
    ctx.strokeStyle = palette.taken;
    for (const { path } of view.floor.paths) ctx.stroke(path);
    const { stage } = view.house;
    if (stage) {
      ctx.fillStyle = palette.edge;
      ctx.fillRect(stage.x, stage.y, stage.width, stage.height);
    }
  }, [view, theme, scale]);

  const look = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    view.centreOn((event.clientX - box.left) / scale, (event.clientY - box.top) / scale);
  };

  const { left, top, right, bottom } = view.window();
  const inside = (value: number, most: number): number => Math.min(most, Math.max(0, value * scale));
  const dpr = Math.min(window.devicePixelRatio || 1, 2);
  return (
    <div
      className="float-shadow absolute bottom-3 left-3 cursor-crosshair touch-none rounded-md bg-raised p-2"
      aria-hidden="true"
    >
      <div className="relative overflow-hidden" style={{ width, height }} onPointerDown={look} onPointerMove={look}>
        <canvas ref={canvas} width={width * dpr} height={height * dpr} style={{ width, height }} />
        <div
          className="absolute rounded-[2px] border-[1.5px] border-ink"
          style={{
            left: inside(left, width),
            top: inside(top, height),
            width: Math.max(6, inside(right, width) - inside(left, width)),
            height: Math.max(6, inside(bottom, height) - inside(top, height)),
          }}
        />
      </div>
    </div>
  );
}
