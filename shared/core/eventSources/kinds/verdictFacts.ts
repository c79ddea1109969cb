import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { HEALTH_STATES, RISK_LEVELS, type RiskLevel } from '../../../domain/vocabulary/threat.ts';
import { isBlank } from '../../ingest/partReader.ts';
import { toWord, type EventReading, type EventTime, type Stamp } from './eventReading.ts';
import { addTimeFault } from './threatFacts.ts';

type HealthState = (typeof HEALTH_STATES)[number];

/** What a vendor says of the device as a whole. */
export interface Verdict {
  readonly riskLevel?: RiskLevel | undefined;
  readonly healthState?: HealthState | undefined;
}

/** The level by its row; `undefined` if it is absent, or its row says that it means nothing. An unknown one is the worst. */
export function readRiskLevel(
  reading: EventReading,
  field: string,
  value: unknown,
): RiskLevel | undefined {
  const known = readState(reading, 'riskLevel', field, value) ?? 'high';
  return RISK_LEVELS.find((each) => each === known);
}

/** The meaning of a word on the health of the app; `undefined` if it is absent. An unknown one is the worst. */
export function readHealthWord(
  reading: EventReading,
  field: string,
  value: unknown,
): string | undefined {
  if (isBlank(value)) return undefined;
  return readState(reading, 'healthState', field, value) ?? 'compromised';
}

/** `nothing` for an absent value, `undefined` for an unknown word. */
function readState(
  reading: EventReading,
  fault: 'riskLevel' | 'healthState',
  field: string,
  value: unknown,
): string | undefined {
  if (isBlank(value)) return 'nothing';
  const known = reading.meaning(field, value);
  if (known !== undefined) return known;
  const { reader } = reading;
  const path = `/${field.replaceAll('.', '/')}`;
  reader.addProblem(path, 'has no row in the mapping, so it counts as the worst');
  reader.addFault(fault, toWord(value));
  return undefined;
}

/** The worse of two levels. */
export function worseLevel(
  a: RiskLevel | undefined,
  b: RiskLevel | undefined,
): RiskLevel | undefined {
  return RISK_LEVELS.findLast((each) => each === a || each === b);
}

/** The worst state of health that the words mean. */
export function worstHealth(words: readonly (string | undefined)[]): HealthState | undefined {
  return HEALTH_STATES.find((each) => words.includes(each));
}

/** The signal of a verdict. Without a usable time a good one says nothing, and a bad one counts as the worst. */
export function toVerdictSignals(
  reading: EventReading,
  time: EventTime,
  stamp: Stamp,
  { riskLevel = 'minimal', healthState }: Verdict,
): readonly UndirectedSignal[] {
  const isGood = riskLevel === 'minimal' && healthState === undefined;
  addTimeFault(reading, time);
  if (isGood && !time.read.ok) return [];
  const { faults } = reading;
  return [
    {
      ...stamp,
      type: 'riskReported',
      riskLevel: time.read.ok ? riskLevel : 'high',
      ...(healthState === undefined ? {} : { healthState }),
      ...(faults.length === 0 ? {} : { faults }),
    },
  ];
}

/**
 * The signal of a device that is jailbroken, rooted, or neither. Without a usable time the good report says nothing, and
 * the bad one marks the defence, as it could replace a worse one.
 */
export function toRootedSignals(
  reading: EventReading,
  time: EventTime,
  stamp: Stamp,
  jailbrokenOrRooted: boolean | undefined,
): readonly UndirectedSignal[] {
  if (jailbrokenOrRooted === undefined || (!time.read.ok && !jailbrokenOrRooted)) return [];
  addTimeFault(reading, time);
  const { faults } = reading;
  const [fault] = faults;
  const physical = { jailbrokenOrRooted, ...(fault === undefined ? {} : { faults }) };
  return [
    { ...stamp, type: 'telemetryReported', telemetry: { physical } },
    ...(time.read.ok || fault === undefined
      ? []
      : [{ ...stamp, type: 'reportUnreadable' as const, kind: 'physical' as const, fault }]),
  ];
}
