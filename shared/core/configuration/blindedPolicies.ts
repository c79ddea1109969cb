import {
  connectorFor,
  type ConditionalAccessPolicy,
  type Configuration,
  type Platform,
} from '../../domain/compliance/configuration.ts';

const PLATFORMS: readonly Platform[] = ['android', 'iOS'];

/**
 * The enabled conditional access policies that ask about threats and would no longer get an answer for some platform
 * after the change: it makes the integration Basic or read-only, or switches the platform off. Unknown threats count, so
 * such a policy then applies to every device of the platform.
 */
export function blindedPolicies(
  before: Configuration,
  after: Configuration,
): readonly ConditionalAccessPolicy[] {
  const lost = PLATFORMS.filter(
    (platform) => reports(before, platform) && !reports(after, platform),
  );
  return after.conditionalAccessPolicies.filter(
    (policy) =>
      policy.state === 'enabled' &&
      policy.conditions.deviceThreat !== undefined &&
      lost.some((platform) => mayCover(policy, platform)),
  );
}

/** Whether SEP Mobile's reports say something about the threats of each defence. */
function reports({ connector }: Configuration, platform: Platform): boolean {
  return (
    connector !== undefined &&
    connector.reportDeviceHealthAndRisk &&
    connector.reportSecurityIncidents &&
    connectorFor(connector, platform).isEnabled
  );
}

function mayCover(
  { conditions: { platforms } }: ConditionalAccessPolicy,
  platform: Platform,
): boolean {
  if (platforms === undefined) return true;
  const { includePlatforms, excludePlatforms = [] } = platforms;
  return (
    (includePlatforms.includes('all') || includePlatforms.includes(platform)) &&
    !excludePlatforms.includes(platform)
  );
}
