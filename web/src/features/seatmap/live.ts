/**
 * The live map's client. It subscribes first (waits for `hello`), then loads the snapshot, then applies fenced
 * changes; what arrives while a snapshot is under way waits for it. Every two seconds the server says the sum of all
 * fences that it has told by then. Fences only rise, so who has less has missed something and loads the snapshot again;
 * who has more took it from a snapshot that was newer. A silent or closed socket is replaced, with jitter, so that a restart of the server does
 * not bring every browser back in the same instant.
 */
import type { SeatSnapshot } from "@/client/frontrow.schemas";
import { applyInPlace, digestOf, isSeatState, type SeatChange, type SeatState } from "./apply";

export type LiveStatus = "connecting" | "live" | "reconnecting";

/** The part of a WebSocket that is used here, so that a test can play the server. */
export interface LiveSocket {
  close(): void;
}

export interface LiveWorld {
  openSocket(onMessage: (data: unknown) => void, onClose: (code: number) => void): LiveSocket;
  loadSnapshot(): Promise<SeatSnapshot>;
  /** Uniform in [0, 1). */
  random(): number;
  setTimer(run: () => void, milliseconds: number): unknown;
  clearTimer(timer: unknown): void;
}

type Frame =
  | { type: "hello"; performance_id: string }
  | { type: "seats"; changes: SeatChange[] }
  | { type: "digest"; digest: string }
  | { type: "cancelled" };

/** Which seats show something new: their numbers, or "all" after a snapshot. */
export type Recoloured = readonly number[] | "all";
type Listener = (seats: Recoloured) => void;

/** Three and a half heartbeats. */
const SILENCE_MS = 7_000;
const FIRST_RETRY_MS = 500;
/** With this and the snapshot a map is right again within five seconds of the server's coming back. */
const LONGEST_RETRY_MS = 2_500;
const CALM_MS = 250;
/** 1012 a restart, 1013 "try again later". */
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

export class LiveSeats {
  status: LiveStatus = "connecting";
  /** Rises with every change; what React compares. */
  version = 0;
  loaded = false;
  /** The performance won't take place. */
  cancelled = false;

