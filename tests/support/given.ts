import type {
  Configuration,
  DeviceCompliancePolicy,
  MobileThreatDefenseConnector,
  Platform,
  TenantSettings,
} from '../../shared/domain/compliance/configuration.ts';
import type { Device } from '../../shared/domain/devices/device.ts';
import {
  evaluateCompliance,
  type ComplianceEvaluation,
  type EvaluationSubject,
} from '../../shared/domain/compliance/evaluateCompliance.ts';
import type { DeviceSignal } from '../../shared/domain/vocabulary/signal.ts';
import { sampleConfiguration } from './sampleConfiguration.ts';
import { deviceOf, signalOf } from './signals.ts';

/** A moment before `NOW`, at which what a case begins with happened. */
export const BEFORE = '2026-01-01T12:00:00.000Z';

export const SAMPLE = sampleConfiguration();

export interface Changes {
  readonly policy?: Partial<DeviceCompliancePolicy>;
  readonly connector?: Partial<MobileThreatDefenseConnector>;
  readonly settings?: Partial<TenantSettings>;
}

/** The sample organisation, in which one thing is otherwise: the policies of both platforms alike. */
export function given({ policy = {}, connector = {}, settings = {} }: Changes = {}): Configuration {
  const { connector: usual, tenantSettings } = SAMPLE;
  if (usual === undefined || tenantSettings === undefined) throw new TypeError('no sample');
  return {
    ...SAMPLE,
    tenantSettings: { ...tenantSettings, ...settings },
    connector: { ...usual, ...connector },
    compliancePolicies: SAMPLE.compliancePolicies.map((each) => ({ ...each, ...policy })),
  };
}

export function enrolled(platform: Platform, osVersion = '15', at = BEFORE): DeviceSignal {
  const operatingSystem = platform === 'android' ? 'Android' : 'iOS';
  return signalOf({ type: 'enrolled', properties: { operatingSystem, osVersion } }, at);
}

/** A device that was enrolled, activated and found well; then whatever is said to have happened. */
export function healthyDeviceOn(platform: Platform, ...then: readonly DeviceSignal[]): Device {
  return deviceOf(
    enrolled(platform),
    signalOf({ type: 'activated' }, BEFORE),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
    ...then,
  );
}

/** The state and the codes of its reasons. */
export function stateAndCodes(
  subject: EvaluationSubject,
  configuration: Configuration,
  now: string,
): readonly [string, ...string[]] {
  const { complianceState, reasons }: ComplianceEvaluation = evaluateCompliance(
    subject,
    configuration,
    now,
  );
  return [complianceState, ...reasons.map(({ code }) => code)];
}
