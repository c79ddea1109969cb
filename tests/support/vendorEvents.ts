import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventSourceKind } from '../../shared/domain/vocabulary/eventSource.ts';
import { splitEvents } from '../../shared/core/eventSources/splitEvents.ts';
import type { SourceItem } from '../../shared/core/eventSources/sourceEvent.ts';

const FOLDER = join(import.meta.dirname, 'vendorEvents');

/** The golden files of each kind: every public shape of its events, with values of this project. */
export const VENDOR_FILES = {
  sepMobileSiem: ['sepMobileSiem/malware.json', 'sepMobileSiem/events.txt'],
  sesEventExport: ['ses/fileDetection.json', 'ses/chunk.json'],
  sesBlob: ['ses/blob.txt'],
  zimperium: ['zimperium/threat.json', 'zimperium/mitigated.json'],
  lookout: ['threat', 'device', 'flat', 'smishing', 'audit'].map((name) => `lookout/${name}.json`),
} satisfies Readonly<Partial<Record<EventSourceKind, readonly string[]>>>;

/** The items of a golden file. */
export function vendorItems(file: string): readonly SourceItem[] {
  return splitEvents(readFileSync(join(FOLDER, file)));
}

/** The events of all golden files of a kind, also those that are cut. */
export function vendorEvents(kind: keyof typeof VENDOR_FILES): readonly unknown[] {
  return VENDOR_FILES[kind].flatMap((file) =>
    vendorItems(file).flatMap((item) => (item.ok ? [item.event] : [])),
  );
}
