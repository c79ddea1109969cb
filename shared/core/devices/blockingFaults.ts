import type { DateTime } from '../../base/dateTime.ts';
import { compareComplianceStates } from '../../domain/compliance/complianceState.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import {
  evaluateCompliance,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import { faultsOf, mergeSignals } from '../../domain/devices/mergeSignals.ts';
import {
  reportFaultId,
  type KnownReportFault,
  type ReportFault,
} from '../../domain/vocabulary/reportFault.ts';
import type { DeviceSignal } from '../../domain/vocabulary/signal.ts';
import { DEFENCES, isWorse } from '../../domain/vocabulary/threat.ts';

/**
 * The faults of the signals that would newly block the device, or newly let an access policy on threats apply to it: with
 * them the device is worse off than before, and without them it is not.
 */
export function blockingFaults(
  record: DeviceRecord,
  signals: readonly DeviceSignal[],
  configuration: Configuration,
  now: DateTime,
): readonly ReportFault[] {
  const faults = distinct(signals.flatMap(faultsOf));
  const merged = { ...record, device: mergeSignals(record.device, signals) };
  const before = evaluateCompliance(record, configuration, now);
  const withFaults = evaluateCompliance(merged, configuration, now);
  if (!isWorseOff(withFaults, before, configuration)) return [];
  const ignoring = ignore(faults, configuration);
  const withoutFaults = evaluateCompliance(merged, ignoring, now);
  return isWorseOff(withFaults, withoutFaults, configuration) ? faults : [];
}

function distinct(faults: readonly ReportFault[]): readonly ReportFault[] {
  return [...new Map(faults.map((fault) => [reportFaultId(fault), fault])).values()];
}

function ignore(faults: readonly ReportFault[], configuration: Configuration): Configuration {
  const ids = new Set(faults.map(reportFaultId));
  const others = configuration.reportFaults.filter(({ id }) => !ids.has(id));
  const ignored = faults.map((fault): KnownReportFault => ({
    ...fault,
    id: reportFaultId(fault),
    state: 'resolved',
    meaning: 'nothing',
  }));
  return { ...configuration, reportFaults: [...others, ...ignored] };
}

function isWorseOff(
  after: ComplianceEvaluation,
  before: ComplianceEvaluation,
  { conditionalAccessPolicies }: Configuration,
): boolean {
  if (compareComplianceStates(after.complianceState, before.complianceState) > 0) return true;
  const dependsOnThreats = conditionalAccessPolicies.some(
    ({ state, conditions }) => state === 'enabled' && conditions.deviceThreat !== undefined,
  );
  return (
    dependsOnThreats &&
    DEFENCES.some((defence) =>
      isWorse(after.threatLevelByDefence[defence], before.threatLevelByDefence[defence]),
    )
  );
}
