/**
 * Does something in a task of its own, at once after this one: a page's start has much to do, and a press is heard only
 * between two tasks. Returns how to call it off.
 */
export function soon(work: () => void): () => void {
  const waiting = window.setTimeout(work);
  return () => window.clearTimeout(waiting);
}
