const LOCK_IN_MILLISECONDS = 60_000;
const MAX_DELIVERIES = 10;

interface Message {
  readonly text: string;
  readonly visibleAt: number;
  lockedUntil: number;
  deliveries: number;
}

/** A message that a worker has received. */
export interface Delivery {
  readonly body: unknown;
  /** Removes the message if its lock is still valid. */
  complete(now: number): void;
}

/** A queue that delivers each message at least once, in any order, and again if its worker does not complete it. */
export class MemoryQueue {
  readonly deadLetters: { readonly body: unknown; readonly code: string }[] = [];
  private readonly messages = new Set<Message>();
  private readonly random: () => number;
  /** Called when there may be a message. */
  private readonly waiting: (() => void)[] = [];

  constructor(random: () => number) {
    this.random = random;
  }

  get isEmpty(): boolean {
    return this.messages.size === 0;
  }

  /** Whether a message, delivered or not, contains the text. */
  mentions(text: string): boolean {
    for (const message of this.messages) if (message.text.includes(text)) return true;
    return false;
  }

  put(body: unknown, visibleAt: number): void {
    this.messages.add({ text: JSON.stringify(body), visibleAt, lockedUntil: 0, deliveries: 0 });
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Calls `wake` once, when the next message is put. */
  onPut(wake: () => void): void {
    this.waiting.push(wake);
  }

  /** When a message can be taken; `undefined` if the queue is empty. */
  nextAt(): number | undefined {
    let next: number | undefined;
    for (const { visibleAt, lockedUntil } of this.messages) {
      const at = Math.max(visibleAt, lockedUntil);
      if (next === undefined || at < next) next = at;
    }
    return next;
  }

  take(now: number, top: number): readonly Delivery[] {
    const ready = [...this.messages].filter(
      ({ visibleAt, lockedUntil }) => visibleAt <= now && lockedUntil <= now,
    );
    const taken: Delivery[] = [];
    while (ready.length > 0 && taken.length < top) {
      const [message] = ready.splice(Math.floor(this.random() * ready.length), 1);
      if (message === undefined) break;
      message.deliveries += 1;
      if (message.deliveries > MAX_DELIVERIES) {
        this.messages.delete(message);
        this.deadLetters.push({ body: JSON.parse(message.text), code: 'maxDeliveryCountExceeded' });
        continue;
      }
      const lockedUntil = now + LOCK_IN_MILLISECONDS;
      message.lockedUntil = lockedUntil;
      taken.push({
        body: JSON.parse(message.text),
        complete: (at) => {
          if (message.lockedUntil === lockedUntil && at <= lockedUntil)
            this.messages.delete(message);
        },
      });
    }
    return taken;
  }
}
