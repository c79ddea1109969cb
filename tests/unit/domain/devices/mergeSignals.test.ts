import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import {
  MAX_INCIDENT_TEXT_BYTES,
  MAX_INCIDENT_TEXT_LENGTH,
} from '../../../../shared/domain/devices/mergeIncidents.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import {
  tidyDevice,
  TOMBSTONE_RETENTION_IN_DAYS,
} from '../../../../shared/domain/devices/tidyDevice.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { DEVICE_ID, history, reordered, signal } from '../../../support/arbitraries.ts';
import { deviceOf, ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

const empty = createDevice(DEVICE_ID);
const DAY = 24 * 60 * 60;

describe('mergeSignals', () => {
  it('returns the same device for every order and repeat of a history', () => {
    fc.assert(
      fc.property(reordered, ([signals, others]) => {
        expect(mergeSignals(empty, others)).toEqual(mergeSignals(empty, signals));
      }),
      { numRuns: 2000 },
    );
  });

  it('returns the same device however a history is split into batches', () => {
    fc.assert(
      fc.property(history, fc.nat(12), (signals, at) => {
        const inTwo = mergeSignals(mergeSignals(empty, signals.slice(0, at)), signals.slice(at));
        expect(inTwo).toEqual(mergeSignals(empty, signals));
      }),
      { numRuns: 1000 },
    );
  });

  it('returns the same device for every order of copies of one fact with different arrival times', () => {
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
        for (const { receivedDateTime } of device.tombstones ?? []) {
          expect(receivedDateTime).toBe(first);
        }
      }),
    );
  });

  it('returns the same device for every order of signals of any age, even if old tombstones are removed in between', () => {
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
        const merged = others.reduce(
          (device, each) => tidyDevice(mergeSignals(device, [each]), now),
          empty,
        );
        expect(merged).toEqual(mergeSignals(empty, signals));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['after it', 'open', 'resolved'],
    ['before it', 'resolved', 'open'],
  ] as const)(
    'prefers the end of an incident to its start at the same moment, with a signal id %s',
    (_, first, second) => {
      const report = (status: 'open' | 'resolved', signalId: string): DeviceSignal => ({
        ...signalOf({ type: 'incidentReported', status, incident: INCIDENT }),
        signalId,
      });
      const device = deviceOf(report(first, 'a'), report(second, 'b'));
      expect(device.incidents).toEqual([]);
      expect(device.tombstones).toHaveLength(1);
    },
  );

  it.each([
    [{ riskLevel: 'minimal' }, { riskLevel: 'high' }],
    [{ riskLevel: 'low' }, { riskLevel: 'low', healthState: 'misconfigured' }],
    [{ riskLevel: 'low', healthState: 'misconfigured' }, { riskLevel: 'medium' }],
    [{ riskLevel: 'high' }, { riskLevel: 'minimal', healthState: 'compromised' }],
  ] as const)('prefers, of %j and %j at one moment, the worse', (better, worse) => {
    const reported = (verdict: typeof better | typeof worse, signalId: string): DeviceSignal => ({
      ...signalOf({ type: 'riskReported', ...verdict }),
      signalId,
    });
    for (const [a, b] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      expect(deviceOf(reported(better, a), reported(worse, b)).verdict?.value).toMatchObject(worse);
    }
  });

  it('returns the same object if nothing is new, so nothing is written', () => {
    fc.assert(
      fc.property(history, (signals) => {
        const device = mergeSignals(empty, signals);
        expect(mergeSignals(device, signals)).toBe(device);
      }),
    );
  });

  it('returns the same device for either order of two versions of one signal', () => {
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
    expect(device.incidents).toEqual([]);
    expect(device.tombstones).toHaveLength(1);
  });

  it.each<[string, DeviceSignal, object]>([
    [
      'an enrolment',
      signalOf({ ...ENROLLED, managedDeviceId: 'intune-1' }),
      {
        enrolment: {
          value: {
            isEnrolled: true,
            properties: ENROLLED.properties,
            managedDeviceId: 'intune-1',
          },
        },
      },
    ],
    [
      'a manual enrolment',
      signalOf(ENROLLED),
      { enrolment: { value: { isEnrolled: true, properties: ENROLLED.properties } } },
    ],
    [
      'an unenrolment',
      signalOf({ type: 'unenrolled' }),
      { enrolment: { value: { isEnrolled: false } } },
    ],
    ['an activation', signalOf({ type: 'activated' }), { activated: {} }],
    ['a deactivation', signalOf({ type: 'deactivated' }), { deactivated: {} }],
    [
      'a heartbeat',
      signalOf({ type: 'heartbeat', appVersion: '7.1' }),
      { heartbeat: { value: { appVersion: '7.1' } } },
    ],
    ['a bare heartbeat', signalOf({ type: 'heartbeat' }), { heartbeat: { value: {} } }],
    [
      'a verdict',
      signalOf({ type: 'riskReported', riskLevel: 'low', healthState: 'misconfigured' }),
      { verdict: { value: { riskLevel: 'low', healthState: 'misconfigured' } } },
    ],
    [
      'a report on two defences',
      signalOf({
        type: 'telemetryReported',
        telemetry: { application: { installed: [] }, vulnerability: { osVersion: '15' } },
      }),
      {
        application: { value: { installed: [] } },
        vulnerability: { value: { osVersion: '15' } },
      },
    ],
  ])('stores the content, time and signal id of %s', (_, signal, registers) => {
    const { signalId, observedDateTime } = signal;
    const {
      deviceId: _id,
      incidents,
      lastSeenDateTime: _seen,
      assessedSinceDateTime: _since,
      namedUserBy: _named,
      ...kept
    } = deviceOf(signal);
    const stamped = Object.entries(registers).map(([name, register]) => [
      name,
      { signalId, observedDateTime, ...(register as object) },
    ]);
    expect(kept).toEqual(Object.fromEntries(stamped));
    expect(incidents).toEqual([]);
  });

  it.each<[DeviceSignal, boolean]>([
    [signalOf(ENROLLED), false],
    [signalOf({ type: 'unenrolled' }), false],
    [signalOf({ type: 'activated' }), true],
    [signalOf({ type: 'deactivated' }), false],
    [signalOf({ type: 'heartbeat' }), true],
    [signalOf({ type: 'riskReported', riskLevel: 'high' }), false],
    [signalOf({ type: 'telemetryReported', telemetry: {} }), true],
    [signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }), false],
    [signalOf({ type: 'incidentReported', status: 'resolved', incident: INCIDENT }), false],
  ])('counts $type as a sign of life: %s', (signal, isSign) => {
    expect(deviceOf(signal).lastSeenDateTime).toBe(isSign ? NOW : undefined);
    const alive = deviceOf(signalOf({ type: 'heartbeat' }, addSeconds(NOW, 1)));
    expect(mergeSignals(alive, [signal]).lastSeenDateTime).toBe(addSeconds(NOW, 1));
  });

  it('stores when verdicts and open incidents began, whatever their order', () => {
    const later = signalOf({ type: 'riskReported', riskLevel: 'low' }, addSeconds(NOW, 1));
    const first = signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT });
    const closed = signalOf(
      { type: 'incidentReported', status: 'resolved', incident: INCIDENT },
      addSeconds(NOW, -1),
    );
    for (const signals of [
      [later, first, closed],
      [closed, first, later],
    ])
      expect(deviceOf(...signals).assessedSinceDateTime).toBe(NOW);
    expect(deviceOf(closed).assessedSinceDateTime).toBeUndefined();
  });

  it('stores each incident once, in its latest version, sorted by id', () => {
    const report = (incidentId: string, at: number): DeviceSignal =>
      signalOf(
        { type: 'incidentReported', status: 'open', incident: { ...INCIDENT, incidentId } },
        addSeconds(NOW, at),
      );
    const device = deviceOf(report('b', 0), report('d', 1), report('a', 2), report('c', 3));
    const again = mergeSignals(device, [report('b', 4), report('d', -1)]);
    expect(
      again.incidents.map(({ value, observedDateTime }) => [value.incidentId, observedDateTime]),
    ).toEqual([
      ['a', addSeconds(NOW, 2)],
      ['b', addSeconds(NOW, 4)],
      ['c', addSeconds(NOW, 3)],
      ['d', addSeconds(NOW, 1)],
    ]);
  });

  it('truncates the texts of an open incident at whole characters', () => {
    const incident = { ...INCIDENT, title: '📱'.repeat(300), resource: 'x'.repeat(300) };
    const device = deviceOf(signalOf({ type: 'incidentReported', status: 'open', incident }));
    expect(device.incidents.map(({ value }) => value)).toEqual([
      {
        ...INCIDENT,
        status: 'open',
        title: '📱'.repeat(MAX_INCIDENT_TEXT_BYTES / 4),
        resource: 'x'.repeat(MAX_INCIDENT_TEXT_LENGTH),
      },
    ]);
    const bare = deviceOf(
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
    );
    expect(bare.incidents.map(({ value }) => Object.keys(value).toSorted())).toEqual([
      [...Object.keys(INCIDENT), 'status'].toSorted(),
    ]);
    expect(bare.incidents.map((each) => 'receivedDateTime' in each)).toEqual([false]);
  });

  it('stores the arrival time of a resolved incident and none of its texts', () => {
    const signal = {
      ...signalOf({
        type: 'incidentReported',
        status: 'resolved',
        incident: { ...INCIDENT, title: 'Eicar', resource: 'eicar.apk' },
      }),
      receivedDateTime: addSeconds(NOW, 60),
    };
    const { incidents, tombstones } = deviceOf(signal);
    expect(incidents).toEqual([]);
    expect(tombstones).toEqual([
      {
        incidentId: INCIDENT.incidentId,
        observedDateTime: NOW,
        receivedDateTime: addSeconds(NOW, 60),
      },
    ]);
  });

  it('does not change a defence that a report does not name', () => {
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

  it('does not count an incident that an administrator closes as a sign of life', () => {
    const device = deviceOf(
      signalOf({ type: 'heartbeat' }, '2026-01-01T08:00:00.000Z'),
      signalOf(
        { type: 'incidentReported', status: 'resolved', incident: INCIDENT },
        '2026-01-01T12:00:00.000Z',
      ),
    );
    expect(device.lastSeenDateTime).toBe('2026-01-01T08:00:00.000Z');
  });

  it('removes a resolved incident when its retention since arrival ends, but never an open one', () => {
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
    expect(tidyDevice(device, addSeconds(NOW, retention - 1))).toBe(device);
    expect(tidyDevice(device, addSeconds(NOW, retention)).tombstones).toBeUndefined();
    const later = tidyDevice(device, addSeconds(NOW, retention + 1));
    expect(later.incidents.map(({ value }) => value.incidentId)).toEqual(['open']);
  });

  it('counts the retention from the observation of a resolved incident that was stored without an arrival time', () => {
    const resolved = { ...INCIDENT, status: 'resolved' as const };
    const incidents = [{ observedDateTime: NOW, signalId: 'a', value: resolved }];
    const device = { ...empty, incidents };
    const retention = TOMBSTONE_RETENTION_IN_DAYS * DAY;
    const tombstone = {
      incidentId: INCIDENT.incidentId,
      observedDateTime: NOW,
      receivedDateTime: NOW,
    };
    expect(tidyDevice(device, addSeconds(NOW, retention - 1))).toEqual({
      ...empty,
      tombstones: [tombstone],
    });
    expect(tidyDevice(device, addSeconds(NOW, retention + 1))).toEqual(empty);
  });
});
