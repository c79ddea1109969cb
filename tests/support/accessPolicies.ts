import type {
  ConditionalAccessPolicy,
  Configuration,
} from '../../shared/domain/compliance/configuration.ts';
import { applyAccessPolicies } from '../../shared/domain/access/applyAccessPolicies.ts';
import type { AccessContext } from '../../shared/domain/access/accessContext.ts';
import { evaluateCompliance } from '../../shared/domain/compliance/evaluateCompliance.ts';
import type { Device } from '../../shared/domain/devices/device.ts';
import { SAMPLE } from './given.ts';
import { NOW } from './signals.ts';

export type Conditions = ConditionalAccessPolicy['conditions'];

const ALL: Conditions['applications'] = { includeApplications: ['All'] };

/** A conditional access policy for all resources, unless `conditions` say otherwise. */
export function accessPolicy(
  id: string,
  conditions: Partial<Conditions>,
  control: 'block' | 'compliantDevice',
  state: ConditionalAccessPolicy['state'] = 'enabled',
): ConditionalAccessPolicy {
  return {
    id,
    version: 1,
    displayName: id,
    state,
    conditions: { applications: ALL, ...conditions },
    grantControls: { operator: 'OR', builtInControls: [control] },
  };
}

/** Allows every compliant device to reach every resource. */
export const BASE_POLICY = accessPolicy('base', {}, 'compliantDevice');

/** The sample organisation with these conditional access policies. */
export function withOnly(...policies: readonly ConditionalAccessPolicy[]): Configuration {
  return { ...SAMPLE, conditionalAccessPolicies: policies };
}

/** The sample organisation with the base policy and these. */
export function withPolicies(...policies: readonly ConditionalAccessPolicy[]): Configuration {
  return withOnly(BASE_POLICY, ...policies);
}

/** Evaluates a device and decides its access at `NOW`. */
export function decide(
  device: Device,
  configuration: Configuration,
  context: AccessContext = { resource: 'wifi', identifiedBy: 'deviceId' },
): ReturnType<typeof applyAccessPolicies> {
  return applyAccessPolicies(
    evaluateCompliance({ device }, configuration, NOW),
    context,
    configuration,
    NOW,
  );
}