  private states: string[] = [];
  private fences: number[] = [];
  private waiting: SeatChange[] | null = null;
  private heard = 0;
  private failures = 0;
  private loads = 0;
  private socket: LiveSocket | null = null;
  private silence: unknown = null;
  private retry: unknown = null;
  private stopped = true;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly world: LiveWorld) {}

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getVersion = (): number => this.version;

  /**
   * For words and counts: told at most four times a second, so that five hundred changes a second don't write the page
   * five hundred times. The drawn map listens to `subscribe`.
   */
  readonly subscribeCalmly = (listener: () => void): (() => void) => {
    let timer: unknown = null;
    const stop = this.subscribe((seats) => {
      if (seats === "all" || seats.length === 0) listener();
      else timer ??= this.world.setTimer(() => {
        timer = null;
        listener();
      }, CALM_MS);
    });
    return () => {
      stop();
      this.world.clearTimer(timer);
    };
  };

  /** A seat the snapshot has not told us about counts as blocked: better not offered than offered wrongly. */
  stateOf(seatNo: number): SeatState {
    const state = this.states[seatNo - 1];
    return isSeatState(state) ? state : "b";
  }

  digest(): string {
    return digestOf(this.fences);
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.connect();
  }

  /** Back from sleep, another tab or a tunnel: timers may have stood still, so the socket is replaced at once. */
  wake(): void {
    if (this.stopped || this.status !== "reconnecting") return;
    this.world.clearTimer(this.retry);
    this.failures = 0;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.world.clearTimer(this.silence);
    this.world.clearTimer(this.retry);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Loads a snapshot now, for instance after a refused hold, when waiting for the next heartbeat would be unkind. */
  async reload(): Promise<void> {
    this.waiting ??= [];
    this.heard = 0;
    // Only the latest load counts: an earlier one may have been asked before this subscription began.
    const load = (this.loads += 1);
    const socket = this.socket;
    try {
      const snapshot = await this.world.loadSnapshot();
      if (this.stopped || load !== this.loads) return;
      const missed = this.waiting;
      this.waiting = null;
      this.states = Array.from(snapshot.states);
      this.fences = [...snapshot.fences];
      applyInPlace(this.states, this.fences, missed);
      this.loaded = true;
      this.publish("all");
      // The socket may have closed or been replaced while the snapshot was under way.
      if (socket !== null && socket === this.socket) this.turn("live");
    } catch {
      if (this.stopped || load !== this.loads) return;
      this.waiting = null;
      if (socket !== null && socket === this.socket) this.dropSocket(0);
    }
  }

  private connect(): void {
    // What an abandoned socket still says must not count.
    const socket: LiveSocket = this.world.openSocket(
      (data) => {
        if (this.socket === socket) this.receive(data);
      },
      (code) => {
        if (this.socket === socket) this.dropSocket(code);
      },
    );
    this.socket = socket;
    this.listenForSilence();
  }

  private receive(data: unknown): void {
    this.listenForSilence();
    const frame = parse(data);
    if (frame?.type === "hello") {
      this.failures = 0;
      void this.reload();
    } else if (frame?.type === "seats") {
      if (this.waiting) this.waiting.push(...frame.changes);
      else this.change(frame.changes);
    } else if (frame?.type === "cancelled") {
      this.cancelled = true;
      this.publish([]);
    } else if (frame?.type === "digest" && !this.waiting && this.loaded) {
      this.compare(Number(frame.digest));
    }
  }

  private change(changes: SeatChange[]): void {
    const recoloured = applyInPlace(this.states, this.fences, changes);
    if (recoloured.length > 0) this.publish(recoloured);
  }

  private compare(theirs: number): void {
    // A sum that fell is another history: the database was brought back from a copy.
    const fell = theirs < this.heard;
    this.heard = theirs;
    if (fell || Number(this.digest()) < theirs) void this.reload();
  }

  private dropSocket(code: number): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.world.clearTimer(this.silence);
    if (this.stopped) return;
    this.turn("reconnecting");
    this.failures += 1;
    // Where sockets do not get through at all (some offices), the map still loads, and follows from snapshots.
    if (this.failures > 1 || !this.loaded) void this.reload();
    const soon = code === SERVICE_RESTART || (code === TRY_AGAIN_LATER && this.failures < 3);
    const longest = soon ? 2_000 : Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.world.clearTimer(this.retry);
    this.retry = this.world.setTimer(() => this.connect(), FIRST_RETRY_MS + this.world.random() * longest);
  }

  private listenForSilence(): void {
    this.world.clearTimer(this.silence);
    this.silence = this.world.setTimer(() => this.dropSocket(0), SILENCE_MS);
  }

  private turn(status: LiveStatus): void {
    if (this.status === status) return;
    this.status = status;
    this.publish([]);
  }

  private publish(seats: Recoloured): void {
    this.version += 1;
    for (const listener of this.listeners) listener(seats);
  }
}

function parse(data: unknown): Frame | null {
  if (typeof data !== "string") return null;
  try {
    return JSON.parse(data) as Frame;
  } catch {
    return null;
  }
}

/** The real world: this browser's socket, clock and dice. */
export function browserWorld(performanceId: string, loadSnapshot: () => Promise<SeatSnapshot>): LiveWorld {
  return {
    openSocket: (onMessage, onClose) => {
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(`${scheme}//${location.host}/ws/performances/${encodeURIComponent(performanceId)}`);
      socket.onmessage = (event) => onMessage(event.data);
      socket.onclose = (event) => onClose(event.code);
      return socket;
    },
    loadSnapshot,
    random: () => Math.random(),
    setTimer: (run, milliseconds) => window.setTimeout(run, milliseconds),
    clearTimer: (timer) => window.clearTimeout(timer as number),
  };
}
