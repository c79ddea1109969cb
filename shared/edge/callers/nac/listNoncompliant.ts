import { ConnectorError } from '../../../base/connectorError.ts';
import { defined } from '../../../base/defined.ts';
import type { DeviceList, DevicePage } from '../../../core/ports/devices.ts';
import type {
  Listing,
  ListingCursor,
  Listings,
  StoredListing,
} from '../../../core/ports/listings.ts';
import type { ComplianceState } from '../../../domain/compliance/complianceState.ts';
import { invalidOption } from '../../http/queryOptions.ts';
import type { NacDevice } from './nacDevice.ts';
import { MAX_NAC_DEVICES, PAGING_IN_WORDS } from './nacQuery.ts';

/**
 * The stored states of devices that may be noncompliant now. A grace period may have ended since the state was stored,
 * so `inGracePeriod` is read too. `compliant` is not: the sweep stores the state of a silent device within seconds.
 */
const STATES: readonly ComplianceState[] = ['noncompliant', 'error', 'inGracePeriod', 'unknown'];

/**
 * A page is named by one number: the number of its listing times this, plus the number of the page. So a client that
 * counts pages itself works too, as long as no other client of the same caller lists at the same time.
 */
const PAGES_A_LISTING = 100_000;
/** The largest page number then fits the 32-bit integers of NAC products. */
const MAX_LISTINGS = 20_000;
const MAX_TRIES = 8;

export interface ListingServices {
  readonly devices: DeviceList;
  readonly listings: Listings;
  readonly random: () => number;
}

interface ListedPage {
  readonly devices: readonly NacDevice[];
  readonly nextPage?: number;
}

type Select = (page: DevicePage) => readonly NacDevice[];

/**
 * Intune NAC and Cisco ISE: one page of the noncompliant devices, which `select` picks from a page of the stored
 * states. Page 0 always begins a listing of its own, from the present states. Several clients with one key can list at
 * once, so a client that stops halfway, or begins again and again, hides nothing from the others. The last answered page
 * of a listing may be requested again.
 *
 * Intune answers this query once in four hours and 503 in between. This connector does not: whoever holds a copy of the
 * key could use up the one answer. The rate limit of the caller bounds the work instead.
 * @throws ConnectorError `invalidRequest` if there is no such page, or its listing was not continued for a quarter of an
 * hour; `serviceNotAvailable` if the same page is being answered to another request.
 */
export async function listNoncompliant(
  services: ListingServices,
  { caller, page }: { readonly caller: string; readonly page: number },
  select: Select,
): Promise<ListedPage> {
  return page === 0
    ? beginListing(services, caller, select)
    : continueListing(services, caller, page, select);
}

async function beginListing(
  { devices, listings, random }: ListingServices,
  caller: string,
  select: Select,
): Promise<ListedPage> {
  const cursor = { stateIndex: 0 };
  const { found, nextCursor } = await readPage(devices, cursor, select);
  if (nextCursor === undefined) return { devices: found };
  const listing: Listing = { page: 0, cursor, nextCursor };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const number = tries === 0 ? 0 : 1 + Math.floor(random() * (MAX_LISTINGS - 1));
    const known = await listings.load(caller, number);
    const isFree = known?.listing.nextCursor === undefined;
    if (isFree && (await listings.save(caller, number, listing, known?.etag)) === 'saved')
      return { devices: found, nextPage: number * PAGES_A_LISTING + 1 };
  }
  throw busy('too many lists are being read at once');
}

async function continueListing(
  { devices, listings }: ListingServices,
  caller: string,
  numbered: number,
  select: Select,
): Promise<ListedPage> {
  const number = Math.floor(numbered / PAGES_A_LISTING);
  const page = numbered % PAGES_A_LISTING;
  const stored = await listings.load(caller, number);
  const cursor = cursorOf(stored, page);
  const { found, nextCursor } = await readPage(devices, cursor, select);
  const listing: Listing = { page, cursor, ...defined({ nextCursor }) };
  // Two answers to one page could name different starts of the next one, and so leave out a device between them.
  if ((await listings.save(caller, number, listing, stored?.etag)) === 'conflict')
    throw busy('another request reads this page');
  return { devices: found, ...defined({ nextPage: nextCursor && numbered + 1 }) };
}

function busy(message: string): ConnectorError {
  return new ConnectorError('serviceNotAvailable', message, { retryAfterInSeconds: 1 });
}

function cursorOf(stored: StoredListing | undefined, page: number): ListingCursor {
  const { listing } = stored ?? {};
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
  start: ListingCursor,
  select: Select,
): Promise<{ readonly found: readonly NacDevice[]; readonly nextCursor?: ListingCursor }> {
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
