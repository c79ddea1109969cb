import { boundText } from '../../base/boundText.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { isJsonObject } from '../../base/jsonObject.ts';
import { retryOnConflict, type Pausing } from '../../base/retryOnConflict.ts';
import type { CountedWord, SourceProgress, SourceProgressStore } from '../ports/eventSources.ts';
import { countsOf } from './ingestSourceItems.ts';
import type { MetWord, ReadSourceItems } from './readSourceItems.ts';

const MAX_WORDS = 200;
const MAX_EXAMPLE_LENGTH = 600;
const MAX_EXAMPLE_DEPTH = 4;
const MAX_MEMBERS = 40;
const LONGEST_PLAIN_NUMBER = 100_000;
const MAX_TRIES = 20;

/** The progress with what was read added to its counts and its words. */
export function withRead(
  progress: SourceProgress,
  read: ReadSourceItems,
  now: DateTime,
): SourceProgress {
  const added = countsOf(read);
  const { counts } = progress;
  return {
    ...progress,
    counts: {
      accepted: counts.accepted + added.accepted,
      rejected: counts.rejected + added.rejected,
      unmapped: counts.unmapped + added.unmapped,
      unmatched: counts.unmatched + added.unmatched,
    },
    unmapped: withWords(progress.unmapped, read.unmapped, now),
  };
}

/**
 * Adds what was read to the stored progress of a pushed source. Costs a read and a write, and nothing if there is nothing
 * to look at later.
 * @throws ConnectorError `serviceNotAvailable` if other processes keep writing; the events are queued already.
 */
export async function countUnmapped(
  dependencies: Pausing & { readonly sourceProgress: SourceProgressStore },
  sourceId: string,
  read: ReadSourceItems,
  now: DateTime,
): Promise<void> {
  const { unmapped, unmatched, rejected } = countsOf(read);
  if (unmapped + unmatched + rejected === 0) return;
  const limit = { maxTries: MAX_TRIES, toError: countedTooOften };
  await retryOnConflict(dependencies, limit, async () => {
    const { progress, etag } = await dependencies.sourceProgress.load(sourceId);
    return dependencies.sourceProgress.save(sourceId, withRead(progress, read, now), etag);
  });
}

function countedTooOften(): ConnectorError {
  return new ConnectorError('serviceNotAvailable', 'the words of a source are counted too often');
}

function withWords(
  known: readonly CountedWord[],
  met: readonly MetWord[],
  now: DateTime,
): readonly CountedWord[] {
  if (met.length === 0) return known;
  const words = new Map(known.map((each) => [keyOf(each), each]));
  for (const { field, word, event } of met) {
    const key = keyOf({ field, word });
    const before = words.get(key);
    words.set(key, {
      field,
      word: before?.word ?? word,
      count: (before?.count ?? 0) + 1,
      firstDateTime: before?.firstDateTime ?? now,
      lastDateTime: now,
      example: before?.example ?? toExample(event),
    });
  }
  return [...words.values()].toSorted((a, b) => b.count - a.count).slice(0, MAX_WORDS);
}

function keyOf({ field, word }: Pick<CountedWord, 'field' | 'word'>): string {
  return JSON.stringify([field, word.toLowerCase()]);
}

/** The event without what identifies a device or a person, shortened. */
function toExample(event: unknown): string {
  return boundText(JSON.stringify(masked('', event, 0)) ?? '', MAX_EXAMPLE_LENGTH);
}

/** Fields whose values may stay: words of the vendor, not of a device or a person. */
const PLAIN_FIELDS =
  /type|category|class|severity|status|state|action|mitigated|risk|os$|platform|version|product|outcome|^id$|name$/i;
const NAMES_OF_SOMEBODY =
  /user|owner|device|employee|customer|first|last|middle|host|file|team|ssid|network|serial|imei|udid|mail|address|phone/i;

/** The name of a name or an id does not say whose it is. */
function nameIn(parent: string, member: string): string {
  return member === 'name' || member === 'id'
    ? `${parent}${parent === '' ? '' : '_'}${member}`
    : member;
}

function masked(name: string, value: unknown, depth: number): unknown {
  if (depth > MAX_EXAMPLE_DEPTH) return '…';
  if (Array.isArray(value))
    return value.slice(0, 3).map((each: unknown) => masked(name, each, depth + 1));
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, MAX_MEMBERS)
        .map(([member, each]) => [member, masked(nameIn(name, member), each, depth + 1)]),
    );
  if (PLAIN_FIELDS.test(name) && !NAMES_OF_SOMEBODY.test(name)) return value;
  // A long number may be an IMEI, or that of a telephone.
  const isShort = typeof value === 'number' && Math.abs(value) < LONGEST_PLAIN_NUMBER;
  return typeof value === 'boolean' || value === null || isShort ? value : '***';
}
