import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDevice } from '../../../shared/domain/device.ts';
import {
  forgetOldTombstones,
  mergeSignals,
  TOMBSTONE_RETENTION_IN_DAYS,
} from '../../../shared/domain/mergeSignals.ts';
import { addSeconds } from '../../../shared/domain/dateTime.ts';
import { DEVICE_ID, history, reordered } from '../../support/arbitraries.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../support/signals.ts';

const empty = createDevice(DEVICE_ID);

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

  it('forgets a resolved incident after its retention, and never an open one', () => {
    const old = '2026-01-01T12:00:00.000Z';
    const device = deviceOf(
      signalOf({ type: 'incidentReported', status: 'resolved', incident: INCIDENT }, old),
      signalOf(
        { type: 'incidentReported', status: 'open', incident: { ...INCIDENT, incidentId: 'open' } },
        old,
      ),
    );
    const retention = TOMBSTONE_RETENTION_IN_DAYS * 24 * 60 * 60;
    expect(forgetOldTombstones(device, addSeconds(old, retention - 1))).toBe(device);
    const later = forgetOldTombstones(device, addSeconds(old, retention + 1));
    expect(later.incidents.map(({ value }) => value.incidentId)).toEqual(['open']);
    expect(forgetOldTombstones(device, NOW)).toBe(device);
  });
});
