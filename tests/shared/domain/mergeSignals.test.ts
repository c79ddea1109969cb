import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDevice } from '../../../shared/domain/device.ts';
import {
  forgetOldTombstones,
  mergeSignals,
  TOMBSTONE_RETENTION_IN_DAYS,
} from '../../../shared/domain/mergeSignals.ts';
import { addSeconds } from '../../../shared/domain/dateTime.ts';
import type { DeviceSignal } from '../../../shared/domain/signal.ts';
import { DEVICE_ID, history, reordered, signal } from '../../support/arbitraries.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../support/signals.ts';

const empty = createDevice(DEVICE_ID);
const DAY = 24 * 60 * 60;

describe('merging signals', () => {
  it('gives one device for every order and every repeat of a history', () => {
    fc.assert(
      fc.property(reordered, ([signals, others]) => {
        expect(mergeSignals(empty, others)).toEqual(mergeSignals(empty, signals));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives one device however a history is split into batches', () => {
    fc.assert(
      fc.property(history, fc.nat(12), (signals, at) => {
        const inTwo = mergeSignals(mergeSignals(empty, signals.slice(0, at)), signals.slice(at));
        expect(inTwo).toEqual(mergeSignals(empty, signals));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives one device for every order of copies of one fact that arrived at different times', () => {
    const copies = fc
      .tuple(signal, fc.uniqueArray(fc.nat(9), { minLength: 2, maxLength: 4 }))
      .chain(([fact, minutes]) => {
        const at = (minute: number): string => addSeconds(NOW, minute * 60);
        const all = minutes.map((minute) => ({ ...fact, receivedDateTime: at(minute) }));
        return fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.constant(at(Math.min(...minutes))),
        );
      });
    fc.assert(
      fc.property(copies, ([signals, others, first]) => {
        const device = mergeSignals(empty, signals);
        expect(mergeSignals(empty, others)).toEqual(device);
        for (const { value, receivedDateTime } of device.incidents) {
          expect(receivedDateTime).toBe(value.status === 'resolved' ? first : undefined);
        }
      }),
    );
  });

  it('gives one device for every order of events of any age, while what is over is forgotten in between', () => {
    const aged = fc.array(
      fc.record({ signal, ageInDays: fc.integer({ min: 0, max: 1000 }) }).map((each) => ({
        ...each.signal,
        observedDateTime: addSeconds(NOW, -each.ageInDays * DAY),
      })),
      { maxLength: 8 },
    );
    const orders = aged.chain((signals) =>
      fc.tuple(
        fc.constant(signals),
        fc.shuffledSubarray(signals, { minLength: signals.length }),
        fc.integer({ min: 0, max: TOMBSTONE_RETENTION_IN_DAYS - 1 }),
      ),
    );
    fc.assert(
      fc.property(orders, ([signals, others, days]) => {
        const now = addSeconds(NOW, days * DAY);
        const worked = others.reduce(
          (device, each) => forgetOldTombstones(mergeSignals(device, [each]), now),
          empty,
        );
        expect(worked).toEqual(mergeSignals(empty, signals));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['the end of an incident', 'open', 'resolved'],
    ['whatever their ids', 'resolved', 'open'],
  ] as const)('lets %s win over its beginning, reported for one moment', (_, first, second) => {
    const report = (status: 'open' | 'resolved', signalId: string): DeviceSignal => ({
      ...signalOf({ type: 'incidentReported', status, incident: INCIDENT }),
      signalId,
    });
    const device = deviceOf(report(first, 'a'), report(second, 'b'));
    expect(device.incidents.map(({ value }) => value.status)).toEqual(['resolved']);
  });

  it.each([
    [{ riskLevel: 'minimal' }, { riskLevel: 'high' }],
    [{ riskLevel: 'low' }, { riskLevel: 'low', healthState: 'misconfigured' }],
    [{ riskLevel: 'low', healthState: 'misconfigured' }, { riskLevel: 'medium' }],
    [{ riskLevel: 'high' }, { riskLevel: 'minimal', healthState: 'compromised' }],
  ] as const)('lets the worse of %j and %j win, said for one moment', (better, worse) => {
    const said = (verdict: typeof better | typeof worse, signalId: string): DeviceSignal => ({
      ...signalOf({ type: 'riskReported', ...verdict }),
      signalId,
    });
    for (const [a, b] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      expect(deviceOf(said(better, a), said(worse, b)).verdict?.value).toMatchObject(worse);
    }
  });

  it('gives the same object back where nothing is new, so that nothing is written', () => {
    fc.assert(
      fc.property(history, (signals) => {
        const device = mergeSignals(empty, signals);
        expect(mergeSignals(device, signals)).toBe(device);
      }),
    );
  });

  it('gives one device when the stored copy comes back with its keys in another order', () => {
    const one = signalOf({
      type: 'telemetryReported',
      telemetry: { physical: { developerMode: true } },
    });
    const two = { ...one, telemetry: { physical: { developerMode: false } } };
    expect(deviceOf(one, two)).toEqual(deviceOf(two, one));
  });

  it('keeps an incident resolved when its opening arrives late', () => {
    const opened = signalOf(
      { type: 'incidentReported', status: 'open', incident: INCIDENT },
      '2026-01-01T12:00:00.000Z',
    );
    const resolved = signalOf(
      { type: 'incidentReported', status: 'resolved', incident: INCIDENT },
      '2026-01-01T12:05:00.000Z',
    );
    const device = deviceOf(resolved, opened);
    expect(device.incidents.map(({ value }) => value.status)).toEqual(['resolved']);
  });

  it('leaves a defence as it was when a report does not name it', () => {
    const device = deviceOf(
      signalOf(
        { type: 'telemetryReported', telemetry: { physical: { passcodeEnabled: true } } },
        '2026-01-01T12:00:00.000Z',
      ),
      signalOf(
        { type: 'telemetryReported', telemetry: { network: { connected: true } } },
        '2026-01-01T12:01:00.000Z',
      ),
    );
    expect(device.physical?.value).toEqual({ passcodeEnabled: true });
    expect(device.network?.value).toEqual({ connected: true });
  });

  it('does not take an administrator closing an incident for a sign of life of the device', () => {
    const device = deviceOf(
      signalOf({ type: 'heartbeat' }, '2026-01-01T08:00:00.000Z'),
      signalOf(
        { type: 'incidentReported', status: 'resolved', incident: INCIDENT },
        '2026-01-01T12:00:00.000Z',
      ),
    );
    expect(device.lastSeenDateTime).toBe('2026-01-01T08:00:00.000Z');
  });

  it('forgets a resolved incident when its retention has ended since it came, and never an open one', () => {
    const longAgo = addSeconds(NOW, -400 * DAY);
    const report = (status: 'open' | 'resolved', incidentId: string): DeviceSignal => ({
      ...signalOf(
        { type: 'incidentReported', status, incident: { ...INCIDENT, incidentId } },
        longAgo,
      ),
      receivedDateTime: NOW,
    });
    const device = deviceOf(report('resolved', 'over'), report('open', 'open'));
    const retention = TOMBSTONE_RETENTION_IN_DAYS * DAY;
    expect(forgetOldTombstones(device, addSeconds(NOW, retention - 1))).toBe(device);
    const later = forgetOldTombstones(device, addSeconds(NOW, retention + 1));
    expect(later.incidents.map(({ value }) => value.incidentId)).toEqual(['open']);
  });

  it('goes by the time of a resolved incident itself where it was stored without when it came', () => {
    const resolved = { ...INCIDENT, status: 'resolved' as const };
    const incidents = [{ observedDateTime: NOW, signalId: 'a', value: resolved }];
    const device = { ...empty, incidents };
    const retention = TOMBSTONE_RETENTION_IN_DAYS * DAY;
    expect(forgetOldTombstones(device, addSeconds(NOW, retention - 1))).toBe(device);
    expect(forgetOldTombstones(device, addSeconds(NOW, retention + 1)).incidents).toEqual([]);
  });
});
