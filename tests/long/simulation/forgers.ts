import { createDice } from '../../support/createDice.ts';
import { createChance, type Chance } from './histories/chance.ts';
import { ACTIVE_PERIOD, BEGINNING, type History } from './histories/history.ts';
import type { Shared } from './system/ports.ts';
import type { Actor } from './system/scheduler.ts';

const FORGED_SHARE = 0.15;
const DAY = 24 * 60 * 60 * 1000;

/** Good news of a moment that every other fact would lose against, and worse. */
const LIES: readonly object[] = [
  { type: 'riskReported', riskLevel: 'minimal' },
  { type: 'enrolled', properties: { operatingSystem: 'Android', osVersion: '15' } },
  { type: 'unenrolled' },
  { type: 'heartbeat' },
  { type: 'connectorHeartbeat' },
  { type: 'unreadableReportsCleared' },
];

/**
 * In some histories somebody who may send to the queues, but has no key, sends messages about the devices. They change
 * nothing, and are dead letters in the end. Returns how many were sent.
 */
export function startForgers(shared: Shared, history: History): () => number {
  const { scheduler, signals, changes } = shared;
  const chance = createChance(createDice(history.seed ^ 0xf0f0));
  let count = 0;
  if (!chance.happens(FORGED_SHARE)) return () => count;
  const deviceIds = [...new Set(history.events.map(({ deviceId }) => deviceId))];
  const actor: Actor = { name: 'forger', isDead: false };
  for (let left = 1 + chance.whole(3); left > 0; left -= 1) {
    const at = BEGINNING + chance.whole(ACTIVE_PERIOD);
    void scheduler.sleep(actor, at - scheduler.now).then(() => {
      const queue = chance.happens(0.8) ? signals : changes;
      queue.put(toForged(chance.pick(deviceIds), scheduler.now, chance), scheduler.now);
      count += 1;
    });
  }
  return () => count;
}

function toForged(deviceId: string, now: number, { pick, happens }: Chance): unknown {
  const moment = new Date(now + (happens(0.3) ? 300 * DAY : 0)).toISOString();
  const signal = {
    signalId: 'forged',
    deviceId,
    observedDateTime: moment,
    receivedDateTime: moment,
    ...pick(LIES),
  };
  const message = { attempt: 0, signal };
  return pick([
    [message],
    message,
    [{ ...message, mac: Buffer.alloc(32, 2).toString('base64url') }],
    [{ ...message, mac: null }],
    { type: 'deadLetter', code: 'x', reason: 'x', body: message },
    { type: 'transition', deviceId },
    'text',
    7,
  ]);
}
