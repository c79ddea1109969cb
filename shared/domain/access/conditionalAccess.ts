import { isSameName } from '../../base/foldName.ts';
import { isSameId } from '../../base/guid.ts';
import { groupMembership, type GroupFacts } from '../compliance/groupMembership.ts';
import {
  toPlatform,
  type ConditionalAccessPolicy,
  type MobileThreatDefenseConnector,
  type Platform,
} from '../compliance/configuration.ts';
import { isSameResource, type AccessContext } from './accessContext.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import { both, either, type Applicability } from './applicability.ts';
import { coversThreat } from './coversThreat.ts';

/** Whether the policy applies: all of its conditions must. */
export function applicabilityOf(
  { conditions }: ConditionalAccessPolicy,
  evaluation: ComplianceEvaluation,
  context: AccessContext,
  connector: MobileThreatDefenseConnector | undefined,
): Applicability {
  if (!coversResource(conditions.applications, context.resource)) return 'no';
  return both(
    coversThreat(conditions.deviceThreat, evaluation, connector),
    both(
      coversUser(conditions.users, evaluation, context),
      coversPlatform(conditions.platforms, evaluation),
    ),
  );
}

type Conditions = ConditionalAccessPolicy['conditions'];

function coversResource(
  { includeApplications, excludeApplications = [] }: Conditions['applications'],
  resource: string,
): boolean {
  const isNamed = (name: string): boolean => name === 'All' || isSameResource(name, resource);
  return includeApplications.some(isNamed) && !excludeApplications.some(isNamed);
}

/** The user of the request, as far as known. Groups and object ids are known for the enrolled user only. */
interface KnownUser {
  readonly userPrincipalName: string | undefined;
  readonly userId: string | undefined;
  readonly groups: GroupFacts;
}

function knownUser(
  { properties }: ComplianceEvaluation,
  { userPrincipalName }: AccessContext,
): KnownUser {
  const enrolled = properties?.userPrincipalName || undefined;
  const isEnrolledUser =
    userPrincipalName === undefined ||
    (enrolled !== undefined && isSameName(userPrincipalName, enrolled));
  return {
    userPrincipalName: userPrincipalName ?? enrolled,
    userId: isEnrolledUser ? properties?.userId || undefined : undefined,
    groups: (isEnrolledUser ? properties : undefined) ?? {},
  };
}

function coversUser(
  users: Conditions['users'],
  evaluation: ComplianceEvaluation,
  context: AccessContext,
): Applicability {
  if (users === undefined) return 'yes';
  const user = knownUser(evaluation, context);
  const { includeUsers = [], excludeUsers = [], includeGroups = [], excludeGroups = [] } = users;
  const included = either([
    ...includeUsers.map((name) => isNamed(name, user)),
    ...includeGroups.map((group) => isMember(group, user)),
  ]);
  const excluded = either([
    ...excludeUsers.map((name) => isNamed(name, user)),
    ...excludeGroups.map((group) => isMember(group, user)),
  ]);
  const opposite = { yes: 'no', perhaps: 'perhaps', no: 'yes' } as const;
  return both(included, opposite[excluded]);
}

/** A policy names a user by principal name, which contains an `@`, or by object id, which does not. */
function isNamed(name: string, { userPrincipalName, userId }: KnownUser): Applicability {
  if (name === 'All') return 'yes';
  if (name === 'None') return 'no';
  const known = name.includes('@') ? userPrincipalName : userId;
  if (known === undefined) return 'perhaps';
  return isSameName(name, known) || isSameId(name, known) ? 'yes' : 'no';
}

function isMember(group: string, { groups }: KnownUser): Applicability {
  const membership = groupMembership(group, groups);
  return membership === 'unknown' ? 'perhaps' : membership;
}

function coversPlatform(
  platforms: Conditions['platforms'],
  { properties }: ComplianceEvaluation,
): Applicability {
  if (platforms === undefined) return 'yes';
  const { includePlatforms, excludePlatforms = [] } = platforms;
  const isIncluded = (platform: Platform): boolean =>
    (includePlatforms.includes('all') || includePlatforms.includes(platform)) &&
    !excludePlatforms.includes(platform);
  if (properties === undefined) return 'perhaps';
  return isIncluded(toPlatform(properties.operatingSystem)) ? 'yes' : 'no';
}
