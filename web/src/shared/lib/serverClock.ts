/**
 * Deadlines are the server's. A device whose clock is wrong must still count down correctly, so every answer that
 * carries `server_time` sets the difference, and deadlines are compared to the server's now.
 */
let offsetMs = 0;

/** Learns from an answer's `server_time`; `receivedAt` is this device's clock in milliseconds. */
export function learnServerTime(serverTime: string, receivedAt: number = Date.now()): void {
  const server = Date.parse(serverTime);
  if (Number.isFinite(server)) offsetMs = server - receivedAt;
}

/** Milliseconds until a deadline by the server's clock; negative when it has passed. */
export function millisecondsUntil(deadline: string, now: number = Date.now()): number {
  return Date.parse(deadline) - (now + offsetMs);
}
