import type { Now } from '../../src/stats/counts.js';

type Listener = (now: Now | null) => void;

/** A node whose stream was refused is asked again after this time or up to twice as much, and for its stream too. */
const POLL_MS = 60_000;
/** One that does not answer is asked sooner. */
const AGAIN_MS = 15_000;
/** A node that has been silent for so long is away; it shows that it lives every 20 s. */
const AWAY_MS = 45_000;

/** The counts of one node, followed once for all elements of a page, and only while somebody looks. */
class NodeCounts {
  private readonly listeners = new Set<Listener>();
  private source: EventSource | undefined;
  private away: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private newest: Now | null = null;

  constructor(private readonly node: string) {
    document.addEventListener('visibilitychange', () => this.turn());
    // What holds a connection open is not kept for going back to.
    addEventListener('pagehide', () => this.stop());
    addEventListener('pageshow', () => this.turn());
  }

  follow(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.newest) call(listener, this.newest);
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
    clearTimeout(this.again);
    this.settle();
  }

  private start(): void {
    const source = new EventSource(`${this.node}/v1/stream`);
    this.source = source;
    source.addEventListener('counts', (event) => this.hear(JSON.parse(event.data)));
    source.onopen = () => this.settle();
    source.onerror = () => {
      this.away ??= setTimeout(() => this.tell(null), AWAY_MS);
      // A stream that was refused stays closed; one that broke off is tried again by the browser.
      if (source.readyState === EventSource.CLOSED) void this.poll(source);
    };
  }

  private async poll(source: EventSource): Promise<void> {
    const answer = await fetch(`${this.node}/v1/now`).catch(() => null);
    const now = answer?.ok ? await answer.json().catch(() => null) : null;
    if (this.source !== source) return;
    if (now) this.hear(now);
    // The figures were closed: nobody sees them any longer.
    else if (answer?.status === 401) this.tell(null);
    const delayMs = (now ? POLL_MS : AGAIN_MS) * (1 + Math.random());
    this.again = setTimeout(() => this.start(), delayMs);
  }

  private settle(): void {
    clearTimeout(this.away);
    this.away = undefined;
  }

  private hear(now: Now): void {
    this.settle();
    this.tell(now);
  }

  private tell(now: Now | null): void {
    this.newest = now;
    for (const listener of this.listeners) call(listener, now);
  }
}

/** One that fails takes the counts from no other. */
function call(listener: Listener, now: Now | null): void {
  try {
    listener(now);
  } catch (error) {
    reportError(error);
  }
}

const nodes = new Map<string, NodeCounts>();

/** `node` without a slash at its end. Answers what ends it. */
export function followCounts(node: string, listener: Listener): () => void {
  const known = nodes.get(node) ?? new NodeCounts(node);
  nodes.set(node, known);
  return known.follow(listener);
}
