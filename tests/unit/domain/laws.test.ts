import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defined } from '../../../shared/base/defined.ts';
import type {
  ConditionalAccessPolicy,
  Configuration,
  DeviceCompliancePolicy,
} from '../../../shared/domain/compliance/configuration.ts';
import { addSeconds, BEGINNING_OF_TIME } from '../../../shared/base/dateTime.ts';
import { applyAccessPolicies } from '../../../shared/domain/access/applyAccessPolicies.ts';
import { RESOURCES } from '../../../shared/domain/access/accessContext.ts';
import {
  advanceRecord,
  createDeviceRecord,
  type DeviceRecord,
} from '../../../shared/domain/deviceRecord.ts';
import { evaluateCompliance } from '../../../shared/domain/compliance/evaluateCompliance.ts';
import { reportsOf, type Device } from '../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../shared/domain/devices/mergeSignals.ts';
import {
  DEFAULT_SOURCE_ID,
  type EventSource,
} from '../../../shared/domain/vocabulary/eventSource.ts';
import type { DeviceSignal, Telemetry } from '../../../shared/domain/vocabulary/signal.ts';
import { REPORT_KINDS } from '../../../shared/domain/vocabulary/reportFault.ts';
import {
  DEFENCES,
  INCIDENT_SEVERITIES,
  THREAT_CEILINGS,
  type ThreatCeiling,
} from '../../../shared/domain/vocabulary/threat.ts';
import {
  eventSource,
  eventSources,
  signal,
  SOURCE_IDS,
  sourceId,
} from '../../support/arbitraries.ts';
import { INCIDENT, NOW, signalOf } from '../../support/signals.ts';
import { BEFORE, enrolled, given, SAMPLE } from '../../support/given.ts';

const HOUR = 60 * 60;
/** Later than every moment of a history. */
const LAST = '2026-01-01T12:09:00.000Z';
/** Later than the enrolment that ends every history. */
const LATEST = '2026-01-01T12:09:30.000Z';
const RUNS = { numRuns: 1500 };

const ceilings = fc.constantFrom(...THREAT_CEILINGS);
const [android] = SAMPLE.compliancePolicies;

interface PolicyChoice {
  readonly ceiling: ThreatCeiling;
  readonly networkCeiling: ThreatCeiling;
  readonly graceInHours: number;
  readonly hasMinimumVersion: boolean;
}

const policyChoice: fc.Arbitrary<PolicyChoice> = fc.record({
  ceiling: ceilings,
  networkCeiling: ceilings,
  graceInHours: fc.constantFrom(0, 1, 24),
  hasMinimumVersion: fc.boolean(),
});

function toPolicy(choice: PolicyChoice, at: number): DeviceCompliancePolicy {
  if (android === undefined) throw new TypeError('no sample policy');
  const { ceiling, networkCeiling, graceInHours, hasMinimumVersion } = choice;
  return {
    ...android,
    id: `policy-${String(at)}`,
    deviceThreatProtectionRequiredSecurityLevel: ceiling,
    deviceThreatProtectionDefenceLevels: { network: networkCeiling },
    ...(hasMinimumVersion ? { osMinimumVersion: '15' } : {}),
    scheduledActionsForRule: [
      {
        scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: graceInHours }],
      },
    ],
  };
}

const accessPolicy: fc.Arbitrary<ConditionalAccessPolicy> = fc
  .record({
    state: fc.constantFrom('enabled', 'disabled', 'enabledForReportingButNotEnforced'),
    resource: fc.constantFrom('All', ...RESOURCES),
    control: fc.constantFrom('block', 'compliantDevice', 'compliantDevice'),
    threat: fc.option(
      fc.record({
        defences: fc.subarray([...DEFENCES], { minLength: 1 }),
        minimumLevel: fc.constantFrom(...INCIDENT_SEVERITIES),
      }),
      { nil: undefined },
    ),
  })
  .map(({ state, resource, control, threat }) => ({
    id: `${state}-${resource}-${control}`,
    version: 1,
    displayName: 'any',
    state,
    conditions: {
      applications: { includeApplications: [resource] },
      ...defined({ deviceThreat: threat }),
    },
    grantControls: { operator: 'OR', builtInControls: [control] },
  }));

