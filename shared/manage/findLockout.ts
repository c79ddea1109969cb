import type { Configuration } from '../domain/configuration.ts';
import type { DateTime } from '../domain/dateTime.ts';
import { decideAccess, RESOURCES } from '../domain/decideAccess.ts';
import type { DeviceRecord } from '../domain/deviceRecord.ts';
import { evaluateCompliance, type ComplianceEvaluation } from '../domain/evaluateCompliance.ts';
import type { Identification } from '../domain/identification.ts';
import { OPERATING_SYSTEMS, type OperatingSystem } from '../domain/signal.ts';
import type { DeviceList } from '../ports.ts';

const PAGE_SIZE = 100;
/** A change that lets none of the first thousand devices in is taken to let nobody in. */
const MAX_PAGES = 10;

interface LockoutContext {
  readonly now: DateTime;
  /** The strongest proof of which device it is that any caller can bring. */
  readonly strongest: Identification;
}

/**
 * Whether going from one configuration to another would lock everybody out: not even a device without fault would be
 * let into anything, or no enrolled device would that is now. One page of devices as a rule, ten at most.
 */
export async function locksEveryoneOut(
  devices: DeviceList,
  before: Configuration,
  after: Configuration,
  { now, strongest }: LockoutContext,
): Promise<boolean> {
  const letsIn = (evaluation: ComplianceEvaluation, configuration: Configuration): boolean =>
    RESOURCES.some(
      (resource) =>
        decideAccess(evaluation, { resource, identifiedBy: strongest }, configuration, now)
          .decision === 'allow',
    );
  const wouldLetFaultlessIn = (configuration: Configuration): boolean =>
    OPERATING_SYSTEMS.some((system) => letsIn(faultless(system), configuration));
  if (wouldLetFaultlessIn(before) && !wouldLetFaultlessIn(after)) return true;
  const isIn = ({ device, evaluation }: DeviceRecord, configuration: Configuration): boolean =>
    letsIn(
      evaluateCompliance(
        { device, ...(evaluation === undefined ? {} : { evaluation }) },
        configuration,
        now,
      ),
      configuration,
    );
  let wasAnybodyIn = false;
  let continuation: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { records, continuation: next } = await devices.list({}, PAGE_SIZE, continuation);
    if (records.some((record) => isIn(record, after))) return false;
    wasAnybodyIn ||= records.some((record) => isIn(record, before));
    if (next === undefined) break;
    continuation = next;
  }
  return wasAnybodyIn;
}

/** What the evaluation of a device is that meets every policy, and whose user is in no group and named nowhere. */
function faultless(operatingSystem: OperatingSystem): ComplianceEvaluation {
  return {
    isManaged: true,
    complianceState: 'compliant',
    partnerReportedThreatState: 'secured',
    threatLevelByDefence: {
      physical: 'secured',
      network: 'secured',
      application: 'secured',
      vulnerability: 'secured',
    },
    reasons: [],
    threats: [],
    openIncidents: [],
    properties: {
      operatingSystem,
      osVersion: '0',
      userPrincipalName: 'nobody@invalid',
      userId: 'nobody',
      groupIds: [],
    },
    isSilent: false,
    policyVersion: 'none',
    policyStates: {},
  };
}
