import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Configuration } from '../../../../shared/domain/compliance/configuration.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { advanceRecord, createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import type { EventSource } from '../../../../shared/domain/vocabulary/eventSource.ts';
import type { DeviceSignal, IncidentDetails } from '../../../../shared/domain/vocabulary/signal.ts';
import { BEFORE, enrolled, given, healthyDeviceOn, stateAndCodes } from '../../../support/given.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

const ZIMPERIUM: EventSource = {
  id: 'zimperium',
  kind: 'zimperium',
  displayName: 'Zimperium',
  isEnabled: true,
  requiredPlatforms: [],
  detectionLifetimeInHours: 24,
};

function withSource(source: Partial<EventSource> = {}, changes = given()): Configuration {
  return { ...changes, eventSources: [{ ...ZIMPERIUM, ...source }] };
}

const from = (signal: DeviceSignal, sourceId = 'zimperium'): DeviceSignal => ({
  ...signal,
  sourceId,
});

const healthy = (at = NOW): DeviceSignal =>
  from(signalOf({ type: 'riskReported', riskLevel: 'minimal' }, at));

const open = (incident: Partial<IncidentDetails> = {}, at = NOW): DeviceSignal =>
  from(
    signalOf(
      { type: 'incidentReported', status: 'open', incident: { ...INCIDENT, ...incident } },
      at,
    ),
  );

function reasonsOf(device: Device, configuration: Configuration, now = NOW): readonly object[] {
  return evaluateCompliance({ device }, configuration, now).reasons;
}

describe('a device that two sources report on', () => {
  it('is blocked by the threat of either, and the reason names the source', () => {
    const device = healthyDeviceOn('android', healthy(), open());
    const configuration = withSource();
    expect(stateAndCodes({ device }, configuration, NOW)).toEqual([
      'noncompliant',
      'threatLevelAboveCeiling',
      'incidentOpen',
    ]);
    expect(reasonsOf(device, configuration)).toContainEqual({
      code: 'incidentOpen',
      message: 'open application incident of high severity: malware (reported by Zimperium)',
      category: 'application',
      incidentId: 'incident-1',
      sourceId: 'zimperium',
    });
  });

  it('is compliant again once that source ends its threat', () => {
    const end = from(
      signalOf({ type: 'incidentReported', status: 'resolved', incident: INCIDENT }, NOW),
    );
    const device = healthyDeviceOn('android', healthy(), open({}, BEFORE), end);
    expect(stateAndCodes({ device }, withSource(), NOW)[0]).toBe('compliant');
  });

  it('stays blocked by one source whatever good news the other one sends later', () => {
    const later = addSeconds(NOW, 60);
    const resolved = { type: 'incidentReported', status: 'resolved', incident: INCIDENT } as const;
    const device = healthyDeviceOn(
      'android',
      healthy(),
      open(),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, later),
      signalOf(resolved, later),
    );
    expect(stateAndCodes({ device }, withSource(), later)[0]).toBe('noncompliant');
  });

  it('is as jailbroken as the worse report says', () => {
    const report = (jailbrokenOrRooted: boolean, at: string): DeviceSignal =>
      signalOf({ type: 'telemetryReported', telemetry: { physical: { jailbrokenOrRooted } } }, at);
    const device = healthyDeviceOn('iOS', report(false, NOW), from(report(true, BEFORE)));
    const configuration = withSource(
      {},
      given({ policy: { securityBlockJailbrokenDevices: true } }),
    );
    expect(stateAndCodes({ device }, configuration, NOW)).toContain('deviceJailbroken');
  });
});

describe('a source that is required on a platform', () => {
  const required = withSource({ requiredPlatforms: ['android'] });

  it('makes its missing assessment missing data, in its own name', () => {
    const device = healthyDeviceOn('android');
    expect(reasonsOf(device, required)).toContainEqual({
      code: 'noPartnerData',
      message: 'Zimperium has not reported on the device',
      policyId: 'android-baseline',
      setting: 'deviceThreatProtectionRequiredSecurityLevel',
      sourceId: 'zimperium',
    });
  });

  it('vouches by its assessment', () => {
    const device = healthyDeviceOn('android', healthy());
    expect(stateAndCodes({ device }, required, NOW)[0]).toBe('compliant');
  });

  it('is not asked for on the other platform', () => {
    const device = healthyDeviceOn('iOS');
    expect(stateAndCodes({ device }, required, NOW)[0]).toBe('compliant');
  });

  it('blocks nobody where missing data does not block', () => {
    const lenient = given({ connector: { androidDeviceBlockedOnMissingPartnerData: false } });
    const device = healthyDeviceOn('android');
    const configuration = withSource({ requiredPlatforms: ['android'] }, lenient);
    expect(stateAndCodes({ device }, configuration, NOW)[0]).toBe('compliant');
  });
});

