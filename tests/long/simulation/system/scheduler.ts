/** A participant that can die between any two steps: what it waits for then never resolves. */
export interface Actor {
  readonly name: string;
  isDead: boolean;
  /** Called once, when it dies. */
  readonly onDeath?: () => void;
}

interface Waiting {
  readonly actor: Actor;
  readonly at: number;
  readonly proceed: () => void;
}

const MAX_LATENCY_IN_MILLISECONDS = 25;
/** Longer than the lock of a message. */
const STALL_IN_MILLISECONDS = { min: 65_000, max: 110_000 };

/** Most steps cause at most this many promise callbacks in a row. Longer chains are overtaken, which is valid too. */
const USUAL_CHAIN = 12;

/** The share of steps at which an actor dies or stalls. */
export interface Weather {
  readonly crash: number;
  readonly stall: number;
}

/**
 * One thread, one clock that advances only when no actor can continue, and an order of steps that depends only on the
 * seed. Each call of a port is a step, at which the caller waits, is overtaken, or dies.
 */
export class Scheduler {
  now: number;
  weather: Weather;
  steps = 0;
  private readonly random: () => number;
  private readonly waiting: Waiting[] = [];

  constructor(now: number, random: () => number, weather: Weather) {
    this.now = now;
    this.random = random;
    this.weather = weather;
  }

  /** Resolves when it is the actor's turn again, or never if it dies. */
  step(actor: Actor): Promise<void> {
    if (!actor.isDead && this.random() < this.weather.crash) {
      actor.isDead = true;
      actor.onDeath?.();
    }
    const isStalled = this.random() < this.weather.stall;
    const { min, max } = STALL_IN_MILLISECONDS;
    const latency = isStalled
      ? min + this.random() * (max - min)
      : this.random() * MAX_LATENCY_IN_MILLISECONDS;
    return this.sleep(actor, latency);
  }

  sleep(actor: Actor, milliseconds: number): Promise<void> {
    return new Promise((proceed) => {
      this.steps += 1;
      const at = this.now + milliseconds;
      // In the order of their turns. Most turns are soon, so the search begins with the next one.
      const later = this.waiting.findIndex((each) => each.at > at);
      const place = later < 0 ? this.waiting.length : later;
      this.waiting.splice(place, 0, { actor, at, proceed });
    });
  }

  /** Runs all steps that are due before `until`. */
  async run(until: number): Promise<void> {
    for (;;) {
      const next = this.takeNext(until) ?? (await this.drained(until));
      if (next === undefined) break;
      this.now = Math.max(this.now, next.at);
      if (next.actor.isDead) continue;
      next.proceed();
      for (let at = 0; at < USUAL_CHAIN; at += 1) await Promise.resolve();
    }
    this.now = Math.max(this.now, until);
  }

  /** The next step after all callbacks of the last one have run. */
  private async drained(until: number): Promise<Waiting | undefined> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    return this.takeNext(until);
  }

  private takeNext(until: number): Waiting | undefined {
    const [first] = this.waiting;
    return first === undefined || first.at > until ? undefined : this.waiting.shift();
  }
}
