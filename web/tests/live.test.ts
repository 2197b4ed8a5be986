import { beforeEach, describe, expect, it } from "vitest";
import type { SeatSnapshot } from "@/client/frontrow.schemas";
import { LiveSeats, type LiveWorld, type Recoloured } from "@/features/seatmap/live";
import { digestOf } from "@/features/seatmap/apply";

interface Timer {
  run: () => void;
  milliseconds: number;
}

/** The server, the clock and the dice, played by hand. */
class Stage implements LiveWorld {
  server = { states: "ffff", fences: [1, 1, 1, 1] };
  sockets: { say: (frame: unknown) => void; drop: (code: number) => void; closed: boolean }[] = [];
  /** Snapshots asked for and not answered yet. */
  asked: { answer: () => void; refuse: () => void }[] = [];
  timers = new Set<Timer>();

  openSocket(onMessage: (data: unknown) => void, onClose: (code: number) => void) {
    const socket = { say: (frame: unknown) => onMessage(JSON.stringify(frame)), drop: onClose, closed: false };
    this.sockets.push(socket);
    return {
      close: () => {
        socket.closed = true;
      },
    };
  }

  loadSnapshot(): Promise<SeatSnapshot> {
    return new Promise((resolve, reject) => {
      const { states, fences } = this.server;
      const snapshot = { performance_id: "p", states, fences: [...fences], digest: digestOf(fences) };
      this.asked.push({ answer: () => resolve(snapshot), refuse: () => reject(new Error("no")) });
    });
  }

  random = () => 0.5;

  setTimer(run: () => void, milliseconds: number): Timer {
    const timer = { run, milliseconds };
    this.timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as Timer);
  }

  get socket() {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket yet");
    return last;
  }

  /** Lets promise callbacks run. */
  async settle(): Promise<void> {
    for (let n = 0; n < 5; n += 1) await Promise.resolve();
  }

  async answer(): Promise<void> {
    this.asked.shift()?.answer();
    await this.settle();
  }

  change(seatNo: number, state: string): [number, string, number] {
    const fence = (this.server.fences[seatNo - 1] ?? 0) + 1;
    this.server.fences[seatNo - 1] = fence;
    this.server.states = this.server.states.slice(0, seatNo - 1) + state + this.server.states.slice(seatNo);
    return [seatNo, state, fence];
  }

  digest(): { type: string; digest: string } {
    return { type: "digest", digest: digestOf(this.server.fences) };
  }

  fire(milliseconds: number): void {
    const timer = [...this.timers].find((candidate) => candidate.milliseconds === milliseconds);
    if (!timer) throw new Error(`no timer of ${milliseconds} ms; there are ${[...this.timers].map((item) => item.milliseconds).join(", ")}`);
    this.timers.delete(timer);
    timer.run();
  }
}

const SILENCE = 7_000;

let stage: Stage;
let live: LiveSeats;
let seen: Recoloured[];

beforeEach(() => {
  stage = new Stage();
  live = new LiveSeats(stage);
  seen = [];
  live.subscribe((seats) => seen.push(seats));
  live.start();
});

async function connect(): Promise<void> {
  stage.socket.say({ type: "hello", performance_id: "p" });
  await stage.answer();
}

const shown = (): string => [1, 2, 3, 4].map((seatNo) => live.stateOf(seatNo)).join("");

