import { firstCharacters } from '../../base/firstCharacters.ts';
import type { DateTime } from '../../base/dateTime.ts';
import {
  APP_VERDICTS,
  DEFENCES,
  HEALTH_STATES,
  INCIDENT_SEVERITIES,
  RISK_LEVELS,
} from './threat.ts';

/** The kinds of report that a fault can make unreadable. `event` is a report of an unknown type. */
export const REPORT_KINDS = ['event', 'risk', 'incident', ...DEFENCES] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/**
 * A fault in a partner's report: a word that is not in the vocabulary of `field`, or a field that cannot be read at all.
 * A vendor that changes its words causes the same fault for a whole fleet, so a fault has a name.
 */
export interface ReportFault {
  readonly field: string;
  /** The unknown word, shortened; for a value that is no text, its type. */
  readonly word: string;
}

/** More faults in one report are counted as the worst too, but have no name. */
export const MAX_FAULTS = 8;

const MAX_WORD_LENGTH = 64;
const PLAIN_WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** The fault of `value` in `field`. */
export function toReportFault(field: string, value: unknown): ReportFault {
  const word = typeof value === 'string' ? value.trim() : kindOf(value);
  return { field, word: firstCharacters(word, MAX_WORD_LENGTH) };
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  return Array.isArray(value) ? 'array' : typeof value;
}

/**
 * The id of the fault: the same for the same word in any case, and fit for a URL and a Cosmos DB id. An odd word is
 * written in hexadecimal code points.
 */
export function reportFaultId({ field, word }: ReportFault): string {
  if (word === ANY_WORD) return `${field}.any-word`;
  const folded = word.toLowerCase();
  const text = PLAIN_WORD.test(folded)
    ? folded
    : `x-${Array.from(folded, (each) => each.codePointAt(0)?.toString(16)).join('-')}`;
  return `${field}.${text}`.slice(0, 200);
}

/** The fields whose unknown words an operator can translate, with the words of each. */
const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  riskLevel: RISK_LEVELS,
  healthState: HEALTH_STATES,
  severity: INCIDENT_SEVERITIES,
  category: DEFENCES,
  'application.verdict': APP_VERDICTS,
};

/** The meanings that an operator can give to every fault. */
const PLAIN_MEANINGS = ['worst', 'nothing'] as const;

/** The meanings that an operator can give to a fault of `field`. */
export function meaningsOf(field: string): readonly string[] {
  return [...PLAIN_MEANINGS, ...(VOCABULARIES[field] ?? [])];
}

/** The fault with this id, if its field has a vocabulary; so an operator can translate a word before it comes. */
export function fromReportFaultId(id: string): ReportFault | undefined {
  const field = Object.keys(VOCABULARIES).find((name) => id.startsWith(`${name}.`));
  if (field === undefined) return undefined;
  const fault = { field, word: id.slice(field.length + 1) };
  return reportFaultId(fault) === id ? fault : undefined;
}

/** The word of the fault that stands for all words of a field. */
const ANY_WORD = '*';

/** The fault that counts all unknown words of a field together: a vendor may send a new one with each report. */
export function anyWordOf({ field }: ReportFault): ReportFault {
  return { field, word: ANY_WORD };
}

/**
 * What is known about a fault across the fleet.
 * - `counting`: it counts as the worst, and the worker counts the devices that it newly blocks.
 * - `held`: it would newly block more than the breaker's share of the devices within an hour, so it blocks no further
 *   device until the hold ends.
 * - `resolved`: an operator said what it means.
 */
export interface KnownReportFault extends ReportFault {
  readonly id: string;
  readonly state: 'counting' | 'held' | 'resolved';
  /** The hour in which `newlyBlockedDeviceCount` is counted. */
  readonly windowBeganDateTime?: DateTime;
  readonly newlyBlockedDeviceCount?: number;
  /** Reports that arrived before this moment still count as the worst. */
  readonly heldDateTime?: DateTime;
  /** The operator's word: `worst`, `nothing`, or a word of the field's own vocabulary. */
  readonly meaning?: string;
  readonly version?: number;
  readonly lastModifiedDateTime?: DateTime;
}
