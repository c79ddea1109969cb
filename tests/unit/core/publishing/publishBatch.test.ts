import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { toDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { createMessageMac } from '../../../../shared/core/devices/messageMac.ts';
import { toRedelivery } from '../../../../shared/core/publishing/changeMessage.ts';
import { NOW } from '../../../support/signals.ts';
import { GAP_TIMEOUT_IN_SECONDS } from '../../../../shared/domain/announcements/publication.ts';
import { transitionOf } from '../../../support/transitionOf.ts';
import {
  createPublishing,
  FAILED_DELIVERY,
  sequencesOf,
  targetOf,
  type Publishing,
} from '../../../support/publishing.ts';

let publishing: Publishing;
beforeEach(() => {
  publishing = createPublishing();
});

describe('an announcement', () => {
  it('is delivered to every target once, however often its message arrives', async () => {
    const [a, b] = [targetOf('a'), targetOf('b')];
    publishing.targets.push(a, b);
    await publishing.publish(transitionOf(1), transitionOf(1));
    await publishing.publish(transitionOf(1));
    expect([sequencesOf(a), sequencesOf(b)]).toEqual([[1], [1]]);
  });

  it('costs one write if every target accepts it, and none if it was delivered before', async () => {
    publishing.targets.push(targetOf('a'), targetOf('b'));
    const saves: string[] = [];
    publishing.failing = (operation) => {
      saves.push(operation);
      return undefined;
    };
    await publishing.publish(transitionOf(1));
    await publishing.publish(transitionOf(1));
    expect(saves).toEqual(['load', 'save', 'load']);
  });

  it('waits for its predecessor', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    await publishing.publish(transitionOf(1), transitionOf(3));
    expect(sequencesOf(a)).toEqual([1]);
    await publishing.publish(transitionOf(2));
    expect(sequencesOf(a)).toEqual([1, 2, 3]);
  });

  it('waits ten minutes and no longer for a lost predecessor', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    await publishing.publish(transitionOf(5));
    await publishing.retryEverySecond(GAP_TIMEOUT_IN_SECONDS - 1);
    expect(sequencesOf(a)).toEqual([]);
    await publishing.retryEverySecond(1);
    expect(sequencesOf(a)).toEqual([5]);
    await publishing.publish(transitionOf(6));
    expect(sequencesOf(a)).toEqual([5, 6]);
    expect(publishing.logged).toEqual([
      'device `phone-1`: announcements 1 to 4 did not arrive and are skipped',
    ]);
  });

  it('that arrives after it was given up is dead-lettered once per target', async () => {
    const [a, b] = [targetOf('a'), targetOf('b')];
    publishing.targets.push(a, b);
    await publishing.publish(transitionOf(3));
    await publishing.retryEverySecond(GAP_TIMEOUT_IN_SECONDS);
    await publishing.publish(transitionOf(2), transitionOf(2));
    await publishing.publish(transitionOf(2), transitionOf(3));
    expect([sequencesOf(a), sequencesOf(b)]).toEqual([[3], [3]]);
    expect(publishing.deadLetters).toEqual(
      ['a', 'b'].map((target) => ({
        code: 'tooLate',
        body: { type: 'redelivery', target, announcement: transitionOf(2) },
      })),
    );
  });

  it('of a deleted and recreated device is delivered, although its sequence restarts at 1', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    const recreated = { beganDateTime: '2026-06-01T00:00:00.000Z', id: 'phone-1:recreated:1' };
    await publishing.publish(transitionOf(1), transitionOf(2));
    await publishing.publish(transitionOf(1, recreated), transitionOf(1, recreated));
    await publishing.publish(transitionOf(2));
    expect(a.received.map(({ id }) => id)).toEqual([
      'phone-1:1',
      'phone-1:2',
      'phone-1:recreated:1',
    ]);
  });

  it('on its way to the dead letters is dead-lettered again if a worker receives it first', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    const redelivery = { type: 'redelivery', target: 'a', announcement: transitionOf(1) };
    await publishing.publish(
      toDeadLetter(redelivery, { code: 'http410', reason: 'gone' }),
      transitionOf(1),
    );
    expect(publishing.deadLetters).toEqual([{ body: redelivery, code: 'http410' }]);
    expect(sequencesOf(a)).toEqual([1]);
  });

  it('that is invalid is dead-lettered and delays no other', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    await publishing.publish({ type: 'transition', id: 7 }, 'nonsense', transitionOf(1));
    expect(publishing.deadLetters.map(({ code }) => code)).toEqual([
      'messageInvalid',
      'messageInvalid',
    ]);
    expect(sequencesOf(a)).toEqual([1]);
  });

  it('is sent again if the database does not answer', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    publishing.failing = () => new ConnectorError('serviceNotAvailable', 'away');
    await publishing.publish(transitionOf(1));
    expect([sequencesOf(a), publishing.sentLater]).toMatchObject([[], [{ body: { attempt: 1 } }]]);
    publishing.failing = undefined;
    await publishing.publish(publishing.sentLater[0]?.body);
    expect(sequencesOf(a)).toEqual([1]);
  });
});

