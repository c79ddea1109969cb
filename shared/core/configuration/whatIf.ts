import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import {
  evaluateCompliance,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { Reason } from '../../domain/vocabulary/reason.ts';
import type { ComplianceState } from '../../domain/compliance/complianceState.ts';
import type { DeviceList } from '../ports/devices.ts';

const PAGE_SIZE = 500;
/** The limit for one call, because a caller waits: about 10,000 devices are evaluated in a second. */
const MAX_DEVICES = 5000;

interface Outcome {
  readonly complianceState: ComplianceState;
  readonly reasons: readonly Reason[];
  readonly complianceGracePeriodExpirationDateTime?: DateTime;
}

/** A device whose compliance state would change. */
interface WhatIfChange {
  readonly deviceId: string;
  readonly userPrincipalName?: string;
  readonly current: Outcome;
  readonly whatIf: Outcome;
}

export interface WhatIfReport {
  readonly evaluatedDeviceCount: number;
  /** Devices with an unreadable record: in error before and after. */
  readonly unreadableDeviceCount: number;
  /** How many devices would change to each state. */
  readonly changedDeviceCounts: Readonly<Partial<Record<ComplianceState, number>>>;
  readonly changes: readonly WhatIfChange[];
  /** The position at which the next call continues; absent at the end of the fleet. */
  readonly continuation?: string;
}

/** Reports which devices would change their compliance state with another configuration, and why. Writes nothing. */
export async function whatIf(
  devices: DeviceList,
  before: Configuration,
  after: Configuration,
  now: DateTime,
  from: string | undefined,
): Promise<WhatIfReport> {
  const changes: WhatIfChange[] = [];
  let evaluatedDeviceCount = 0;
  let unreadableDeviceCount = 0;
  let continuation = from;
  do {
    const page = await devices.list({}, PAGE_SIZE, continuation);
    evaluatedDeviceCount += page.records.length;
    unreadableDeviceCount += page.unreadable.length;
    changes.push(...page.records.flatMap((record) => compare(record, before, after, now) ?? []));
    ({ continuation } = page);
  } while (continuation !== undefined && evaluatedDeviceCount < MAX_DEVICES);
  const changedDeviceCounts = Object.fromEntries(
    [...Map.groupBy(changes, (change) => change.whatIf.complianceState)].map(
      ([state, { length }]) => [state, length],
    ),
  );
  return {
    evaluatedDeviceCount,
    unreadableDeviceCount,
    changedDeviceCounts,
    changes,
    ...defined({ continuation }),
  };
}

function compare(
  record: DeviceRecord,
  before: Configuration,
  after: Configuration,
  now: DateTime,
): WhatIfChange | undefined {
  const current = evaluateCompliance(record, before, now);
  const changed = evaluateCompliance(record, after, now);
  if (current.complianceState === changed.complianceState) return undefined;
  const userPrincipalName = current.properties?.userPrincipalName || undefined;
  return {
    deviceId: record.device.deviceId,
    ...defined({ userPrincipalName }),
    current: toOutcome(current),
    whatIf: toOutcome(changed),
  };
}

function toOutcome(evaluation: ComplianceEvaluation): Outcome {
  const { complianceState, reasons, complianceGracePeriodExpirationDateTime: end } = evaluation;
  return {
    complianceState,
    reasons,
    ...defined({ complianceGracePeriodExpirationDateTime: end }),
  };
}
