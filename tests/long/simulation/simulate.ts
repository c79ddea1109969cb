import { SES_SOURCE } from './histories/eventSources.ts';
import { pullNow } from './sourcePulls.ts';
import { createDice } from '../../support/createDice.ts';
import { askEverything, startAskers } from './askers.ts';
import { playBreaker } from './breaker.ts';
import { startForgers } from './forgers.ts';
import { findProblems, TARGETS, type Delivered } from './findProblems.ts';
import { ACTIVE_PERIOD, BEGINNING, MINUTE, type History } from './histories/history.ts';
import { MemoryQueue } from './system/memoryQueue.ts';
import { MemoryStore } from './system/memoryStore.ts';
import { startOperators } from './operators.ts';
import { createPorts, type Shared } from './system/ports.ts';
import { Progress } from './system/progress.ts';
import { Scheduler } from './system/scheduler.ts';
import { repeatAll, startSenders } from './senders.ts';
import { repeatSources, startSourceSenders } from './sourceSenders.ts';
import { createTarget } from './system/targets.ts';
import { startWorkers } from './workers.ts';
import { writeConfiguration } from './writeConfiguration.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Time for the sweep to mark silent devices, and for the retries to deliver the rest. */
const TWO_ROUNDS = 53 * HOUR;
const STORM = { crash: 0.006, stall: 0.004 };
const CALM = { crash: 0, stall: 0 };
const FAULTS = { away: 0.05, ambiguous: 0.03, twice: 0.1 };

/** The result of a history; `problems` is empty if nothing went wrong. */
export interface Outcome {
  readonly problems: readonly string[];
  readonly delivered: readonly Delivered[];
  readonly steps: number;
}

/**
 * Plays a history against the handlers of the product: two workers per queue, the timers, senders, operators and callers,
 * in one thread and in an order that depends only on the seed. Days later it repeats everything.
 */
export async function simulate(history: History): Promise<Outcome> {
  const delivered: Delivered[] = [];
  const problems: string[] = [];
  const shared = createShared(history, delivered);
  const { scheduler } = shared;
  writeConfiguration(shared, history);
  startWorkers(shared, problems);
  startSenders(shared, history, problems);
  startSourceSenders(shared, history, problems);
  startOperators(shared, history);
  startAskers(shared, history, problems);
  const countForged = startForgers(shared, history);
  const check = (when: string, only?: 'answers'): void => {
    problems.push(...findProblems(shared, history, delivered, when, only));
  };

  await scheduler.run(BEGINNING + ACTIVE_PERIOD + 5 * MINUTE);
  calm(shared);
  if (history.sources !== undefined) await pullNow(shared);
  await scheduler.run(BEGINNING + ACTIVE_PERIOD + 20 * MINUTE);
  check('in the end');
  if (history.lastWord === undefined)
    problems.push(...(await askEverything(shared, history, 'in the end')));

  const { breaker } = history;
  if (breaker === undefined) await playDays(shared, history, delivered, problems, check);
  else await playBreaker(shared, breaker, check);
  problems.push(...findDeadLetters(shared, countForged()));
  return { problems, delivered, steps: scheduler.steps };
}

/** An outage, a late repeat, and a long silence, as far as the history has them. */
async function playDays(
  shared: Shared,
  history: History,
  delivered: readonly Delivered[],
  problems: string[],
  check: (when: string) => void,
): Promise<void> {
  const { scheduler } = shared;
  const { lastWord } = history;
  if (lastWord !== undefined) {
    await scheduler.run(lastWord);
    await sendHeartbeat(shared);
    // Only devices whose deadline was before the partner's silence become silent.
    await scheduler.run(lastWord + TWO_ROUNDS);
    check('while the partner is silent');
  }
  await repeatLate(shared, history, delivered, problems);
  check('after a late repeat');

  // Then the devices are silent for longer than their window: first with the partner, then without.
  if (lastWord === undefined && history.rename === undefined) {
    const window = history.conditions.windowInMilliseconds;
    await scheduler.run(BEGINNING + window + DAY);
    check('while every device is silent');
    await sendHeartbeat(shared);
    await scheduler.run(BEGINNING + window + DAY + TWO_ROUNDS);
    check('after a long silence');
  }
}

/** Only what nobody vouches for ends as a dead letter, and all of that. */
function findDeadLetters({ signals, changes }: Shared, forged: number): readonly string[] {
  const codes = [...signals.deadLetters, ...changes.deadLetters].map(({ code }) => code);
  const others = codes.filter((code) => code !== 'messageNotAuthentic');
  const found = codes.length - others.length;
  return [
    ...others.map((code) => `a message was dead-lettered: ${code}`),
    ...(found < forged || (forged === 0 && found > 0)
      ? [`${String(found)} messages were found to be forged, and ${String(forged)} were`]
      : []),
  ];
}

function createShared(history: History, delivered: Delivered[]): Shared {
  const random = createDice(history.seed ^ 0x5eed);
  const scheduler = new Scheduler(BEGINNING, random, { ...STORM });
  return {
    scheduler,
    random,
    devices: new MemoryStore(),
    publications: new MemoryStore(),
    documents: new MemoryStore(),
    identifiers: new MemoryStore(),
    unmatched: new MemoryStore(),
    sourceProgress: new MemoryStore(),
    signals: new MemoryQueue(random),
    changes: new MemoryQueue(random),
    faults: { ...FAULTS },
    ses: {
      events: history.events.filter(({ sourceId }) => sourceId === SES_SOURCE),
      isCalm: false,
      tokens: new Set(),
    },
    progress: new Progress(),
    partner: { lastSeen: undefined },
    targets: (actor) =>
      TARGETS.map((id) => createTarget(id, actor, { scheduler, random }, delivered)),
  };
}

/** Days later everything is repeated: nothing may change, and nothing may be delivered. */
async function repeatLate(
  shared: Shared,
  history: History,
  delivered: readonly Delivered[],
  problems: string[],
): Promise<void> {
  const { scheduler } = shared;
  const { lastWord, events, conditions } = history;
  await scheduler.run(BEGINNING + 3 * DAY);
  const before = delivered.length;
  await repeatAll(shared, history);
  await repeatSources(shared, history);
  await scheduler.run(scheduler.now + (lastWord === undefined ? 27 * HOUR : TWO_ROUNDS));
  // After an outage the repeat ends the partner's silence. A report without a time is as new as its arrival, and an
  // incident for which a record had no room is not known there.
  const mayChange =
    lastWord !== undefined ||
    conditions.subject === 'overflow' ||
    events.some(({ isUndated }) => isUndated === true);
  if (!mayChange && delivered.length !== before)
    problems.push('a late repeat was delivered as if it were new');
}

function calm(shared: Shared): void {
  shared.scheduler.weather = { ...CALM };
  shared.ses.isCalm = true;
  Object.assign(shared.faults, { away: 0, ambiguous: 0, twice: 0 });
}

async function sendHeartbeat(shared: Shared): Promise<void> {
  const ports = createPorts(shared, { name: 'partner', isDead: false });
  shared.partner.lastSeen = shared.scheduler.now;
  const now = ports.now().toISOString();
  const done = ports.configuration.recordPartnerActivity(now, now);
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
  await done;
}