/** SEP Mobile's integration modes, and a disabled platform. */
const INTEGRATIONS = ['readOnly', 'basic', 'full', 'off'] as const;

interface Choice {
  readonly policies: readonly PolicyChoice[];
  readonly isMissingBlocked: boolean;
  readonly integration: (typeof INTEGRATIONS)[number];
  readonly access: readonly ConditionalAccessPolicy[];
  readonly sources: readonly EventSource[];
}

const choice: fc.Arbitrary<Choice> = fc.record({
  policies: fc.array(policyChoice, { minLength: 1, maxLength: 2 }),
  isMissingBlocked: fc.boolean(),
  integration: fc.constantFrom(...INTEGRATIONS, 'full', 'full'),
  sources: eventSources,
  access: fc
    .tuple(fc.boolean(), fc.array(accessPolicy, { maxLength: 2 }))
    .map(([hasSamplePolicies, others]) => [
      ...(hasSamplePolicies ? SAMPLE.conditionalAccessPolicies : []),
      ...others,
    ]),
});

function toConfiguration({
  policies,
  isMissingBlocked,
  integration,
  access,
  sources,
}: Choice): Configuration {
  const configuration = given({
    connector: {
      androidDeviceBlockedOnMissingPartnerData: isMissingBlocked,
      iosDeviceBlockedOnMissingPartnerData: isMissingBlocked,
      reportDeviceHealthAndRisk: integration !== 'readOnly',
      reportSecurityIncidents: integration === 'full' || integration === 'off',
      androidEnabled: integration !== 'off',
      lastHeartbeatDateTime: addSeconds(NOW, 11 * HOUR),
    },
  });
  return {
    ...configuration,
    compliancePolicies: policies.map(toPolicy),
    conditionalAccessPolicies: access,
    eventSources: sources,
  };
}

/** Moments around the ends of silence, grace and errors. */
const moments = fc
  .constantFrom(0, 1, HOUR - 1, HOUR, 10 * HOUR - 1, 10 * HOUR, 11 * HOUR)
  .map((seconds) => addSeconds(NOW, seconds));

/** The same, and moments around the end of the check-in threshold. */
const farMoments = fc.oneof(
  moments,
  fc.constantFrom(29, 31).map((days) => addSeconds(NOW, days * 24 * HOUR)),
);

/** Signals, then an enrolment with a current, old or unreadable OS version, then an assessment or none. */
const past: fc.Arbitrary<readonly DeviceSignal[]> = fc
  .tuple(
    fc.array(signal, { maxLength: 4 }),
    fc.constantFrom('14', '15', '15', 'unreadable'),
    fc.constantFrom(undefined, 'minimal', 'minimal', 'low', 'medium', 'high'),
  )
  .map(([signals, version, riskLevel]) => [
    ...signals,
    enrolled('android', version, LAST),
    ...(riskLevel === undefined ? [] : [signalOf({ type: 'riskReported', riskLevel }, LAST)]),
  ]);

interface Situation {
  readonly record: DeviceRecord;
  readonly configuration: Configuration;
  readonly now: string;
}

/** A device with a past under a configuration, including the state that its evaluations stored. */
const situation: fc.Arbitrary<Situation & { readonly chosen: Choice }> = fc
  .tuple(past, choice, moments)
  .map(([signals, chosen, now]) => {
    const configuration = toConfiguration(chosen);
    const record = advanceRecord(createDeviceRecord('phone-1'), signals, configuration, NOW);
    return { record, configuration, now, chosen };
  });

const isAllowed = ({ record, configuration, now }: Situation): readonly boolean[] =>
  RESOURCES.map((resource) => {
    const evaluation = evaluateCompliance(record, configuration, now);
    return (
      applyAccessPolicies(evaluation, { resource, identifiedBy: 'deviceId' }, configuration, now)
        .decision === 'allow'
    );
  });

