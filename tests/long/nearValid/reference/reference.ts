import { dataOf, readEvent } from './readEvent.ts';
import { readReport } from './readReport.ts';
import type { Defence, Kind, Level, Of, Statement } from './statement.ts';
import { isObject } from './words.ts';

/**
 * What a caller guards: `mail` requires a compliant device, with a ceiling of low. The others also block for any threat of
 * their defences.
 */
export const DOORS = {
  mail: [],
  network: ['network'],
  vault: ['physical', 'application', 'vulnerability'],
} as const satisfies Readonly<Record<string, readonly Defence[]>>;
export type Door = keyof typeof DOORS;

/** A record keeps the worst incidents. With more than these, others may count only until the next verdict. */
const MANY_INCIDENTS = 8;

/** What the items of a request say about the phone. */
export interface Heard {
  readonly statements: readonly Statement[];
  /** Whether anything in it is good news, so that a decision may become better. */
  readonly isGoodNews: boolean;
}

/** Reads the items of a request, by the documented rules and by nothing of the product. */
export function hear(
  source: 'webhook' | 'telemetry',
  body: string,
  phone: string,
  arrivedAt: number,
): Heard {
  const value: unknown = JSON.parse(body);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const statements = items.flatMap((item): readonly Statement[] => {
    if (!isObject(item)) return [];
    const data = source === 'webhook' ? dataOf(item) : item;
    if (data === undefined || !isSameGuid(data['deviceId'], phone)) return [];
    return source === 'webhook' ? readEvent(item, data, arrivedAt) : readReport(item, arrivedAt);
  });
  return { statements, isGoodNews: statements.some(isGood) };
}

/** RFC 9562 section 4: case has no meaning. Microsoft's tools also write braces. */
function isSameGuid(value: unknown, guid: string): boolean {
  return typeof value === 'string' && value.toLowerCase().replace(/^\{(.*)\}$/, '$1') === guid;
}

function isGood(statement: Statement): boolean {
  switch (statement.kind) {
    case 'activated':
    case 'resolved':
      return true;
    case 'verdict':
      return statement.isCertain && statement.level < 2 && !statement.isSick;
    case 'incident':
      return statement.isDated && statement.level < 2;
    case 'telemetry':
      return statement.isDated;
    default:
      return false;
  }
}

/** Whether the phone must be blocked at the door, by all that was said about it. */
export function mustBlock(statements: readonly Statement[], door: Door): boolean {
  const incidents = openIncidents(statements);
  const reports = reportLevels(statements);
  const threats = [
    ...incidents.flatMap(({ level, defences }) => defences.map((each) => [each, level] as const)),
    ...reports,
  ];
  const names: readonly Defence[] = DOORS[door];
  return (
    isUnassessed(statements) ||
    isBadVerdict(statements) ||
    isUnreadable(statements) ||
    threats.some(([defence, level]) => level >= 2 || (level >= 1 && names.includes(defence)))
  );
}

const of = <K extends Statement['kind']>(
  statements: readonly Statement[],
  kind: K,
): readonly Of<K>[] => statements.filter((each): each is Of<K> => each.kind === kind);

const lastAt = (statements: readonly Statement[]): number =>
  statements.reduce((last, { at }) => Math.max(last, at), -Infinity);

/** The statements of the last moment. More than one: nobody can tell which of them counts. */
const lastOf = <T extends Statement>(statements: readonly T[]): readonly T[] => {
  const last = lastAt(statements);
  return statements.filter(({ at }) => at === last);
};

/** The app was removed, or has not assessed the phone since. */
function isUnassessed(statements: readonly Statement[]): boolean {
  const verdicts = of(statements, 'verdict').filter(({ isCertain }) => isCertain);
  if (verdicts.length === 0) return true;
  const removed = lastAt(of(statements, 'deactivated'));
  return lastAt(of(statements, 'activated')) < removed || lastAt(verdicts) < removed;
}

const isBad = ({ level, isSick }: Of<'verdict'>): boolean => level >= 2 || isSick;

function isBadVerdict(statements: readonly Statement[]): boolean {
  const verdicts = of(statements, 'verdict');
  const last = lastOf(verdicts);
  return last.length > 0 && last.every(isBad);
}

function openIncidents(statements: readonly Statement[]): readonly Of<'incident'>[] {
  const reports = Map.groupBy(of(statements, 'incident'), ({ id }) => id);
  const open = [...reports].flatMap(([id, all]) => {
    const resolved = lastAt(of(statements, 'resolved').filter((each) => each.id === id));
    return openState(all.filter(({ at }) => at > resolved));
  });
  const isJudged = lastAt(of(statements, 'verdict')) >= lastAt(open);
  return open.length > MANY_INCIDENTS && isJudged ? [] : open;
}

/** The last report counts, and of a report that was read in part also what was known before it. */
function openState(reports: readonly Of<'incident'>[]): readonly Of<'incident'>[] {
  const dated = lastOf(reports.filter(({ isDated }) => isDated));
  const from = lastAt(dated);
  const onlyAdding = reports.filter(({ isDated, at }) => !isDated && at > from);
  return [...surelyLast(dated), ...onlyAdding];
}

/** Of several reports of one moment the least bad, if they are about the same defences. */
function surelyLast(reports: readonly Of<'incident'>[]): readonly Of<'incident'>[] {
  const isClear = new Set(reports.map(({ defences }) => defences.join())).size === 1;
  return isClear ? reports.toSorted((a, b) => a.level - b.level).slice(0, 1) : [];
}

function reportLevels(statements: readonly Statement[]): readonly (readonly [Defence, Level])[] {
  const reports = Map.groupBy(of(statements, 'telemetry'), ({ defence }) => defence);
  return [...reports].map(([defence, all]) => {
    const levels = lastOf(all).map(({ level }) => level);
    return [defence, Math.min(...levels) as Level] as const;
  });
}

/** An unreadable report counts until a readable one of its kind comes. */
function isUnreadable(statements: readonly Statement[]): boolean {
  return of(statements, 'unreadable').some(({ about, at }) => readableAt(statements, about) < at);
}

function readableAt(statements: readonly Statement[], about: Kind): number {
  const readable = statements.filter((statement) => {
    switch (statement.kind) {
      case 'verdict':
        return statement.isCertain && (about === 'risk' || about === 'event');
      case 'incident':
        return statement.isDated && (about === 'incident' || about === 'event');
      case 'resolved':
        return about === 'incident' || about === 'event';
      case 'telemetry':
        return statement.isCertain && (about === statement.defence || about === 'event');
      default:
        return false;
    }
  });
  return lastAt(readable);
}
