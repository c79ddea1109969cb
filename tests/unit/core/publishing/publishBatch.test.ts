import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { toDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import {
  GAP_TIMEOUT_IN_SECONDS,
  MAX_KEPT_ANNOUNCEMENTS,
} from '../../../../shared/domain/announcements/publication.ts';
import { publishBatch } from '../../../../shared/core/publishing/publishBatch.ts';
import { retryDuePublications } from '../../../../shared/core/publishing/retryDuePublications.ts';
import { MAX_RETRY_AFTER_IN_SECONDS } from '../../../../shared/base/retryAfter.ts';
import type { OutgoingAnswer } from '../../../../shared/core/ports/outgoing.ts';
import type { Delivery } from '../../../../shared/core/ports/target.ts';
import {
  deliver,
  MAX_DELIVERY_AGE_IN_SECONDS,
} from '../../../../shared/core/publishing/deliverToTarget.ts';
import { toFailure } from '../../../../shared/core/publishing/toFailure.ts';
import { transitionOf } from '../../../support/announcements.ts';
import { createPublishing, targetOf, type Publishing } from '../../../support/publishing.ts';

const FAILED: Delivery = { outcome: 'failed', code: 'unreachable', reason: 'nobody listens' };

const answerOf = (status: number, retryAfter: string): OutgoingAnswer => ({
  status,
  headers: { get: () => retryAfter },
  body: '',
});

let publishing: Publishing;
beforeEach(() => {
  publishing = createPublishing();
});

const publish = (...bodies: readonly unknown[]): Promise<void> =>
  publishBatch(publishing.dependencies, bodies);
const retry = (): Promise<unknown> => retryDuePublications(publishing.dependencies);
const heardBy = ({ heard }: ReturnType<typeof targetOf>): readonly number[] =>
  heard.map(({ sequence }) => sequence);

/** Retries every second for so long. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    publishing.wait(1);
    await retry();
  }
}

describe('an announcement', () => {
  it('reaches every target, once, however often its message comes', async () => {
    const [a, b] = [targetOf('a'), targetOf('b')];
    publishing.targets.push(a, b);
    await publish(transitionOf(1), transitionOf(1));
    await publish(transitionOf(1));
    expect([heardBy(a), heardBy(b)]).toEqual([[1], [1]]);
  });

  it('costs one write where everybody takes it, and none where it was told before', async () => {
    publishing.targets.push(targetOf('a'), targetOf('b'));
    const saves: string[] = [];
    publishing.failing = (operation) => {
      saves.push(operation);
      return undefined;
    };
    await publish(transitionOf(1));
    await publish(transitionOf(1));
    expect(saves).toEqual(['load', 'save', 'load']);
  });

  it('waits for its predecessor', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    await publish(transitionOf(1), transitionOf(3));
    expect(heardBy(a)).toEqual([1]);
    await publish(transitionOf(2));
    expect(heardBy(a)).toEqual([1, 2, 3]);
  });

  it('waits ten minutes, and no longer, for a predecessor that is lost', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    await publish(transitionOf(5));
    await pass(GAP_TIMEOUT_IN_SECONDS - 1);
    expect(heardBy(a)).toEqual([]);
    await pass(1);
    expect(heardBy(a)).toEqual([5]);
    await publish(transitionOf(6));
    expect(heardBy(a)).toEqual([5, 6]);
    expect(publishing.logged).toEqual([
      'device `phone-1`: announcements 1 to 4 did not arrive and are skipped',
    ]);
  });

  it('that comes after it was given up is put aside for each target, once', async () => {
    const [a, b] = [targetOf('a'), targetOf('b')];
    publishing.targets.push(a, b);
    await publish(transitionOf(3));
    await pass(GAP_TIMEOUT_IN_SECONDS);
    await publish(transitionOf(2), transitionOf(2));
    await publish(transitionOf(2), transitionOf(3));
    expect([heardBy(a), heardBy(b)]).toEqual([[3], [3]]);
    expect(publishing.deadLetters).toEqual(
      ['a', 'b'].map((target) => ({
        code: 'tooLate',
        body: { type: 'redelivery', target, announcement: transitionOf(2) },
      })),
    );
  });

  it('of a device that was forgotten and has come back is told, though it counts from 1 again', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    const anew = { beganDateTime: '2026-06-01T00:00:00.000Z', id: 'phone-1:anew:1' };
    await publish(transitionOf(1), transitionOf(2));
    await publish(transitionOf(1, anew), transitionOf(1, anew));
    await publish(transitionOf(2));
    expect(a.heard.map(({ id }) => id)).toEqual(['phone-1:1', 'phone-1:2', 'phone-1:anew:1']);
  });

  it('that was given up on, and is received before it is with the dead letters, goes there and nowhere else', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    const redelivery = { type: 'redelivery', target: 'a', announcement: transitionOf(1) };
    await publish(toDeadLetter(redelivery, { code: 'http410', reason: 'gone' }), transitionOf(1));
    expect(publishing.deadLetters).toEqual([{ body: redelivery, code: 'http410' }]);
    expect(heardBy(a)).toEqual([1]);
  });

  it('that is none is put aside, and holds nobody up', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    await publish({ type: 'transition', id: 7 }, 'nonsense', transitionOf(1));
    expect(publishing.deadLetters.map(({ code }) => code)).toEqual([
      'messageInvalid',
      'messageInvalid',
    ]);
    expect(heardBy(a)).toEqual([1]);
  });

  it('comes again where the database does not answer', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    publishing.failing = () => new ConnectorError('serviceNotAvailable', 'away');
    await publish(transitionOf(1));
    expect([heardBy(a), publishing.sentLater]).toMatchObject([[], [{ body: { attempt: 1 } }]]);
    publishing.failing = undefined;
    await publish(publishing.sentLater[0]?.body);
    expect(heardBy(a)).toEqual([1]);
  });
});

describe('a target that fails', () => {
  it('holds back nobody else, and is told what it missed in order', async () => {
    const good = targetOf('good');
    let isUp = false;
    const bad = targetOf('bad', () => (isUp ? { outcome: 'delivered' } : FAILED));
    publishing.targets.push(good, bad);
    await publish(transitionOf(1));
    await publish(transitionOf(2));
    expect([heardBy(good), heardBy(bad)]).toEqual([[1, 2], []]);
    isUp = true;
    await pass(2);
    await publish(transitionOf(3));
    expect([heardBy(good), heardBy(bad)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(publishing.publications.get('phone-1')).toMatchObject({ behind: {}, announcements: [] });
  });

  it('is tried less and less often, and at most ten minutes apart', async () => {
    const tries: string[] = [];
    const bad = targetOf('bad', () => {
      tries.push(publishing.now());
      return FAILED;
    });
    publishing.targets.push(bad);
    await publish(transitionOf(1));
    await pass(4000);
    const gaps = tries
      .map((at) => Date.parse(at) / 1000)
      .map((at, index, all) => at - (all[index - 1] ?? at))
      .slice(1);
    expect(gaps.slice(0, 5)).toEqual([1, 2, 3, 6, 12]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(600);
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  });

  it('is left alone for as long as it asks, by every device', async () => {
    let isBusy = true;
    const bad = targetOf('bad', () =>
      isBusy
        ? { ...FAILED, outcome: 'failed', retryAfterInSeconds: 120 }
        : { outcome: 'delivered' },
    );
    publishing.targets.push(bad);
    await publish(transitionOf(1));
    isBusy = false;
    await publish(transitionOf(1, { deviceId: 'phone-2' }));
    await pass(119);
    expect(heardBy(bad)).toEqual([]);
    // One device asks whether it is back; the others go when that is known.
    await pass(8);
    expect(heardBy(bad)).toEqual([1, 1]);
  });

  it('is asked by one device whether it is back, and not by each', async () => {
    let tries = 0;
    const bad = targetOf('bad', () => {
      tries += 1;
      return FAILED;
    });
    publishing.targets.push(bad);
    const fleet = Array.from({ length: 40 }, (_, at) =>
      transitionOf(1, { deviceId: `phone-${String(at)}` }),
    );
    for (const one of fleet) await publish(one);
    expect(tries).toBe(6);
    publishing.wait(1);
    for (const one of fleet.map(({ deviceId }) => transitionOf(2, { deviceId })))
      await publish(one);
    expect(tries).toBeLessThanOrEqual(8);
  });

  it('for three days is given up on: the announcement is put aside with the reason, and the next one goes on', async () => {
    const bad = targetOf('bad', ({ sequence }) =>
      sequence === 1 ? FAILED : { outcome: 'delivered' },
    );
    publishing.targets.push(bad);
    await publish(transitionOf(1));
    publishing.wait(MAX_DELIVERY_AGE_IN_SECONDS);
    await retry();
    expect(publishing.deadLetters).toEqual([]);
    const later = publishing.now();
    await publish(transitionOf(2, { occurredDateTime: later }));
    for (let tries = 0; tries < 4; tries += 1) {
      publishing.wait(1200);
      await retry();
    }
    expect(publishing.deadLetters).toEqual([
      {
        code: 'unreachable',
        body: { type: 'redelivery', target: 'bad', announcement: transitionOf(1) },
      },
    ]);
    expect(heardBy(bad)).toEqual([2]);
  });

  it('by refusing loses that one to the dead letters, and hears the next', async () => {
    const picky = targetOf('picky', ({ sequence }) =>
      sequence === 1
        ? { outcome: 'refused', code: 'invalid_request', reason: 'no' }
        : { outcome: 'delivered' },
    );
    publishing.targets.push(picky);
    await publish(transitionOf(1), transitionOf(2));
    expect(publishing.deadLetters).toMatchObject([{ code: 'invalid_request' }]);
    expect(heardBy(picky)).toEqual([2]);
  });

  it('by throwing is one that fails', async () => {
    let isUp = false;
    const bad = targetOf('bad', () => {
      if (!isUp) throw new TypeError('a fault of ours');
      return { outcome: 'delivered' };
    });
    publishing.targets.push(bad);
    await publish(transitionOf(1));
    isUp = true;
    await pass(2);
    expect(heardBy(bad)).toEqual([1]);
  });

  it('for too long of a device that flaps keeps the latest, and the rest is put aside', async () => {
    let isUp = false;
    const bad = targetOf('bad', () => (isUp ? { outcome: 'delivered' } : FAILED));
    publishing.targets.push(bad);
    const many = Array.from({ length: MAX_KEPT_ANNOUNCEMENTS + 3 }, (_, at) =>
      transitionOf(at + 1),
    );
    for (const one of many) await publish(one);
    expect(publishing.deadLetters.map(({ code, body }) => [code, body])).toEqual(
      many
        .slice(0, 3)
        .map((announcement) => [
          'tooManyWaiting',
          { type: 'redelivery', target: 'bad', announcement },
        ]),
    );
    isUp = true;
    await pass(700);
    expect(heardBy(bad)).toEqual(many.slice(3).map(({ sequence }) => sequence));
  });

  it('and is then taken away is forgotten', async () => {
    publishing.targets.push(targetOf('bad', () => FAILED));
    await publish(transitionOf(1));
    publishing.targets.pop();
    await pass(63);
    expect(publishing.publications.get('phone-1')).toMatchObject({ behind: {}, announcements: [] });
  });

  it('keeps what waits for it where another worker does not know of it yet', async () => {
    let isUp = false;
    const late = targetOf('new', () => (isUp ? { outcome: 'delivered' } : FAILED));
    publishing.targets.push(late);
    await publish(transitionOf(1));
    publishing.targets.pop();
    await publish(transitionOf(2));
    await pass(3);
    publishing.targets.push(late);
    isUp = true;
    await retry();
    expect(heardBy(late)).toEqual([]);
    await publish(transitionOf(3));
    expect(heardBy(late)).toEqual([1, 2, 3]);
  });

  it('with a time in the far future is asked again after a day', async () => {
    let isUp = false;
    const bad = targetOf('bad', () =>
      isUp
        ? { outcome: 'delivered' }
        : toFailure(answerOf(503, 'Fri, 31 Dec 9999 23:59:59 GMT'), new Date(publishing.now())),
    );
    publishing.targets.push(bad);
    await publish(transitionOf(1));
    isUp = true;
    publishing.wait(MAX_RETRY_AFTER_IN_SECONDS + 2);
    await retry();
    expect(heardBy(bad)).toEqual([1]);
  });

  it('and is resumed by an operator is told at once, however long it wanted to be left alone', async () => {
    let isUp = false;
    const bad = targetOf('bad', () =>
      isUp
        ? { outcome: 'delivered' }
        : { outcome: 'failed', code: 'http429', reason: 'busy', retryAfterInSeconds: 80_000 },
    );
    publishing.targets.push(bad);
    await publish(transitionOf(1));
    isUp = true;
    await pass(5);
    expect(heardBy(bad)).toEqual([]);
    bad.resumedDateTime = publishing.now();
    await pass(1);
    expect(heardBy(bad)).toEqual([1]);
  });

  it('and says that it is gone is sent nothing more, and what waited is put aside', async () => {
    let isUp = false;
    let tries = 0;
    const bad = targetOf('bad', () => {
      tries += 1;
      return isUp ? { outcome: 'gone', code: 'http410', reason: 'gone' } : FAILED;
    });
    publishing.targets.push(bad);
    await publish(transitionOf(1), transitionOf(2), transitionOf(3));
    isUp = true;
    await pass(2);
    await publish(transitionOf(1, { deviceId: 'phone-2' }));
    expect(tries).toBe(2);
    expect(publishing.deadLetters.map(({ code }) => code)).toEqual([
      'http410',
      'targetGone',
      'targetGone',
    ]);
  });

  it('never to answer is over when its time is', async () => {
    const bad = targetOf('bad', () => new Promise(() => undefined));
    expect(await deliver(bad, transitionOf(1), 1)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('TimeoutError') as unknown,
    });
  });

  it('because its publication cannot be read is left to the next run, and noted once a run', async () => {
    publishing.targets.push(targetOf('bad', () => FAILED));
    await publish(transitionOf(1));
    publishing.failing = () => new ConnectorError('deviceRecordInvalid', 'nonsense');
    publishing.wait(5);
    await retry();
    expect(publishing.logged).toHaveLength(1);
  });
});

describe('a target that is paused', () => {
  it('has everything kept for it, and is told it in order soon after it is resumed', async () => {
    const target = targetOf('a');
    target.isPaused = true;
    publishing.targets.push(target);
    await publish(transitionOf(1));
    await publish(transitionOf(2));
    await pass(2 * 60 * 60);
    expect(heardBy(target)).toEqual([]);
    target.isPaused = false;
    target.resumedDateTime = publishing.now();
    await retry();
    expect(heardBy(target)).toEqual([1, 2]);
  });

  it('for longer than three days has three more from there', async () => {
    let isUp = false;
    const target = targetOf('a', () => (isUp ? { outcome: 'delivered' } : FAILED));
    target.isPaused = true;
    publishing.targets.push(target);
    await publish(transitionOf(1));
    publishing.wait(2 * MAX_DELIVERY_AGE_IN_SECONDS);
    target.isPaused = false;
    target.resumedDateTime = publishing.now();
    await pass(40);
    isUp = true;
    await pass(60);
    expect([heardBy(target), publishing.deadLetters]).toEqual([[1], []]);
  });

  it('is told within the hour where its resumption was overlooked', async () => {
    const target = targetOf('a');
    target.isPaused = true;
    publishing.targets.push(target);
    await publish(transitionOf(1));
    target.isPaused = false;
    await pass(60 * 60);
    expect(heardBy(target)).toEqual([1]);
  });

  it('keeps nothing from the others', async () => {
    const [paused, other] = [targetOf('a'), targetOf('b')];
    paused.isPaused = true;
    publishing.targets.push(paused, other);
    await publish(transitionOf(1));
    expect(heardBy(other)).toEqual([1]);
  });
});

describe('a dead letter that is sent again', () => {
  const redelivery = { type: 'redelivery', target: 'a', announcement: transitionOf(7) };

  it('is told to its target alone', async () => {
    const [a, b] = [targetOf('a'), targetOf('b')];
    publishing.targets.push(a, b);
    await publish(redelivery);
    expect([heardBy(a), heardBy(b)]).toEqual([[7], []]);
  });

  it('is tried a few times, and put aside again', async () => {
    publishing.targets.push(targetOf('a', () => FAILED));
    await publish(redelivery);
    while (publishing.sentLater.length > 0) await publish(publishing.sentLater.pop()?.body);
    expect(publishing.deadLetters).toEqual([{ body: redelivery, code: 'unreachable' }]);
  });

  it('is put aside at once where the target is there no more, or paused', async () => {
    const paused = targetOf('a');
    await publish(redelivery);
    paused.isPaused = true;
    publishing.targets.push(paused);
    await publish(redelivery);
    expect(publishing.deadLetters.map(({ code }) => code)).toEqual(['targetNotFound', 'paused']);
  });
});