/** The resources that are blocked before and allowed after. */
function openedBy(before: Situation, after: Situation): readonly string[] {
  const was = isAllowed(before);
  const is = isAllowed(after);
  return RESOURCES.filter((_, at) => is[at] === true && was[at] !== true);
}

const withDevice = (record: DeviceRecord, ...signals: readonly DeviceSignal[]): DeviceRecord => ({
  ...record,
  device: mergeSignals(record.device, signals),
});

describe('no block becomes an allowance', () => {
  it('because of another incident', () => {
    const incidents = fc.record({
      incidentId: fc.constant('another'),
      category: fc.constantFrom(...DEFENCES),
      threatType: fc.constantFrom('malware', 'jailbrokenOrRooted', 'openWifi', 'of a new kind'),
      severity: fc.constantFrom(...INCIDENT_SEVERITIES),
      detectedDateTime: fc.constant(BEFORE),
    });
    fc.assert(
      fc.property(situation, incidents, sourceId, (before, incident, from) => {
        // Observed long ago, so it is only a threat and not also a sign of life.
        const opened = signalOf(
          { type: 'incidentReported', status: 'open', incident, ...defined({ sourceId: from }) },
          BEGINNING_OF_TIME,
        );
        expect(openedBy(before, { ...before, record: withDevice(before.record, opened) })).toEqual(
          [],
        );
      }),
      RUNS,
    );
  });

  it('because of a threat in telemetry', () => {
    const threats = fc.constantFrom<Telemetry>(
      { physical: { jailbrokenOrRooted: true, developerMode: true } },
      { network: { arpSpoofing: true, tlsInterception: 'stripping' } },
      { application: { installed: [{ bundleId: 'x.y', verdict: 'malware' }] } },
      { vulnerability: { cves: [{ id: 'CVE-1', cvss: 9.8 }] } },
    );
    fc.assert(
      fc.property(situation, threats, (before, telemetry) => {
        const [defence] = Object.keys(telemetry) as (keyof Telemetry)[];
        // A report replaces the previous one of its defence, which may be worse.
        fc.pre(defence !== undefined && before.record.device[defence] === undefined);
        const seen = signalOf({ type: 'telemetryReported', telemetry }, BEGINNING_OF_TIME);
        expect(openedBy(before, { ...before, record: withDevice(before.record, seen) })).toEqual(
          [],
        );
      }),
      RUNS,
    );
  });

  it('because of a lower ceiling for the device or for a defence', () => {
    const pairs = fc
      .tuple(ceilings, ceilings)
      .filter(([a, b]) => THREAT_CEILINGS.indexOf(a) <= THREAT_CEILINGS.indexOf(b));
    fc.assert(
      fc.property(
        situation,
        pairs,
        fc.constantFrom('ceiling', 'networkCeiling'),
        ({ record, now, chosen }, [lower, higher], which) => {
          const withCeiling = (value: ThreatCeiling): Situation => ({
            record,
            now,
            configuration: toConfiguration({
              ...chosen,
              policies: chosen.policies.map((policy, at) =>
                at === 0 ? { ...policy, [which]: value } : policy,
              ),
            }),
          });
          expect(openedBy(withCeiling(higher), withCeiling(lower))).toEqual([]);
        },
      ),
      RUNS,
    );
  });

  it('because of an older heartbeat', () => {
    fc.assert(
      fc.property(
        past,
        choice,
        moments,
        fc.tuple(moments, moments),
        (signals, chosen, now, heartbeats) => {
          const configuration = toConfiguration(chosen);
          const [older = NOW, newer = NOW] = heartbeats.toSorted();
          const seenAt = (at: string): Situation => ({
            configuration,
            now,
            record: advanceRecord(
              createDeviceRecord('phone-1'),
              [...signals, signalOf({ type: 'heartbeat' }, at)],
              configuration,
              NOW,
            ),
          });
          expect(openedBy(seenAt(newer), seenAt(older))).toEqual([]);
        },
      ),
      RUNS,
    );
  });

  it('because the device reports an older OS version', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom('4.0', '14'), (before, osVersion) => {
        const { enrolment, vulnerability } = before.record.device;
        // An unreadable version is an error, and a readable one may be compliant.
        const enrolled = enrolment?.value.isEnrolled === true && enrolment.value.properties;
        fc.pre(
          vulnerability === undefined && enrolled !== false && enrolled.osVersion !== 'unreadable',
        );
        const telemetry = { vulnerability: { osVersion } };
        const seen = signalOf({ type: 'telemetryReported', telemetry }, LATEST);
        const device = mergeSignals(before.record.device, [seen]);
        // The report does not count as a sign of life here, because a sign of life may end a silence.
        const { lastSeenDateTime } = before.record.device;
        const record = {
          ...before.record,
          device: { ...device, ...defined({ lastSeenDateTime }) },
        };
        fc.pre(lastSeenDateTime !== undefined);
        expect(openedBy(before, { ...before, record })).toEqual([]);
      }),
      RUNS,
    );
  });

  it('because of a deactivation', () => {
    fc.assert(
      fc.property(situation, (before) => {
        const record = withDevice(before.record, signalOf({ type: 'deactivated' }, LATEST));
        const { lastSeenDateTime } = before.record.device;
        fc.pre(lastSeenDateTime === record.device.lastSeenDateTime);
        expect(openedBy(before, { ...before, record })).toEqual([]);
      }),
      RUNS,
    );
  });

  it('because the partner becomes unresponsive, if the device is not silent', () => {
    fc.assert(
      fc.property(situation, (before) => {
        const { connector } = before.configuration;
        const evaluation = evaluateCompliance(before.record, before.configuration, before.now);
        fc.pre(connector !== undefined && !evaluation.isSilent);
        const lastHeartbeatDateTime = addSeconds(before.now, -8 * 24 * HOUR);
        const configuration = {
          ...before.configuration,
          connector: { ...connector, lastHeartbeatDateTime },
        };
        expect(openedBy(before, { ...before, configuration })).toEqual([]);
      }),
      RUNS,
    );
  });

  it('because every assignment ends', () => {
    fc.assert(
      fc.property(situation, (before) => {
        const compliancePolicies = before.configuration.compliancePolicies.map((policy) => ({
          ...policy,
          assignments: [],
        }));
        const configuration = { ...before.configuration, compliancePolicies };
        expect(openedBy(before, { ...before, configuration })).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** The situation with other event sources. */
const withSources = (
  { record, now, chosen }: Situation & { readonly chosen: Choice },
  sources: readonly EventSource[],
): Situation => ({ record, now, configuration: toConfiguration({ ...chosen, sources }) });

const anySourceId = fc.constantFrom(DEFAULT_SOURCE_ID, ...SOURCE_IDS);

describe('event sources', () => {
  it('open nothing with a report that cannot be read', () => {
    fc.assert(
      fc.property(situation, sourceId, fc.constantFrom(...REPORT_KINDS), (before, from, kind) => {
        const fault = { field: 'event', word: 'new' };
        const unreadable = signalOf(
          { type: 'reportUnreadable', kind, fault, ...defined({ sourceId: from }) },
          LATEST,
        );
        const record = withDevice(before.record, unreadable);
        expect(openedBy(before, { ...before, record })).toEqual([]);
      }),
      RUNS,
    );
  });

  it('open nothing by one more source that reports nothing good', () => {
    fc.assert(
      fc.property(situation, eventSource, fc.boolean(), (before, like, hasThreat) => {
        const more: EventSource = { ...like, id: 'more', kind: 'sepMobileSiem' };
        const opened = signalOf(
          { type: 'incidentReported', status: 'open', incident: INCIDENT, sourceId: more.id },
          BEGINNING_OF_TIME,
        );
        const record = hasThreat ? withDevice(before.record, opened) : before.record;
        const after = withSources({ ...before, record }, [...before.chosen.sources, more]);
        expect(openedBy(before, after)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('open nothing because a source has to vouch that had not', () => {
    fc.assert(
      fc.property(situation, anySourceId, (before, id) => {
        const required = before.chosen.sources.map((each) =>
          each.id === id ? { ...each, requiredPlatforms: ['android', 'iOS'] as const } : each,
        );
        expect(openedBy(before, withSources(before, required))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('change nothing by what a disabled source reported', () => {
    fc.assert(
      fc.property(situation, eventSource, farMoments, ({ chosen, record }, like, now) => {
        const others = chosen.sources.filter(({ id }) => id !== like.id);
        const sources = [...others, { ...like, isEnabled: false }];
        const configuration = toConfiguration({ ...chosen, sources });
        const silent = { ...record, device: withoutReports(record.device, like.id) };
        const [was, is] = [record, silent].map((each) => {
          // When the device's heartbeats run out is said of the source `default`, enabled or not.
          const { heartbeatDeadlineDateTime: _, ...rest } = evaluateCompliance(
            each,
            configuration,
            now,
          );
          return rest;
        });
        expect(is).toEqual(was);
      }),
      RUNS,
    );
  });

  it('say what a source says whatever others do, enabled or not', () => {
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 12 }), anySourceId, (signals, id) => {
        const isOf = (each: DeviceSignal): boolean => (each.sourceId ?? DEFAULT_SOURCE_ID) === id;
        const { device } = createDeviceRecord('phone-1');
        const all = mergeSignals(device, signals);
        const alone = mergeSignals(device, signals.filter(isOf));
        const reports = (of: typeof all): object | undefined => {
          const { sources: _, enrolment: _e, namedUserBy: _u, ...own } = of;
          return id === DEFAULT_SOURCE_ID ? own : reportsOf(of, id);
        };
        expect(reports(all)).toEqual(reports(alone));
      }),
      RUNS,
    );
  });

  it('let nobody in by time alone, except at the end of a detection', () => {
    fc.assert(
      fc.property(situation, farMoments, (before, now) => {
        const { device } = before.record;
        fc.pre(now > before.now && !hasDetection(device));
        expect(openedBy(before, { ...before, now })).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** The device without what the source reported. */
function withoutReports(device: Device, id: string): Device {
  const { deviceId, enrolment, namedUserBy, unreadableCleared, sources = {} } = device;
  if (id === DEFAULT_SOURCE_ID)
    return {
      deviceId,
      incidents: [],
      sources,
      ...defined({ enrolment, namedUserBy, unreadableCleared }),
    };
  const left = Object.entries(sources).filter(([each]) => each !== id);
  return { ...device, sources: Object.fromEntries(left) };
}

function hasDetection(device: Device): boolean {
  return [device, ...Object.values(device.sources ?? {})].some(({ incidents }) =>
    incidents.some(({ value }) => value.isDetectionOnly === true),
  );
}

describe('a report-only policy', () => {
  it('never changes a decision', () => {
    fc.assert(
      fc.property(situation, accessPolicy, (before, policy) => {
        const reporting = { ...policy, state: 'enabledForReportingButNotEnforced' as const };
        const configuration = {
          ...before.configuration,
          conditionalAccessPolicies: [reporting, ...before.configuration.conditionalAccessPolicies],
        };
        const evaluation = evaluateCompliance(before.record, configuration, before.now);
        for (const resource of RESOURCES) {
          const { reportOnlyPolicies: _, ...without } = applyAccessPolicies(
            evaluation,
            { resource, identifiedBy: 'deviceId' },
            before.configuration,
            before.now,
          );
          const { reportOnlyPolicies, ...decided } = applyAccessPolicies(
            evaluation,
            { resource, identifiedBy: 'deviceId' },
            configuration,
            before.now,
          );
          expect(decided).toEqual(without);
          expect(reportOnlyPolicies[0]?.id).toBe(reporting.id);
        }
      }),
      RUNS,
    );
  });
});

describe('the arbitraries of these laws', () => {
  it('produce both allowances and blocks', () => {
    const found = fc.sample(situation, 500).flatMap(isAllowed);
    const share = found.filter(Boolean).length / found.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.9);
  });
});
