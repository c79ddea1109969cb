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
/** A change that lets none of the first thousand devices in is taken to let nobody in. */
const MAX_PAGES = 10;

interface Moment {
  readonly now: DateTime;
  /** The strongest proof of which device it is that any caller can bring. */
  readonly strongest: Identification;
}

/**
 * Whether going from one configuration to another would lock everybody out: none of the enrolled devices that are let
 * into anything now would be any more, at once or when a period of grace is over; and where none is let in now, no
 * device without fault would be. One page of devices as a rule, ten at most.
 */
export async function blocksEveryone(
  devices: DeviceList,
  before: Configuration,
  after: Configuration,
  moment: Moment,
): Promise<boolean> {
  const inTheEnd = { before: withoutGrace(before), after: withoutGrace(after) };
  const wasIn = { now: false, inTheEnd: false };
  const willBeIn = { now: false, inTheEnd: false };
  const look = (subject: EvaluationSubject): void => {
    wasIn.now ||= isIn(subject, before, moment);
    willBeIn.now ||= isIn(subject, after, moment);
    wasIn.inTheEnd ||= isIn(subject, inTheEnd.before, moment);
    willBeIn.inTheEnd ||= isIn(subject, inTheEnd.after, moment);
  };
  let continuation: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { records, continuation: next } = await devices.list({}, PAGE_SIZE, continuation);
    records.forEach(look);
    if (willBeIn.now && willBeIn.inTheEnd) return false;
    if (next === undefined) break;
    continuation = next;
  }
  if (!wasIn.now) healthyDevices([before, after], moment.now).forEach(look);
  return (wasIn.now && !willBeIn.now) || (wasIn.inTheEnd && !willBeIn.inTheEnd);
}

/** Whether the device is let into anything that the configuration knows of. */
function isIn(
  subject: EvaluationSubject,
  configuration: Configuration,
  { now, strongest: identifiedBy }: Moment,
): boolean {
  const evaluation = evaluateCompliance(subject, configuration, now);
  return resourcesOf(configuration).some(
    (resource) =>
      applyAccessPolicies(evaluation, { resource, identifiedBy }, configuration, now).decision ===
      'allow',
  );
}

/** What is guarded: ours, the apps that a policy names, and one that none does. */
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
