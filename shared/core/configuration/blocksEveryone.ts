import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { applyAccessPolicies } from '../../domain/access/applyAccessPolicies.ts';
import { RESOURCES, type Resource } from '../../domain/access/accessContext.ts';
import {
  evaluateCompliance,
  type EvaluationSubject,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { Identification } from '../../domain/vocabulary/identification.ts';
import type { DeviceList } from '../ports/devices.ts';
import { healthyDevices } from './healthyDevices.ts';

const PAGE_SIZE = 100;
/** After so many devices without an allowed one, the change counts as one that allows no device. */
const MAX_DEVICES = 1000;

interface AccessTest {
  readonly now: DateTime;
  /** The strongest identification that any caller can provide. */
  readonly strongest: Identification;
}

/**
 * Whether a change from one configuration to another would block every device: some enrolled devices are allowed to
 * reach a resource now, and none would be, at once or after the grace periods. If none is allowed now, healthy devices
 * are tested instead. Usually reads one page of devices, at most a thousand devices.
 */
export async function blocksEveryone(
  devices: DeviceList,
  before: Configuration,
  after: Configuration,
  test: AccessTest,
): Promise<boolean> {
  const withGraceOver = { before: withoutGrace(before), after: withoutGrace(after) };
  const anyAllowedNow = { before: false, after: false };
  const anyAllowedInTheEnd = { before: false, after: false };
  const testDevice = (subject: EvaluationSubject): void => {
    anyAllowedNow.before ||= isAllowed(subject, before, test);
    anyAllowedNow.after ||= isAllowed(subject, after, test);
    anyAllowedInTheEnd.before ||= isAllowed(subject, withGraceOver.before, test);
    anyAllowedInTheEnd.after ||= isAllowed(subject, withGraceOver.after, test);
  };
  let tested = 0;
  let continuation: string | undefined;
  do {
    const page = await devices.list({}, PAGE_SIZE, continuation);
    page.records.forEach(testDevice);
    if (anyAllowedNow.after && anyAllowedInTheEnd.after) return false;
    tested += page.records.length + page.unreadable.length;
    ({ continuation } = page);
  } while (continuation !== undefined && tested < MAX_DEVICES);
  if (!anyAllowedNow.before) healthyDevices([before, after], test.now).forEach(testDevice);
  return [anyAllowedNow, anyAllowedInTheEnd].some((allowed) => allowed.before && !allowed.after);
}

/** Whether the device may reach any resource that the configuration names. */
function isAllowed(
  subject: EvaluationSubject,
  configuration: Configuration,
  { now, strongest: identifiedBy }: AccessTest,
): boolean {
  const evaluation = evaluateCompliance(subject, configuration, now);
  return resourcesOf(configuration).some(
    (resource) =>
      applyAccessPolicies(evaluation, { resource, identifiedBy }, configuration, now).decision ===
      'allow',
  );
}

/** The built-in resources, the apps that a policy names, and one app that no policy names. */
function resourcesOf({ conditionalAccessPolicies }: Configuration): readonly Resource[] {
  const named = conditionalAccessPolicies.flatMap(({ conditions: { applications } }) => [
    ...applications.includeApplications,
    ...(applications.excludeApplications ?? []),
  ]);
  const apps = named.filter((name): name is Resource => name.startsWith('companyApp:'));
  return [...RESOURCES, ...new Set(apps), 'companyApp:*'];
}

function withoutGrace(configuration: Configuration): Configuration {
  return {
    ...configuration,
    compliancePolicies: configuration.compliancePolicies.map((policy) => ({
      ...policy,
      scheduledActionsForRule: [],
    })),
  };
}
