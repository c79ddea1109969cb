import { expect, it } from 'vitest';
import { defined } from '../../../../shared/base/defined.ts';
import { blindedPolicies } from '../../../../shared/core/configuration/blindedPolicies.ts';
import type {
  ConditionalAccessPolicy,
  Configuration,
  MobileThreatDefenseConnector,
} from '../../../../shared/domain/compliance/configuration.ts';
import { accessPolicy, withPolicies, type Conditions } from '../../../support/accessPolicies.ts';
import { given } from '../../../support/given.ts';

const FULL: Partial<MobileThreatDefenseConnector> = {};
const deviceThreat = { defences: ['network'], minimumLevel: 'low' } as const;
const asking = (
  conditions: Partial<Conditions> = {},
  state?: ConditionalAccessPolicy['state'],
): ConditionalAccessPolicy =>
  accessPolicy('asking', { deviceThreat, ...conditions }, 'block', state);

function configurationOf(
  connector: Partial<MobileThreatDefenseConnector>,
  policy: ConditionalAccessPolicy,
): Configuration {
  return { ...withPolicies(policy), ...defined({ connector: given({ connector }).connector }) };
}

const isBlinded = (
  before: Partial<MobileThreatDefenseConnector>,
  after: Partial<MobileThreatDefenseConnector>,
  policy = asking(),
): boolean =>
  blindedPolicies(configurationOf(before, policy), configurationOf(after, policy)).length > 0;

it.each<[string, Partial<MobileThreatDefenseConnector>]>([
  ['Basic integration', { reportSecurityIncidents: false }],
  ['read-only integration', { reportDeviceHealthAndRisk: false }],
  ['Android off', { androidEnabled: false }],
  ['iOS off', { iosEnabled: false }],
])('%s blinds a policy that asks about threats', (_, after) => {
  expect(isBlinded(FULL, after)).toBe(true);
  expect(isBlinded(after, FULL)).toBe(false);
  expect(isBlinded(after, after)).toBe(false);
});

it.each<[string, ConditionalAccessPolicy]>([
  ['is not enabled', asking({}, 'disabled')],
  ['only reports', asking({}, 'enabledForReportingButNotEnforced')],
  ['asks about no threat', accessPolicy('other', {}, 'block')],
  ['is for another platform', asking({ platforms: { includePlatforms: ['iOS'] } })],
  [
    'excludes the platform',
    asking({ platforms: { includePlatforms: ['all'], excludePlatforms: ['android'] } }),
  ],
])('a platform that is switched off blinds no policy that %s', (_, policy) => {
  expect(isBlinded(FULL, { androidEnabled: false }, policy)).toBe(false);
});
