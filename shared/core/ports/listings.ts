/** The start of a page: one of several lists that follow each other, and the position in it. */
export interface ListingCursor {
  readonly stateIndex: number;
  readonly continuation?: string;
}

/** The progress of one listing: the last answered page, with its start and the start of the next page. */
export interface Listing {
  readonly page: number;
  readonly cursor: ListingCursor;
  /** Absent if the last answered page was the end. */
  readonly nextCursor?: ListingCursor;
}

/** A listing with the version at which it was read. */
export interface StoredListing {
  readonly listing: Listing;
  readonly etag: string;
}

/** The listings in progress, for all processes. A listing that nobody continues disappears after a quarter of an hour. */
export interface Listings {
  load(caller: string, number: number): Promise<StoredListing | undefined>;
  /** Writes the listing if it is still at `etag`; `undefined` creates it. */
  save(
    caller: string,
    number: number,
    listing: Listing,
    etag: string | undefined,
  ): Promise<'saved' | 'conflict'>;
}
