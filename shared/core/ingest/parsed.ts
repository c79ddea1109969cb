import type { Problem } from '../../base/connectorError.ts';
import { toDateTime, type DateTime } from '../../base/dateTime.ts';
import type { Rejection, RejectionCode } from '../ports/quarantine.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';

/**
 * One event of a request. An event that was read whole has no rejection. One that was read in part has both: the signals
 * of the parts that count, and the reasons for the others.
 */
export interface Parsed {
  readonly signals: readonly Signal[];
  readonly rejections: readonly Rejection[];
}

export function accept(...signals: readonly Signal[]): Parsed {
  return { signals, rejections: [] };
}

export function reject(code: RejectionCode, path: string, message: string): Parsed {
  return { signals: [], rejections: [{ code, path, message }] };
}

/** A rejection for the first problem. The message names the others too. */
export function rejectProblems(problems: readonly Problem[], under = ''): Parsed {
  const [first, ...others] = problems;
  const more = others.map(({ path, message }) => `; ${under}${path} ${message}`).join('');
  const message = `${first?.message ?? 'is not valid'}${more}`;
  return reject('invalidEvent', `${under}${first?.path ?? ''}`, message);
}

/** The canonical form of a date-time that a schema has checked. */
export function canonical(checked: string): DateTime {
  return toDateTime(checked) ?? checked;
}
