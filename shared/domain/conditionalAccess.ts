import { toPlatform, type ConditionalAccessPolicy } from './configuration.ts';
import type { AccessContext } from './decideAccess.ts';
import type { ComplianceEvaluation } from './evaluateCompliance.ts';
import { isWorse } from './threat.ts';

/**
 * Whether a conditional access policy applies to the request; every condition has to. What is not known of a device
 * or its user never takes it out of a policy: an unknown group may be the included one, and is never the excluded.
 */
export function appliesTo(
  { conditions }: ConditionalAccessPolicy,
  evaluation: ComplianceEvaluation,
  context: AccessContext,
): boolean {
  return (
    coversResource(conditions.applications, context.resource) &&
    coversUser(conditions.users, evaluation, context) &&
    coversPlatform(conditions.platforms, evaluation) &&
    coversThreat(conditions.deviceThreat, evaluation)
  );
}

type Conditions = ConditionalAccessPolicy['conditions'];

function coversResource(
  { includeApplications, excludeApplications = [] }: Conditions['applications'],
  resource: string,
): boolean {
  const isNamed = (name: string): boolean => name === 'All' || name === resource;
  return includeApplications.some(isNamed) && !excludeApplications.some(isNamed);
}

function coversUser(
  users: Conditions['users'],
  { properties }: ComplianceEvaluation,
  { userPrincipalName }: AccessContext,
): boolean {
  if (users === undefined) return true;
  const { includeUsers = [], excludeUsers = [], includeGroups = [], excludeGroups = [] } = users;
  const enrolled = properties?.userPrincipalName;
  const isEnrolledUser = userPrincipalName === undefined || isSameUser(userPrincipalName, enrolled);
  // The groups are those of the enrolled user; of anybody else they are not known.
  const groups = isEnrolledUser ? properties?.groupIds : undefined;
  const names = [userPrincipalName ?? enrolled, isEnrolledUser ? properties?.userId : undefined];
  const isKnown = names.some((name) => name !== undefined && name !== '');
  const isNamed = (each: string): boolean =>
    each === 'All' || names.some((name) => isSameUser(each, name));
  const isIncluded =
    includeUsers.some(isNamed) ||
    (includeUsers.length > 0 && !includeUsers.includes('None') && !isKnown) ||
    includeGroups.some((group) => groups?.includes(group) ?? true);
  const isExcluded =
    excludeUsers.some(isNamed) || excludeGroups.some((group) => groups?.includes(group) ?? false);
  return isIncluded && !isExcluded;
}

/** User principal names do not tell upper from lower case (RFC 5321 leaves it to the host; Entra folds it). */
function isSameUser(a: string, b: string | undefined): boolean {
  return b !== undefined && a.toLowerCase() === b.toLowerCase();
}

function coversPlatform(
  platforms: Conditions['platforms'],
  { properties }: ComplianceEvaluation,
): boolean {
  if (platforms === undefined || properties === undefined) return true;
  const platform = toPlatform(properties.operatingSystem);
  const { includePlatforms, excludePlatforms = [] } = platforms;
  return (
    (includePlatforms.includes('all') || includePlatforms.includes(platform)) &&
    !excludePlatforms.includes(platform)
  );
}

function coversThreat(
  condition: Conditions['deviceThreat'],
  { threatLevelByDefence }: ComplianceEvaluation,
): boolean {
  if (condition === undefined) return true;
  return condition.defences.some((defence) => {
    const level = threatLevelByDefence[defence];
    return level === condition.minimumLevel || isWorse(level, condition.minimumLevel);
  });
}
