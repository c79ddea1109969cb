import type { Problem } from '../../base/connectorError.ts';
import { mustBeOneOf } from '../../base/validation/messages.ts';
import {
  MAX_FAULTS,
  toReportFault,
  type ReportFault,
} from '../../domain/vocabulary/reportFault.ts';

/**
 * Reads a report that its schema rejects, part by part. A part that is `null` is absent. Text is shortened. An unknown
 * word is a problem for the sender, and a fault that counts as the worst.
 */
export interface PartReader {
  readonly problems: readonly Problem[];
  readonly faults: readonly ReportFault[];
  /** The known word, in any case; `worst` for every other value; `undefined` if there is none. */
  readonly word: <T extends string>(part: WordPart<T>) => T | undefined;
  /** The flag, also as a text or a number; `worst` for every other value; `undefined` if there is none. */
  readonly flag: (part: Part & { readonly worst: boolean }) => boolean | undefined;
  /** The text, or the number as text; `undefined` for every other value, which costs this part alone. */
  readonly text: (part: Omit<Part, 'field'>) => string | undefined;
  /** The parts that cannot be read, and may hold bad news. */
  readonly unreadable: readonly unknown[];
  readonly addUnreadable: (part: unknown) => void;
  readonly addProblem: (path: string, message: string) => void;
  readonly addFault: (field: string, value: unknown) => void;
  /** A required word is missing, which is a fault like an unknown one. */
  readonly addMissing: (path: string, field: string, words: readonly string[]) => void;
}

interface Part {
  readonly path: string;
  /** The name of the field in faults. */
  readonly field: string;
  readonly value: unknown;
}

interface WordPart<T extends string> extends Part {
  readonly words: readonly T[];
  /** Absent: an unknown word costs this part alone. */
  readonly worst?: T;
}

const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['false', 'no', 'off', '0']);

export function createPartReader(): PartReader {
  const problems: Problem[] = [];
  const faults: ReportFault[] = [];
  const unreadable: unknown[] = [];
  const addProblem = (path: string, message: string): void => {
    problems.push({ path, message });
  };
  const addFault = (field: string, value: unknown): void => {
    const fault = toReportFault(field, value);
    const isKnown = faults.some((each) => each.field === field && each.word === fault.word);
    if (!isKnown && faults.length < MAX_FAULTS) faults.push(fault);
  };
  return {
    problems,
    faults,
    unreadable,
    addUnreadable: (part) => void unreadable.push(part),
    addProblem,
    addFault,
    addMissing(path, field, words) {
      addProblem(path, mustBeOneOf(words));
      addFault(field, undefined);
    },

    word({ path, field, value, words, worst }) {
      if (isBlank(value)) return undefined;
      const folded = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
      const known = words.find((word) => word.toLowerCase() === folded);
      if (known !== undefined) return known;
      addProblem(path, mustBeOneOf(words));
      if (worst !== undefined) addFault(field, value);
      return worst;
    },

    flag({ path, field, value, worst }) {
      if (isBlank(value)) return undefined;
      if (typeof value === 'boolean') return value;
      const isText = typeof value === 'string' || typeof value === 'number';
      const folded = isText ? String(value).trim().toLowerCase() : '';
      if (TRUE_WORDS.has(folded)) return true;
      if (FALSE_WORDS.has(folded)) return false;
      addProblem(path, 'must be boolean');
      addFault(field, value);
      return worst;
    },

    text({ path, value }) {
      if (isBlank(value)) return undefined;
      if (typeof value === 'string') return value.toWellFormed();
      if (typeof value === 'number') return String(value);
      addProblem(path, 'must be string');
      return undefined;
    },
  };
}

/** A blank text says as little as `null`. */
export function isBlank(value: unknown): value is undefined | null | '' {
  return (
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
  );
}