describe("the live map", () => {
  it("asks for the snapshot only after the subscription is confirmed", async () => {
    expect(stage.asked).toHaveLength(0);
    expect(shown()).toBe("bbbb");
    await connect();
    expect(shown()).toBe("ffff");
    expect(live.status).toBe("live");
    expect(seen).toContain("all");
  });

  it("keeps what arrives while the snapshot is under way, and an older snapshot does not undo it", async () => {
    stage.socket.say({ type: "hello", performance_id: "p" });
    stage.socket.say({ type: "seats", changes: [stage.change(2, "h")] });
    await stage.answer();
    expect(shown()).toBe("fhff");
    expect(live.digest()).toBe("5");
  });

  it("tells which seats to recolour, once", async () => {
    await connect();
    const frame = { type: "seats", changes: [stage.change(1, "h"), stage.change(4, "s")] };
    stage.socket.say(frame);
    stage.socket.say(frame);
    expect(seen.filter((seats) => seats !== "all" && seats.length > 0)).toEqual([[1, 4]]);
  });

  it("notices a lost frame by the digest and loads the snapshot again", async () => {
    await connect();
    stage.change(3, "s");
    expect(shown()).toBe("ffff");
    stage.socket.say(stage.digest());
    expect(stage.asked).toHaveLength(1);
    await stage.answer();
    expect(shown()).toBe("ffsf");
    stage.socket.say(stage.digest());
    expect(stage.asked).toHaveLength(0);
  });

  it("knows of a cancellation as soon as the server says it, and tells so without recolouring a seat", async () => {
    await connect();
    expect(live.cancelled).toBe(false);
    const before = live.version;
    seen.length = 0;
    stage.socket.say({ type: "cancelled" });
    expect(live.cancelled).toBe(true);
    expect(live.version).toBe(before + 1);
    expect(seen).toEqual([[]]);
  });

  it("is not disturbed by a digest that is older than what it was told already", async () => {
    await connect();
    const old = stage.digest();
    stage.socket.say({ type: "seats", changes: [stage.change(1, "h")] });
    stage.socket.say(old);
    stage.socket.say(old);
    expect(stage.asked).toHaveLength(0);
  });

  it("loads the snapshot again when the sum falls: the database was brought back from a copy", async () => {
    await connect();
    stage.socket.say({ type: "seats", changes: [stage.change(1, "h")] });
    stage.socket.say(stage.digest());
    stage.server = { states: "ffff", fences: [1, 1, 1, 1] };
    stage.socket.say(stage.digest());
    expect(stage.asked).toHaveLength(1);
    await stage.answer();
    expect(shown()).toBe("ffff");
  });

  it("comes back after a restart of the server, within the jitter, and shows what it missed", async () => {
    await connect();
    stage.socket.drop(1012);
    expect(live.status).toBe("reconnecting");
    expect(shown()).toBe("ffff");
    stage.change(1, "s");
    stage.fire(500 + 0.5 * 2_000);
    expect(stage.sockets).toHaveLength(2);
    await connect();
    expect(shown()).toBe("sfff");
    expect(live.status).toBe("live");
  });

  it("waits longer after each failure, but keeps the map fresh from snapshots", async () => {
    await connect();
    stage.socket.drop(1006);
    stage.fire(500 + 0.5 * 1_000);
    stage.change(2, "s");
    stage.socket.drop(1006);
    expect([...stage.timers].map((timer) => timer.milliseconds)).toContain(500 + 0.5 * 2_000);
    await stage.answer();
    expect(shown()).toBe("fsff");
    expect(live.status).toBe("reconnecting");
  });

  it("replaces a socket that fell silent", async () => {
    await connect();
    const silent = stage.socket;
    stage.fire(SILENCE);
    expect(silent.closed).toBe(true);
    expect(live.status).toBe("reconnecting");
    silent.say({ type: "seats", changes: [[1, "s", 99]] });
    expect(shown()).toBe("ffff");
  });

  it("drops the socket and tries again when the snapshot cannot be loaded", async () => {
    stage.socket.say({ type: "hello", performance_id: "p" });
    stage.asked.shift()?.refuse();
    await stage.settle();
    expect(live.status).toBe("reconnecting");
    expect(stage.sockets[0]?.closed).toBe(true);
  });

  it("ignores what it cannot read", async () => {
    await connect();
    stage.socket.say("nonsense");
    stage.socket.say({ type: "weather", rain: true });
    expect(shown()).toBe("ffff");
  });

  it("is quiet after it was stopped, and can start again", async () => {
    await connect();
    const first = stage.socket;
    live.stop();
    expect(first.closed).toBe(true);
    expect(stage.timers.size).toBe(0);
    first.say({ type: "seats", changes: [[1, "s", 9]] });
    expect(shown()).toBe("ffff");
    live.start();
    expect(stage.sockets).toHaveLength(2);
  });

  it("comes to the same map whatever the order, and however often frames arrive", async () => {
    await connect();
    const [first, second, third] = [stage.change(1, "h"), stage.change(1, "f"), stage.change(1, "s")];
    for (const change of [third, first, second, third, first]) stage.socket.say({ type: "seats", changes: [change] });
    expect(shown()).toBe("sfff");
    expect(live.digest()).toBe(digestOf(stage.server.fences));
  });

  it("comes back soon when the server is full, and slower when it stays so", async () => {
    await connect();
    stage.socket.drop(1013);
    stage.fire(500 + 0.5 * 2_000);
    stage.socket.drop(1013);
    stage.fire(500 + 0.5 * 2_000);
    stage.socket.drop(1013);
    expect(Math.max(...[...stage.timers].map((timer) => timer.milliseconds).filter((wait) => wait < SILENCE))).toBeGreaterThan(500 + 0.5 * 2_000);
  });

  it("does not wait for its timer when the page is seen again", async () => {
    await connect();
    live.wake();
    expect(stage.sockets).toHaveLength(1);
    stage.socket.drop(1006);
    stage.change(2, "s");
    live.wake();
    expect(stage.sockets).toHaveLength(2);
    await connect();
    expect(shown()).toBe("fsff");
    expect(live.status).toBe("live");
  });

  it("tells words and counts four times a second at most", async () => {
    await connect();
    let told = 0;
    live.subscribeCalmly(() => (told += 1));
    for (let n = 0; n < 20; n += 1) stage.socket.say({ type: "seats", changes: [stage.change(1, n % 2 ? "f" : "h")] });
    expect(told).toBe(0);
    stage.fire(250);
    expect(told).toBe(1);
  });
});
