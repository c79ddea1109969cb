import { sweepDueDevices } from '../../../shared/core/devices/sweepDueDevices.ts';
import { confirmSilenceOf } from '../../../shared/core/configuration/confirmSilenceOf.ts';
import { FIRST_DEADLINE, RETURN } from './histories/createBreaker.ts';
import { MINUTE, type Breaker } from './histories/history.ts';
import { createPorts, type Shared } from './system/ports.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The sweep looks ahead by a quarter of an hour. */
const JUST_BEFORE = FIRST_DEADLINE - 10 * MINUTE;
const BREAKER = 'silenceBreaker/default';

/** Compares everything with the reference, or only what is answered, since the stored views wait for a sweep. */
type Check = (when: string, only?: 'answers') => void;

/**
 * A fleet falls silent at once while the partner lives. The breaker opens and stops the devices' clocks; the device that
 * was silent before stays silent. It ends by the wall clock, by an operator, or because the devices come back. With a
 * dead sweep nothing opens it.
 */
export async function playBreaker(shared: Shared, breaker: Breaker, check: Check): Promise<void> {
  await runUntil(shared, JUST_BEFORE - 3 * HOUR);
  await sweep(shared);
  check('while one device is silent');
  await runUntil(shared, JUST_BEFORE);
  if (breaker.isSweepDead) {
    await runUntil(shared, FIRST_DEADLINE + HOUR);
    check('while the sweep is dead', 'answers');
    return;
  }
  await sweep(shared);
  shared.held = { at: JUST_BEFORE, until: JUST_BEFORE + DAY };
  await runUntil(shared, FIRST_DEADLINE + HOUR);
  await sweep(shared);
  check('while the breaker is open');
  await end(shared, breaker, check);
}

async function end(shared: Shared, { ending }: Breaker, check: Check): Promise<void> {
  if (ending === 'time') {
    await runUntil(shared, JUST_BEFORE + DAY - 5 * MINUTE);
    check('before the breaker ends', 'answers');
    // No sweep runs here: the hold ends by the wall clock.
    await runUntil(shared, JUST_BEFORE + DAY + 5 * MINUTE);
    check('after the breaker has ended', 'answers');
  } else if (ending === 'confirmation') {
    confirm(shared);
    check('after the confirmation', 'answers');
  } else await runUntil(shared, RETURN + 10 * MINUTE);
  await sweep(shared);
  check(`after the end by ${ending}`);
}

/** The partner lives all the time. */
async function runUntil(shared: Shared, moment: number): Promise<void> {
  await shared.scheduler.run(moment);
  const ports = createPorts(shared, { name: 'partner', isDead: false });
  const now = ports.now().toISOString();
  shared.partner.lastSeen = shared.scheduler.now;
  await finish(shared, ports.configuration.recordPartnerActivity(now, now));
}

async function sweep(shared: Shared): Promise<void> {
  const ports = createPorts(shared, { name: 'sweep', isDead: false });
  await finish(shared, sweepDueDevices(ports, ports.now().toISOString()));
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
}

async function finish(shared: Shared, work: Promise<unknown>): Promise<void> {
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
  await work;
}

/** An operator says that the devices are really silent. */
function confirm(shared: Shared): void {
  const { documents, scheduler } = shared;
  const found = documents.read(BREAKER);
  const confirmed = confirmSilenceOf(found?.value, new Date(scheduler.now).toISOString());
  documents.write(BREAKER, confirmed, found?.etag);
  shared.held = undefined;
}
