import { createHash } from 'node:crypto';
import { ConnectorError } from '../../../base/connectorError.ts';
import { addSeconds, type DateTime } from '../../../base/dateTime.ts';
import { defined } from '../../../base/defined.ts';
import type { ConfigurationDocuments } from '../../../core/ports/configuration.ts';
import type { DeviceList, DevicePage } from '../../../core/ports/devices.ts';
import type { ComplianceState } from '../../../domain/compliance/complianceState.ts';
import { invalidOption } from '../../http/queryOptions.ts';
import type { NacDevice } from './nacDevice.ts';
import { MAX_NAC_DEVICES, PAGING_IN_WORDS } from './nacQuery.ts';

const KIND = 'nacListing';

/** Intune answers the query for all noncompliant devices once in four hours, and replies 503 in between. */
const WINDOW_IN_SECONDS = 4 * 60 * 60;

/**
 * The stored states of devices that may be noncompliant now. A grace period may have ended since the state was stored,
 * so `inGracePeriod` is read too. `compliant` is not: the sweep stores the state of a silent device within seconds.
 */
const STATES: readonly ComplianceState[] = ['noncompliant', 'error', 'inGracePeriod', 'unknown'];

/** The start of a page: one of the states, and the position in its list. */
interface Cursor {
  readonly stateIndex: number;
  readonly continuation?: string;
}

/** A caller's progress in its listing, stored in the database for all processes. */
interface Listing {
  readonly startedDateTime: DateTime;
  /** The last answered page, which the caller may request again, with its start and the start of the next page. */
  readonly page: number;
  readonly cursor: Cursor;
  readonly nextCursor?: Cursor;
}

export interface ListingServices {
  readonly devices: DeviceList;
  readonly documents: Pick<ConfigurationDocuments, 'loadDocument' | 'saveDocument'>;
}

/**
 * Intune NAC and Cisco ISE: one page of the noncompliant devices, which `select` picks from a page of the stored
 * states. The first page starts a listing, which a caller may do once in four hours. The further pages belong to that
 * listing. A listing that got no answer does not count.
 * @throws ConnectorError `serviceNotAvailable` with the time to wait if the caller's last listing is too recent,
 * `invalidRequest` if its listing has no such page.
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
    ...defined({ nextCursor }),
  };
  const saved = await documents.saveDocument({ id, kind: KIND, caller, ...advanced }, stored?.etag);
  // Another request of the caller was faster. Only that one gets an answer.
  if (saved === 'conflict') throw tooSoon(page === 0 ? WINDOW_IN_SECONDS : undefined);
  return { devices: found, ...defined({ nextPage: nextCursor && page + 1 }) };
}

function requireWindow(listing: Listing | undefined, now: DateTime): void {
  if (listing === undefined) return;
  const ends = addSeconds(listing.startedDateTime, WINDOW_IN_SECONDS);
  if (now < ends) throw tooSoon(Math.ceil((Date.parse(ends) - Date.parse(now)) / 1000));
}

function tooSoon(retryAfterInSeconds: number | undefined): ConnectorError {
  return new ConnectorError(
    'serviceNotAvailable',
    'all noncompliant devices are listed only once in four hours',
    defined({ retryAfterInSeconds }),
  );
}

function cursorOf(listing: Listing | undefined, page: number): Cursor {
  const cursor =
    listing?.page === page
      ? listing.cursor
      : listing?.page === page - 1
        ? listing.nextCursor
        : undefined;
  if (cursor === undefined) throw invalidOption('paging', PAGING_IN_WORDS);
  return cursor;
}

/** Up to `MAX_NAC_DEVICES` devices. Stops after the first stored page that has more behind it, to bound the work. */
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