describe('where no source is required', () => {
  it('one assessment by any of them is enough', () => {
    const device = deviceOf(enrolled('android'), healthy());
    expect(stateAndCodes({ device }, withSource(), NOW)[0]).toBe('compliant');
  });

  it('no assessment at all is missing data', () => {
    const device = deviceOf(enrolled('android'));
    expect(stateAndCodes({ device }, withSource(), NOW)).toContain('noPartnerData');
  });

  it('the silence of SEP Mobile’s own source does not matter beside the assessment of another', () => {
    const silent = given({ connector: { lastHeartbeatDateTime: '2025-11-01T00:00:00.000Z' } });
    const device = deviceOf(enrolled('android'), healthy());
    expect(stateAndCodes({ device }, withSource({}, silent), NOW)[0]).toBe('compliant');
    expect(stateAndCodes({ device }, silent, NOW)).toContain('partnerUnresponsive');
  });
});

describe('a source that is disabled or gone', () => {
  it.each([
    ['disabled', withSource({ isEnabled: false })],
    ['gone', given()],
  ])('and %s does not count, for better or worse', (_, configuration) => {
    const threatened = healthyDeviceOn('android', open());
    expect(stateAndCodes({ device: threatened }, configuration, NOW)[0]).toBe('compliant');
    const unassessed = deviceOf(enrolled('android'), healthy());
    expect(stateAndCodes({ device: unassessed }, configuration, NOW)).toContain('noPartnerData');
  });

  it('may be SEP Mobile’s own', () => {
    const own: EventSource = { ...ZIMPERIUM, id: 'default', kind: 'cloudEvents', isEnabled: false };
    const configuration = { ...given(), eventSources: [own, ZIMPERIUM] };
    const { sourceId: _, ...ownIncident } = open();
    const device = deviceOf(enrolled('android'), ownIncident, healthy());
    expect(stateAndCodes({ device }, configuration, NOW)[0]).toBe('compliant');
  });
});

describe('the silence of a device to a source', () => {
  const later = addSeconds(NOW, 2 * 60 * 60);
  const heartbeat = from(signalOf({ type: 'heartbeat' }, NOW));

  it('means nothing if the source sends no signs of life', () => {
    const device = healthyDeviceOn('android', healthy(), heartbeat);
    const { isSilent } = evaluateCompliance({ device }, withSource(), later);
    expect(isSilent).toBe(false);
  });

  it('blocks after the window of the source, in its name', () => {
    const device = healthyDeviceOn('android', healthy(), heartbeat);
    const configuration = withSource({ silenceWindowInSeconds: 3600, lastEventDateTime: later });
    const due = addSeconds(NOW, 3600);
    expect(evaluateCompliance({ device }, configuration, NOW).silenceDueDateTime).toBe(due);
    expect(reasonsOf(device, configuration, later)).toContainEqual({
      code: 'deviceSilent',
      message: 'the device has been silent to Zimperium for longer than allowed',
      setting: 'deviceHeartbeatWindowInSeconds, deviceComplianceCheckinThresholdDays',
      sourceId: 'zimperium',
    });
  });

  it('stands still while the source itself is silent', () => {
    const device = healthyDeviceOn('android', healthy(), heartbeat);
    const configuration = withSource({ silenceWindowInSeconds: 3600, lastEventDateTime: NOW });
    const evaluation = evaluateCompliance({ device }, configuration, later);
    expect(evaluation.isSilent).toBe(false);
    expect(evaluation.changeDueDateTime).toBe(addSeconds(later, 3600));
  });
});

describe('a detection that its source never ends', () => {
  const detected = open({ isDetectionOnly: true });
  const ends = addSeconds(NOW, 24 * 60 * 60);

  it('counts for the lifetime of the source, to the second', () => {
    const device = healthyDeviceOn(
      'android',
      healthy(),
      detected,
      signalOf({ type: 'heartbeat' }, ends),
    );
    const before = evaluateCompliance({ device }, withSource(), addSeconds(ends, -1));
    expect(before.complianceState).toBe('noncompliant');
    expect(before.changeDueDateTime).toBe(ends);
    expect(evaluateCompliance({ device }, withSource(), ends).complianceState).toBe('compliant');
  });

  it('leaves the record after it', () => {
    const configuration = withSource();
    const record = advanceRecord(
      createDeviceRecord('phone-1'),
      [enrolled('android'), detected],
      configuration,
      NOW,
    );
    expect(record.device.sources?.['zimperium']?.incidents).toHaveLength(1);
    const after = advanceRecord(record, [], configuration, ends);
    expect(after.device.sources?.['zimperium']?.incidents).toEqual([]);
  });

  it('counts anew when it is detected again', () => {
    const again = open({ isDetectionOnly: true }, addSeconds(NOW, 3600));
    const device = healthyDeviceOn('android', healthy(), detected, again);
    expect(stateAndCodes({ device }, withSource(), ends)[0]).toBe('noncompliant');
  });
});
