import { createHash } from 'node:crypto';
import { ConnectorError } from '../../../base/connectorError.ts';
import { addSeconds, type DateTime } from '../../../base/dateTime.ts';
import type { ComplianceState } from '../../../domain/compliance/storedEvaluation.ts';
import { invalidOption } from '../../http/queryOptions.ts';
import type { ConfigurationDocuments } from '../../../core/ports/configuration.ts';
import type { DeviceList, DevicePage } from '../../../core/ports/devices.ts';
import { MAX_NAC_DEVICES } from './nacQuery.ts';
import type { NacDevice } from './nacDevice.ts';

const KIND = 'nacListing';

/** Intune answers the query for all that are not compliant once in four hours, and 503 in between. */
const WINDOW_IN_SECONDS = 4 * 60 * 60;

/**
 * The stored states in which a device may be found not compliant now. A grace period can have ended since the view was
 * written, so those are looked at; what makes a compliant device fall silent is written by the sweep within seconds.
 */
const STATES: readonly ComplianceState[] = ['noncompliant', 'error', 'inGracePeriod', 'unknown'];

/** Where a page begins: in which of the states, and where in its list. */
interface Cursor {
  readonly stateIndex: number;
  readonly continuation?: string;
}

/** How far a caller has come with its listing; in the database, so that every process and the next one know it. */
interface Listing {
  readonly startedDateTime: DateTime;
  /** The page that was answered last, which may be asked for again, and where the next begins. */
  readonly page: number;
  readonly cursor: Cursor;
  readonly nextCursor?: Cursor;
}

export interface ListingServices {
  readonly devices: DeviceList;
  readonly documents: Pick<ConfigurationDocuments, 'loadDocument' | 'saveDocument'>;
}

/**
 * One page of the devices that are not compliant, as `select` finds them on a page of the stored view. The first page
 * begins a listing, which a caller may do once in four hours; the further pages belong to it. A listing that was not
 * answered does not count.
 * @throws ConnectorError `serviceNotAvailable`, saying when to come again, where the caller listed too recently;
 * `invalidRequest` where its listing has no such page.
 */
export async function listNoncompliant(
  { devices, documents }: ListingServices,
  { caller, page, now }: { readonly caller: string; readonly page: number; readonly now: DateTime },
  select: (page: DevicePage) => readonly NacDevice[],
): Promise<{ readonly devices: readonly NacDevice[]; readonly nextPage?: number }> {
  const id = createHash('sha256').update(caller).digest('base64url');
  const stored = await documents.loadDocument(KIND, id);
  const listing = stored?.document as Listing | undefined;
  if (page === 0) requireWindow(listing, now);
  const cursor = page === 0 ? { stateIndex: 0 } : cursorOf(listing, page);
  const { found, nextCursor } = await readPage(devices, cursor, select);
  const advanced: Listing = {
    startedDateTime: page === 0 || listing === undefined ? now : listing.startedDateTime,
    page,
    cursor,
    ...(nextCursor === undefined ? {} : { nextCursor }),
  };
  const saved = await documents.saveDocument({ id, kind: KIND, caller, ...advanced }, stored?.etag);
  // Two at once: the other was first, and it alone is answered.
  if (saved === 'conflict') throw tooSoon(page === 0 ? WINDOW_IN_SECONDS : undefined);
  return { devices: found, ...(nextCursor === undefined ? {} : { nextPage: page + 1 }) };
}

function requireWindow(listing: Listing | undefined, now: DateTime): void {
  if (listing === undefined) return;
  const ends = addSeconds(listing.startedDateTime, WINDOW_IN_SECONDS);
  if (now < ends) throw tooSoon(Math.ceil((Date.parse(ends) - Date.parse(now)) / 1000));
}

function tooSoon(retryAfterInSeconds: number | undefined): ConnectorError {
  return new ConnectorError(
    'serviceNotAvailable',
    'all devices that are not compliant are listed once in four hours',
    retryAfterInSeconds === undefined ? {} : { retryAfterInSeconds },
  );
}

function cursorOf(listing: Listing | undefined, page: number): Cursor {
  const cursor =
    listing?.page === page
      ? listing.cursor
      : listing?.page === page - 1
        ? listing.nextCursor
        : undefined;
  if (cursor === undefined)
    throw invalidOption('paging', 'must be `0`, or what the page before said');
  return cursor;
}

/** At most `MAX_NAC_DEVICES`, and never more of the store than one page in which there is something. */
async function readPage(
  devices: DeviceList,
  start: Cursor,
  select: (page: DevicePage) => readonly NacDevice[],
): Promise<{ readonly found: readonly NacDevice[]; readonly nextCursor?: Cursor }> {
  const found: NacDevice[] = [];
  let cursor = start;
  for (;;) {
    const { stateIndex } = cursor;
    const complianceState = STATES[stateIndex];
    if (complianceState === undefined) return { found };
    const top = MAX_NAC_DEVICES - found.length;
    const page = await devices.list({ complianceState }, top, cursor.continuation);
    found.push(...select(page));
    const { continuation } = page;
    cursor =
      continuation === undefined ? { stateIndex: stateIndex + 1 } : { stateIndex, continuation };
    const isLast = cursor.stateIndex === STATES.length;
    if (!isLast && (continuation !== undefined || found.length === MAX_NAC_DEVICES))
      return { found, nextCursor: cursor };
  }
}
