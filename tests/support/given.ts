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
import type {
  DeviceSignal,
  ManagedDeviceProperties,
} from '../../shared/domain/vocabulary/signal.ts';
import { sampleConfiguration } from './sampleConfiguration.ts';
import { deviceOf, signalOf } from './signals.ts';

/** A moment before `NOW`, at which the preconditions of a case happened. */
export const BEFORE = '2026-01-01T12:00:00.000Z';

export const SAMPLE = sampleConfiguration();

export interface Changes {
  readonly policy?: Partial<DeviceCompliancePolicy>;
  readonly connector?: Partial<MobileThreatDefenseConnector>;
  readonly settings?: Partial<TenantSettings>;
}

/** The sample organisation with these changes; the policies of both platforms change alike. */
export function given({ policy = {}, connector = {}, settings = {} }: Changes = {}): Configuration {
  const { connector: sampleConnector, tenantSettings } = SAMPLE;
  if (sampleConnector === undefined || tenantSettings === undefined)
    throw new TypeError('no sample');
  return {
    ...SAMPLE,
    tenantSettings: { ...tenantSettings, ...settings },
    connector: { ...sampleConnector, ...connector },
    compliancePolicies: SAMPLE.compliancePolicies.map((each) => ({ ...each, ...policy })),
  };
}

export function enrolled(platform: Platform, osVersion = '15', at = BEFORE): DeviceSignal {
  const operatingSystem = platform === 'android' ? 'Android' : 'iOS';
  return signalOf({ type: 'enrolled', properties: { operatingSystem, osVersion } }, at);
}

/** A device that was enrolled, activated and assessed as healthy at `BEFORE`, and then sent these signals. */
export function healthyDeviceOn(platform: Platform, ...then: readonly DeviceSignal[]): Device {
  return deviceOf(
    enrolled(platform),
    signalOf({ type: 'activated' }, BEFORE),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
    ...then,
  );
}

/** A device that was enrolled with these properties and assessed as healthy at `BEFORE`. */
export function assessedDevice(properties: Partial<ManagedDeviceProperties> = {}): Device {
  return deviceOf(
    signalOf(
      {
        type: 'enrolled',
        properties: { operatingSystem: 'Android', osVersion: '15', ...properties },
      },
      BEFORE,
    ),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
  );
}

/** The part of a policy that blocks a failing device after so many hours. */
export function blockAfter(
  gracePeriodHours: number,
): Pick<DeviceCompliancePolicy, 'scheduledActionsForRule'> {
  return {
    scheduledActionsForRule: [
      { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours }] },
    ],
  };
}

/** The compliance state, then the codes of its reasons. */
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
