import type { Now } from '../../src/stats/counts.js';

type Listener = (now: Now | null) => void;

const POLL_MS = 60_000;
/** A node that has been silent for so long is away; it shows that it lives every 20 s. */
const AWAY_MS = 45_000;

/** The counts of one node, followed once for all elements of a page, and only while somebody looks. */
class NodeCounts {
  private readonly listeners = new Set<Listener>();
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private newest: Now | null = null;

  constructor(private readonly node: string) {
    document.addEventListener('visibilitychange', () => this.turn());
    // What holds a connection open is not kept for going back to.
    addEventListener('pagehide', () => this.stop());
    addEventListener('pageshow', () => this.turn());
  }

  follow(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.newest) listener(this.newest);
    this.turn();
    return () => {
      this.listeners.delete(listener);
      this.turn();
    };
  }

  private turn(): void {
    if (this.listeners.size === 0 || document.visibilityState === 'hidden') this.stop();
    else if (!this.source) this.start();
  }

  private stop(): void {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.timer);
  }

  private start(): void {
    const source = new EventSource(`${this.node}/v1/stream`);
    this.source = source;
    source.addEventListener('counts', (event) => {
      clearTimeout(this.timer);
      this.tell(JSON.parse(event.data));
    });
    source.onopen = () => clearTimeout(this.timer);
    source.onerror = () => {
      // A stream that was refused stays closed; one that broke off is tried again by the browser.
      if (source.readyState === EventSource.CLOSED) void this.poll();
      else this.later(() => this.tell(null), AWAY_MS);
    };
  }

  private async poll(): Promise<void> {
    const now = await fetch(`${this.node}/v1/now`)
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    this.tell(now);
    if (this.source) this.later(() => void this.poll(), POLL_MS);
  }

  private later(act: () => void, delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, delayMs);
  }

  private tell(now: Now | null): void {
    this.newest = now;
    for (const listener of this.listeners) listener(now);
  }
}

const nodes = new Map<string, NodeCounts>();

/** `node` without a slash at its end. Answers what ends it. */
export function followCounts(node: string, listener: Listener): () => void {
  const known = nodes.get(node) ?? new NodeCounts(node);
  nodes.set(node, known);
  return known.follow(listener);
}
