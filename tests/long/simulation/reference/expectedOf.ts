import type { Ceiling } from '../histories/history.ts';
import type { SourceRule } from '../histories/eventSources.ts';
import { fold } from '../histories/oddGuid.ts';
import { STRICT_GROUP } from '../histories/createEnrolment.ts';
import { DEFENCES, type Defence, type Enrolment } from '../histories/simulatedEvent.ts';
import { isOf, lastOf, type Fact } from './facts.ts';
import { hasUnreadableReport } from './marks.ts';
import { incidentThreatsOf } from './overflow.ts';
import { combinedWordOf, type SourceWord } from './sources.ts';
import { silenceOf, type Moment, type SilenceRules } from './silence.ts';
import { findingsOf, type Threat } from './threats.ts';
import { appHealthOf, LEVEL_OF, verdictOf } from './verdict.ts';

/**
 * What a device is expected to be, from the documented rules and without code of the product: it depends on the set of
 * facts, whatever their order, and on the moment.
 */
export interface Expected {
  readonly complianceState: 'compliant' | 'noncompliant' | 'error' | 'unknown';
  /** Empty if any state is acceptable. */
  readonly threatState: string;
  /** The worst threat of each defence, as a number: 0 is secured, 3 is high. */
  readonly levels: Readonly<Record<Defence, number>>;
  /** Absent for a device that is not enrolled. */
  readonly enrolment?: Partial<Enrolment>;
}

const CEILINGS = ['secured', 'low', 'medium', 'high'];
const THREAT_STATES = ['secured', 'lowSeverity', 'mediumSeverity', 'highSeverity'];

export interface Rules extends SilenceRules {
  readonly ceiling: Ceiling;
  /** Whether the strict group has its policy. */
  readonly hasStrictPolicy: boolean;
  /** The event sources beside SEP Mobile's webhook; absent without any. */
  readonly sources?: readonly SourceRule[];
}

/**
 * The acceptable expectations. Not every heartbeat within the slack is stored, so a device may count as silent up to a
 * slack earlier; which incidents a record keeps in full depends on the order of the reports. Nothing else may differ.
 */
export function expectedOf(
  facts: readonly Fact[],
  rules: Rules,
  moment: Moment,
): readonly Expected[] {
  if (rules.sources !== undefined) return expectedBySources(facts, rules, moment);
  const findings = findingsOf(facts);
  const silence = [...new Set(silenceOf(facts, rules, moment))];
  return incidentThreatsOf(facts).flatMap((incidents) =>
    silence.map((isSilent) => expectedWith(facts, [...incidents, ...findings], rules, isSilent)),
  );
}

function expectedWith(
  facts: readonly Fact[],
  threats: readonly Threat[],
  rules: Rules,
  isSilent: boolean,
): Expected {
  const verdict = verdictOf(facts);
  const isCompromisedByThreat = threats.some(
    ({ level, isForAdministrator }) => level === 3 && isForAdministrator,
  );
  const health = appHealthOf(facts, isCompromisedByThreat);
  const level = Math.max(
    0,
    ...(verdict === undefined ? [] : [LEVEL_OF[verdict.riskLevel] ?? 0]),
    ...threats.map((threat) => threat.level),
  );
  return toExpected(facts, { health, level, threats }, rules, isSilent);
}

/** The silence of a device is measured by SEP Mobile's own source here: the others promise no signs of life. */
function expectedBySources(
  facts: readonly Fact[],
  rules: Rules,
  moment: Moment,
): readonly Expected[] {
  const word = combinedWordOf(facts, rules.sources ?? [], moment.now);
  const own = facts.filter(({ sourceId }) => sourceId === undefined);
  return [...new Set(silenceOf(own, rules, moment))].map((isSilent) =>
    toExpected(facts, word, rules, isSilent),
  );
}

function toExpected(
  facts: readonly Fact[],
  { health, level, threats }: SourceWord,
  rules: Rules,
  isSilent: boolean,
): Expected {
  const levels = Object.fromEntries(
    DEFENCES.map((defence) => [
      defence,
      Math.max(
        0,
        ...threats.filter(({ defences }) => defences.includes(defence)).map((each) => each.level),
      ),
    ]),
  ) as Expected['levels'];
  const enrolment = lastOf(facts.filter(isOf('enrolled', 'unenrolled')));
  if (enrolment?.type !== 'enrolled')
    return { complianceState: 'unknown', threatState: '', levels };
  const properties = enrolment.enrolment ?? {};
  const isGood = !isSilent && health === 'secured' && level <= ceilingOf(properties, rules);
  const goodOrNot = isGood ? 'compliant' : 'noncompliant';
  return {
    complianceState: hasUnreadableReport(facts) ? 'error' : goodOrNot,
    threatState: threatStateOf(health, level, isSilent),
    levels,
    enrolment: properties,
  };
}

/** The strictest policy of the device. It has those of a group if nobody knows whether it is a member. */
function ceilingOf({ groupIds }: Partial<Enrolment>, { ceiling, hasStrictPolicy }: Rules): number {
  const isStrict =
    hasStrictPolicy && (groupIds === undefined || groupIds.map(fold).includes(STRICT_GROUP));
  return isStrict ? 0 : CEILINGS.indexOf(ceiling);
}

/** A known threat is not hidden by the state of the app, nor by its silence. */
function threatStateOf(health: string, level: number, isSilent: boolean): string {
  if (health === 'compromised') return health;
  if (level > 0) return THREAT_STATES[level] ?? '';
  return isSilent ? 'unresponsive' : health;
}
