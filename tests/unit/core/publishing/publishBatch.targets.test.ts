import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { MAX_STORED_ANNOUNCEMENTS } from '../../../../shared/domain/announcements/publication.ts';
import { MAX_RETRY_AFTER_IN_SECONDS } from '../../../../shared/base/retryAfter.ts';
import type { OutgoingAnswer } from '../../../../shared/core/ports/outgoing.ts';
import {
  deliver,
  MAX_DELIVERY_AGE_IN_SECONDS,
} from '../../../../shared/core/publishing/deliverToTarget.ts';
import { toFailure } from '../../../../shared/core/publishing/toFailure.ts';
import { transitionOf } from '../../../support/transitionOf.ts';
import {
  createPublishing,
  FAILED_DELIVERY,
  sequencesOf,
  targetOf,
  type Publishing,
} from '../../../support/publishing.ts';

const answerOf = (status: number, retryAfter: string): OutgoingAnswer => ({
  status,
  headers: { get: () => retryAfter },
  body: '',
});

let publishing: Publishing;
beforeEach(() => {
  publishing = createPublishing();
});

describe('a failing target', () => {
  it('delays no other target, and later receives what it missed in order', async () => {
    const good = targetOf('good');
    let isUp = false;
    const failing = targetOf('failing', () => (isUp ? { outcome: 'delivered' } : FAILED_DELIVERY));
    publishing.targets.push(good, failing);
    await publishing.publish(transitionOf(1));
    await publishing.publish(transitionOf(2));
    expect([sequencesOf(good), sequencesOf(failing)]).toEqual([[1, 2], []]);
    isUp = true;
    await publishing.retryEverySecond(2);
    await publishing.publish(transitionOf(3));
    expect([sequencesOf(good), sequencesOf(failing)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(publishing.publications.get('phone-1')).toMatchObject({ behind: {}, announcements: [] });
  });

  it('is retried at growing intervals of at most ten minutes', async () => {
    const tries: string[] = [];
    const failing = targetOf('failing', () => {
      tries.push(publishing.now());
      return FAILED_DELIVERY;
    });
    publishing.targets.push(failing);
    await publishing.publish(transitionOf(1));
    await publishing.retryEverySecond(4000);
    const gaps = tries
      .map((at) => Date.parse(at) / 1000)
      .map((at, index, all) => at - (all[index - 1] ?? at))
      .slice(1);
    expect(gaps.slice(0, 5)).toEqual([1, 2, 3, 6, 12]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(600);
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  });

  it('that is slow gets the rest from the next run after a minute, in order', async () => {
    const slow = targetOf('slow', () => {
      publishing.advance(25);
      return { outcome: 'delivered' };
    });
    let isUp = false;
    publishing.targets.push({
      ...slow,
      deliver: (...given) => (isUp ? slow.deliver(...given) : Promise.resolve(FAILED_DELIVERY)),
    });
    for (let sequence = 1; sequence <= 6; sequence += 1)
      await publishing.publish(transitionOf(sequence));
    isUp = true;
    publishing.advance(600);
    await publishing.publish(transitionOf(7));
    expect(sequencesOf(slow)).toEqual([1, 2, 3]);
    expect(publishing.publications.get('phone-1')?.behind['slow']).toMatchObject({
      sequence: 4,
      code: 'outOfTime',
    });
    await publishing.publish(transitionOf(8));
    await publishing.publish(transitionOf(9));
    expect(sequencesOf(slow)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('receives nothing about any device until its Retry-After has passed', async () => {
    let isBusy = true;
    const failing = targetOf('failing', () =>
      isBusy ? { ...FAILED_DELIVERY, retryAfterInSeconds: 120 } : { outcome: 'delivered' },
    );
    publishing.targets.push(failing);
    await publishing.publish(transitionOf(1));
    isBusy = false;
    await publishing.publish(transitionOf(1, { deviceId: 'phone-2' }));
    await publishing.retryEverySecond(119);
    expect(sequencesOf(failing)).toEqual([]);
    // One device probes the target; the others follow once it answers.
    await publishing.retryEverySecond(8);
    expect(sequencesOf(failing)).toEqual([1, 1]);
  });

  it('is probed for one device, not for each', async () => {
    let tries = 0;
    const failing = targetOf('failing', () => {
      tries += 1;
      return FAILED_DELIVERY;
    });
    publishing.targets.push(failing);
    const fleet = Array.from({ length: 40 }, (_, at) =>
      transitionOf(1, { deviceId: `phone-${String(at)}` }),
    );
    for (const one of fleet) await publishing.publish(one);
    expect(tries).toBe(6);
    publishing.advance(1);
    for (const one of fleet.map(({ deviceId }) => transitionOf(2, { deviceId })))
      await publishing.publish(one);
    expect(tries).toBeLessThanOrEqual(8);
  });

  it('loses an announcement after three days: it is dead-lettered with the reason, and the next is delivered', async () => {
    const failing = targetOf('failing', ({ sequence }) =>
      sequence === 1 ? FAILED_DELIVERY : { outcome: 'delivered' },
    );
    publishing.targets.push(failing);
    await publishing.publish(transitionOf(1));
    publishing.advance(MAX_DELIVERY_AGE_IN_SECONDS);
    await publishing.retry();
    expect(publishing.deadLetters).toEqual([]);
    const later = publishing.now();
    await publishing.publish(transitionOf(2, { occurredDateTime: later }));
    for (let tries = 0; tries < 4; tries += 1) {
      publishing.advance(1200);
      await publishing.retry();
    }
    expect(publishing.deadLetters).toEqual([
      {
        code: 'unreachable',
        body: { type: 'redelivery', target: 'failing', announcement: transitionOf(1) },
      },
    ]);
    expect(sequencesOf(failing)).toEqual([2]);
  });

  it('that refuses an announcement causes a dead letter and receives the next', async () => {
    const picky = targetOf('picky', ({ sequence }) =>
      sequence === 1
        ? { outcome: 'refused', code: 'invalid_request', reason: 'no' }
        : { outcome: 'delivered' },
    );
    publishing.targets.push(picky);
    await publishing.publish(transitionOf(1), transitionOf(2));
    expect(publishing.deadLetters).toMatchObject([{ code: 'invalid_request' }]);
    expect(sequencesOf(picky)).toEqual([2]);
  });

  it('that throws is retried', async () => {
    let isUp = false;
    const failing = targetOf('failing', () => {
      if (!isUp) throw new TypeError('a fault of ours');
      return { outcome: 'delivered' };
    });
    publishing.targets.push(failing);
    await publishing.publish(transitionOf(1));
    isUp = true;
    await publishing.retryEverySecond(2);
    expect(sequencesOf(failing)).toEqual([1]);
  });

  it('receives the latest announcements of a flapping device; the older ones are dead-lettered', async () => {
    let isUp = false;
    const failing = targetOf('failing', () => (isUp ? { outcome: 'delivered' } : FAILED_DELIVERY));
    publishing.targets.push(failing);
    const many = Array.from({ length: MAX_STORED_ANNOUNCEMENTS + 3 }, (_, at) =>
      transitionOf(at + 1),
    );
    for (const one of many) await publishing.publish(one);
    expect(publishing.deadLetters.map(({ code, body }) => [code, body])).toEqual(
      many
        .slice(0, 3)
        .map((announcement) => [
          'tooManyWaiting',
          { type: 'redelivery', target: 'failing', announcement },
        ]),
    );
    isUp = true;
    await publishing.retryEverySecond(700);
    expect(sequencesOf(failing)).toEqual(many.slice(3).map(({ sequence }) => sequence));
  });

  it('that is deleted leaves nothing behind', async () => {
    publishing.targets.push(targetOf('failing', () => FAILED_DELIVERY));
    await publishing.publish(transitionOf(1));
    publishing.targets.pop();
    await publishing.retryEverySecond(63);
    expect(publishing.publications.get('phone-1')).toMatchObject({ behind: {}, announcements: [] });
  });

  it('keeps its waiting announcements while another worker does not know it yet', async () => {
    let isUp = false;
    const late = targetOf('new', () => (isUp ? { outcome: 'delivered' } : FAILED_DELIVERY));
    publishing.targets.push(late);
    await publishing.publish(transitionOf(1));
    publishing.targets.pop();
    await publishing.publish(transitionOf(2));
    await publishing.retryEverySecond(3);
    publishing.targets.push(late);
    isUp = true;
    await publishing.retry();
    expect(sequencesOf(late)).toEqual([]);
    await publishing.publish(transitionOf(3));
    expect(sequencesOf(late)).toEqual([1, 2, 3]);
  });

  it('with a Retry-After in the far future is retried after a day', async () => {
    let isUp = false;
    const failing = targetOf('failing', () =>
      isUp
        ? { outcome: 'delivered' }
        : toFailure(answerOf(503, 'Fri, 31 Dec 9999 23:59:59 GMT'), new Date(publishing.now())),
    );
    publishing.targets.push(failing);
    await publishing.publish(transitionOf(1));
    isUp = true;
    publishing.advance(MAX_RETRY_AFTER_IN_SECONDS + 2);
    await publishing.retry();
    expect(sequencesOf(failing)).toEqual([1]);
  });

  it('that an operator resumes receives its announcements at once, despite its Retry-After', async () => {
    let isUp = false;
    const failing = targetOf('failing', () =>
      isUp
        ? { outcome: 'delivered' }
        : { outcome: 'failed', code: 'http429', reason: 'busy', retryAfterInSeconds: 80_000 },
    );
    publishing.targets.push(failing);
    await publishing.publish(transitionOf(1));
    isUp = true;
    await publishing.retryEverySecond(5);
    expect(sequencesOf(failing)).toEqual([]);
    failing.resumedDateTime = publishing.now();
    await publishing.retryEverySecond(1);
    expect(sequencesOf(failing)).toEqual([1]);
  });

  it('that answers that it is gone receives nothing more; its waiting announcements are dead-lettered', async () => {
    let isUp = false;
    let tries = 0;
    const failing = targetOf('failing', () => {
      tries += 1;
      return isUp ? { outcome: 'gone', code: 'http410', reason: 'gone' } : FAILED_DELIVERY;
    });
    publishing.targets.push(failing);
    await publishing.publish(transitionOf(1), transitionOf(2), transitionOf(3));
    isUp = true;
    await publishing.retryEverySecond(2);
    await publishing.publish(transitionOf(1, { deviceId: 'phone-2' }));
    expect(tries).toBe(2);
    expect(publishing.deadLetters.map(({ code }) => code)).toEqual([
      'http410',
      'targetGone',
      'targetGone',
    ]);
  });

  it('that never answers times out', async () => {
    const failing = targetOf('failing', () => new Promise(() => undefined));
    expect(await deliver(failing, transitionOf(1), 1)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('TimeoutError') as unknown,
    });
  });

  it('with an unreadable publication is left to the next run and logged once per run', async () => {
    publishing.targets.push(targetOf('failing', () => FAILED_DELIVERY));
    await publishing.publish(transitionOf(1));
    publishing.failing = () => new ConnectorError('deviceRecordInvalid', 'nonsense');
    publishing.advance(5);
    await publishing.retry();
    expect(publishing.logged).toHaveLength(1);
    await publishing.retry();
    expect(publishing.logged).toHaveLength(2);
  });
});

describe('a paused target', () => {
  it('receives everything in order soon after it is resumed', async () => {
    const target = targetOf('a');
    target.isPaused = true;
    publishing.targets.push(target);
    await publishing.publish(transitionOf(1));
    await publishing.publish(transitionOf(2));
    await publishing.retryEverySecond(2 * 60 * 60);
    expect(sequencesOf(target)).toEqual([]);
    target.isPaused = false;
    target.resumedDateTime = publishing.now();
    await publishing.retry();
    expect(sequencesOf(target)).toEqual([1, 2]);
  });

  it('gets three more days after a pause of more than three days', async () => {
    let isUp = false;
    const target = targetOf('a', () => (isUp ? { outcome: 'delivered' } : FAILED_DELIVERY));
    target.isPaused = true;
    publishing.targets.push(target);
    await publishing.publish(transitionOf(1));
    publishing.advance(2 * MAX_DELIVERY_AGE_IN_SECONDS);
    target.isPaused = false;
    target.resumedDateTime = publishing.now();
    await publishing.retryEverySecond(40);
    isUp = true;
    await publishing.retryEverySecond(60);
    expect([sequencesOf(target), publishing.deadLetters]).toEqual([[1], []]);
  });

  it('receives its announcements within an hour if its resumption was missed', async () => {
    const target = targetOf('a');
    target.isPaused = true;
    publishing.targets.push(target);
    await publishing.publish(transitionOf(1));
    target.isPaused = false;
    await publishing.retryEverySecond(60 * 60);
    expect(sequencesOf(target)).toEqual([1]);
  });

  it('delays no other target', async () => {
    const [paused, other] = [targetOf('a'), targetOf('b')];
    paused.isPaused = true;
    publishing.targets.push(paused, other);
    await publishing.publish(transitionOf(1));
    expect(sequencesOf(other)).toEqual([1]);
  });
});
