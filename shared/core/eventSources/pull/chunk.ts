import { latest, type DateTime } from '../../../base/dateTime.ts';
import { hashText } from '../../../base/hashText.ts';
import { isJsonObject } from '../../../base/jsonObject.ts';
import { toMoment } from '../kinds/toMoment.ts';
import type { SourceItem } from '../sourceEvent.ts';
import { splitLine } from '../splitEvents.ts';

/** How many of the last events are remembered: those of the last second come again. */
export const MAX_REMEMBERED = 1000;

/** The events of a chunk that are not delivered yet, and what is remembered of all of them. */
export interface Chunk {
  take(text: string): void;
  /** How many events wait for their delivery. */
  waiting(): number;
  /** The waiting events: those that are new, and those that were counted before. */
  drain(): { readonly fresh: readonly SourceItem[]; readonly repeats: readonly SourceItem[] };
  uuids(): readonly string[];
  lastDateTime(): DateTime | undefined;
  hasEvents(): boolean;
  /** Whether any of them is not one of the last that are remembered. */
  hasNew(): boolean;
  /** Whether its events are later than those that were counted before. */
  isPastRepeats(): boolean;
}

export interface ChunkStart {
  readonly uuids: readonly string[];
  readonly repeatsUntil: DateTime | undefined;
  readonly now: DateTime;
}

/**
 * Drops an event whose `uuid` is remembered. An event that is as old as those of an expired position may have been missed
 * all the same, so it is delivered again, which is harmless, and not counted again.
 */
export function createChunk({ uuids, repeatsUntil = '', now }: ChunkStart): Chunk {
  const known = new Set(uuids);
  let fresh: SourceItem[] = [];
  let repeats: SourceItem[] = [];
  let lastDateTime: DateTime | undefined;
  let hasEvents = false;
  let hasNew = false;
  let hasRepeats = false;
  let hasLater = false;
  return {
    take(text) {
      const items = toItems(text);
      hasEvents = true;
      const uuid = readText(items, 'uuid');
      const hash = uuid === undefined ? undefined : hashText(uuid);
      if (hash !== undefined && known.has(hash)) return;
      hasNew = true;
      const moment = momentOf(items);
      // A phone's clock may be ahead.
      if (moment !== undefined && moment <= now) lastDateTime = latest(lastDateTime, moment);
      const isRepeat = moment !== undefined && moment < repeatsUntil;
      hasRepeats ||= isRepeat;
      hasLater ||= moment !== undefined && moment > repeatsUntil;
      // Repeats do not push out the last events before the position expired: those have the time that is compared.
      if (hash !== undefined && !isRepeat) known.add(hash);
      (isRepeat ? repeats : fresh).push(...items);
    },
    waiting: () => fresh.length + repeats.length,
    drain() {
      const drained = { fresh, repeats };
      fresh = [];
      repeats = [];
      return drained;
    },
    uuids: () => [...known],
    lastDateTime: () => lastDateTime,
    hasEvents: () => hasEvents,
    hasNew: () => hasNew,
    isPastRepeats: () => hasLater && !hasRepeats,
  };
}

/** What can be read of an event that is cut, or is no JSON. */
function toItems(text: string): readonly SourceItem[] {
  try {
    return [{ ok: true, event: JSON.parse(text) as unknown }];
  } catch {
    return splitLine(text);
  }
}

function readText([item]: readonly SourceItem[], name: string): string | undefined {
  const event = item?.ok === true ? item.event : undefined;
  const value = isJsonObject(event) ? event[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function momentOf([item]: readonly SourceItem[]): DateTime | undefined {
  const event = item?.ok === true ? item.event : undefined;
  return isJsonObject(event) ? toMoment(event['time'] ?? event['device_time']) : undefined;
}