describe('a resent dead letter', () => {
  const redelivery = { type: 'redelivery', target: 'a', announcement: transitionOf(7) };

  it('is delivered to its target only', async () => {
    const [a, b] = [targetOf('a'), targetOf('b')];
    publishing.targets.push(a, b);
    await publishing.publish(redelivery);
    expect([sequencesOf(a), sequencesOf(b)]).toEqual([[7], []]);
  });

  it('is retried a few times, then dead-lettered again', async () => {
    publishing.targets.push(targetOf('a', () => FAILED_DELIVERY));
    await publishing.publish(redelivery);
    while (publishing.sentLater.length > 0)
      await publishing.publish(publishing.sentLater.pop()?.body);
    expect(publishing.deadLetters).toEqual([{ body: redelivery, code: 'unreachable' }]);
  });

  it('is dead-lettered at once if its target is deleted or paused', async () => {
    const paused = targetOf('a');
    await publishing.publish(redelivery);
    paused.isPaused = true;
    publishing.targets.push(paused);
    await publishing.publish(redelivery);
    expect(publishing.deadLetters.map(({ code }) => code)).toEqual(['targetNotFound', 'paused']);
  });
});

describe('a message without the MAC of this system', () => {
  it('is one dead letter, and reaches no target', async () => {
    const a = targetOf('a');
    publishing.targets.push(a);
    publishing.isAuthentic = (body) => body === authentic;
    const authentic = transitionOf(1);
    const forged = { ...transitionOf(2), current: { complianceState: 'compliant' } };
    const redelivery = { type: 'redelivery', target: 'a', announcement: transitionOf(3) };
    const given = toDeadLetter(transitionOf(4), { code: 'made', reason: 'up' });
    await publishing.publish(authentic, forged, redelivery, given, [transitionOf(5)]);
    expect(sequencesOf(a)).toEqual([1]);
    expect(publishing.deadLetters).toEqual(
      [forged, redelivery, given, [transitionOf(5)]].map((body) => ({
        body,
        code: 'messageNotAuthentic',
      })),
    );
    expect(publishing.logged).toEqual([
      'dead-lettered a message that is not authentic of the queue `compliance-changes`',
    ]);
  });

  it('is signed again before it is sent later or dead-lettered', async () => {
    const { retry } = publishing.dependencies;
    const mac = createMessageMac({
      keys: [Buffer.alloc(32)],
      queue: 'compliance-changes',
      now: () => new Date(NOW),
    });
    Object.assign(retry, { sign: mac.sign, isAuthentic: mac.isAuthentic });
    publishing.failing = () => new ConnectorError('serviceNotAvailable', 'away');
    await publishing.publish(mac.sign(transitionOf(1)));
    publishing.failing = () => new ConnectorError('conflict', 'broken');
    await publishing.publish(mac.sign({ ...transitionOf(2), attempt: 4 }));
    publishing.failing = undefined;
    await publishing.publish(mac.sign(toRedelivery('gone', transitionOf(3))));
    const sent = [...publishing.sentLater, ...publishing.deadLetters].map(({ body }) => body);
    expect(sent.map(mac.isAuthentic)).toEqual([true, true, true]);
  });
});
