import type { Configuration } from '../domain/configuration.ts';
import type { DateTime } from '../domain/dateTime.ts';
import { decideAccess, RESOURCES } from '../domain/decideAccess.ts';
import type { DeviceRecord } from '../domain/deviceRecord.ts';
import { evaluateCompliance, type ComplianceEvaluation } from '../domain/evaluateCompliance.ts';
import { OPERATING_SYSTEMS, type OperatingSystem } from '../domain/signal.ts';
import type { DeviceList } from '../ports.ts';

const PAGE_SIZE = 100;
/** A change that lets none of the first thousand devices in is taken to let nobody in. */
const MAX_PAGES = 10;

/**
 * Whether going from one configuration to another would lock everybody out: not even a device without fault would be
 * let into anything, or no enrolled device would that is now. One page of devices as a rule, ten at most.
 */
export async function locksEveryoneOut(
  devices: DeviceList,
  before: Configuration,
  after: Configuration,
  now: DateTime,
): Promise<boolean> {
  const wouldLetFaultlessIn = (configuration: Configuration): boolean =>
    OPERATING_SYSTEMS.some((system) => letsIn(faultless(system), configuration, now));
  if (wouldLetFaultlessIn(before) && !wouldLetFaultlessIn(after)) return true;
  const isIn = ({ device, evaluation }: DeviceRecord, configuration: Configuration): boolean =>
    letsIn(
      evaluateCompliance(
        { device, ...(evaluation === undefined ? {} : { evaluation }) },
        configuration,
        now,
      ),
      configuration,
      now,
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

function letsIn(
  evaluation: ComplianceEvaluation,
  configuration: Configuration,
  now: DateTime,
): boolean {
  return RESOURCES.some(
    (resource) => decideAccess(evaluation, { resource }, configuration, now).decision === 'allow',
  );
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
