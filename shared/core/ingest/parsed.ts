import type { Problem } from '../../base/connectorError.ts';
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

/** Nothing of the event counts. */
export function rejectProblems(problems: readonly Problem[], under = ''): Parsed {
  const located = problems.map(({ path, message }) => ({ path: `${under}${path}`, message }));
  return { signals: [], rejections: toRejections(located, false) };
}

/** One rejection for the first problem, whose message names the others too; none without a problem. */
export function toRejections(
  problems: readonly Problem[],
  hasUnknownWord: boolean,
): readonly Rejection[] {
  const [first, ...others] = problems;
  if (first === undefined) return [];
  const more = others.map(({ path, message }) => `; ${path} ${message}`).join('');
  const code = hasUnknownWord ? 'unknownWord' : 'invalidEvent';
  return [{ code, path: first.path, message: `${first.message}${more}` }];
}
