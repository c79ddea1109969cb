import fc from 'fast-check';
import { defined } from '../../shared/base/defined.ts';
import type { EventSource } from '../../shared/domain/vocabulary/eventSource.ts';
import type { DeviceSignal } from '../../shared/domain/vocabulary/signal.ts';
import { REPORT_KINDS } from '../../shared/domain/vocabulary/reportFault.ts';
import {
  DEFENCES,
  INCIDENT_SEVERITIES,
  RISK_LEVELS,
} from '../../shared/domain/vocabulary/threat.ts';

export const DEVICE_ID = 'phone-1';

/** Few moments and few signal ids, so ties and repeats are common. */
const moment = fc
  .integer({ min: 0, max: 8 })
  .map((minute) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString());
/** Ids that an object has without being given them are hostile, and allowed. */
export const SOURCE_IDS = ['ses', 'constructor'] as const;
/** The event source of a report; `undefined` is the source `default`. */
export const sourceId = fc.constantFrom(undefined, undefined, ...SOURCE_IDS);
const arrival = fc.constantFrom('2026-01-01T12:10:00.000Z', '2026-01-01T12:11:00.000Z');
const signalId = fc.constantFrom('a', 'b', 'c', 'd');

const envelope = fc.record({
  signalId,
  observedDateTime: moment,
  receivedDateTime: arrival,
  deviceId: fc.constant(DEVICE_ID),
});

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const fault = fc.record({
  field: fc.constantFrom('severity', 'riskLevel'),
  word: fc.constantFrom('critical', 'severe'),
});
const faults = optional(fc.array(fault, { minLength: 1, maxLength: 2 }));

const body: fc.Arbitrary<object> = fc.oneof(
  fc.record({
    type: fc.constant('enrolled'),
    properties: fc
      .record({
        operatingSystem: fc.constantFrom('Android', 'iOS'),
        osVersion: fc.constantFrom('14', '15'),
        userId: optional(fc.constantFrom('', 'user-1')),
      })
      .map(defined),
  }),
  fc.record({ type: fc.constantFrom('unenrolled', 'activated', 'deactivated') }),
  fc
    .record({ type: fc.constant('heartbeat'), appVersion: optional(fc.constantFrom('1', '2')) })
    .map(defined),
  fc
    .record({
      type: fc.constant('riskReported'),
      riskLevel: fc.constantFrom(...RISK_LEVELS),
      healthState: optional(fc.constantFrom('compromised', 'misconfigured')),
      faults,
    })
    // Unknown words count as the worst.
    .map((risk) =>
      defined(risk.faults ? { ...risk, riskLevel: 'high', healthState: 'compromised' } : risk),
    ),
  fc.record({
    type: fc.constant('incidentReported'),
    status: fc.constantFrom('open', 'resolved'),
    incident: fc
      .record({
        incidentId: fc.constantFrom('i1', 'i2', '__proto__'),
        category: fc.constantFrom(...DEFENCES),
        threatType: fc.constant('malware'),
        severity: fc.constantFrom(...INCIDENT_SEVERITIES),
        detectedDateTime: moment,
        isDetectionOnly: optional(fc.constant(true)),
        faults,
      })
      .map(defined),
  }),

  fc.record({
    type: fc.constant('telemetryReported'),
    telemetry: fc
      .record({
        physical: optional(fc.record({ developerMode: fc.boolean() })),
        network: optional(fc.record({ arpSpoofing: fc.boolean() })),
      })
      .map(defined),
  }),
);

const withEnvelope = (content: fc.Arbitrary<object>): fc.Arbitrary<DeviceSignal> =>
  fc
    .tuple(envelope, sourceId, content)
    .map(
      ([head, from, rest]) =>
        Object.assign({ ...head, ...rest }, defined({ sourceId: from })) as DeviceSignal,
    );

/** Any readable signal about one device. */
export const signal: fc.Arbitrary<DeviceSignal> = withEnvelope(body);

/** Any signal about one device. A later report of its kind ends what an unreadable one did. */
const anySignal: fc.Arbitrary<DeviceSignal> = fc.oneof(
  { weight: 5, arbitrary: signal },
  {
    weight: 1,
    arbitrary: withEnvelope(
      fc.oneof(
        fc.record({
          type: fc.constant('reportUnreadable'),
          kind: fc.constantFrom(...REPORT_KINDS),
          fault,
        }),
        fc.record({ type: fc.constant('unreadableReportsCleared') }),
      ),
    ),
  },
);

/** Signals in any order of arrival, with repeats. */
export const history: fc.Arbitrary<DeviceSignal[]> = fc.array(signal, { maxLength: 12 });

/** A history, and the same signals in another order with some of them repeated. */
export const reordered: fc.Arbitrary<[DeviceSignal[], DeviceSignal[]]> = fc
  .array(anySignal, { maxLength: 12 })
  .chain((signals) =>
    fc.tuple(
      fc.constant(signals),
      fc
        .tuple(fc.shuffledSubarray(signals, { minLength: signals.length }), fc.subarray(signals))
        .map(([shuffled, repeats]) => [...shuffled, ...repeats]),
    ),
  );

/** Any settings of an event source, under one of the ids that `signal` names. */
export const eventSource: fc.Arbitrary<EventSource> = fc
  .record({
    id: fc.constantFrom(...SOURCE_IDS, 'default'),
    isEnabled: fc.boolean(),
    requiredPlatforms: fc.subarray(['android', 'iOS'] as const),
    silenceWindowInSeconds: optional(fc.constantFrom(60 * 60, 10 * 60 * 60)),
    detectionLifetimeInHours: fc.constantFrom(1, 168),
    lastEventDateTime: optional(fc.constant('2026-01-01T23:10:00.000Z')),
  })
  .map((each) =>
    defined({ ...each, displayName: each.id, kind: toKind(each.id) } as const),
  ) as fc.Arbitrary<EventSource>;

function toKind(id: string): EventSource['kind'] {
  return id === 'default' ? 'cloudEvents' : 'sesEventExport';
}

/** No event source, or some of those that `signal` names, enabled and disabled. */
export const eventSources: fc.Arbitrary<readonly EventSource[]> = fc.uniqueArray(eventSource, {
  maxLength: 3,
  selector: ({ id }) => id,
});
