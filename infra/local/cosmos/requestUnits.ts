/**
 * Request units after the prices that Cosmos DB documents: 1 for a point read of 1 KB and 10 for one of 100 KB, about
 * 5 for a write of 1 KB and 50 for one of 100 KB, and more with every indexed path. They rank what requests cost; they
 * are no bill.
 */

const BYTES_IN_KILOBYTE = 1024;
/** What each kilobyte after the first adds, so that 100 KB cost ten times as much as 1 KB. */
const SIZE_FACTOR = 9 / 99;
const WRITE = 5;
const INDEXED_PATH = 0.2;
const QUERY = 2.3;
/** A scan of 61,000 documents is documented at 4,060 units. */
const LOADED_DOCUMENT = 0.065;
const RETURNED_KILOBYTE = 0.03;

function sizeFactor(sizeInBytes: number): number {
  return 1 + Math.max(0, sizeInBytes / BYTES_IN_KILOBYTE - 1) * SIZE_FACTOR;
}

/** The price of a point read. */
export function readCharge(sizeInBytes: number): number {
  return rounded(sizeFactor(sizeInBytes));
}

/** The price of a write; `indexedPaths` counts the entries that it puts into indexes or takes out of them. */
export function writeCharge(sizeInBytes: number, indexedPaths: number): number {
  return rounded(WRITE * sizeFactor(sizeInBytes) + INDEXED_PATH * indexedPaths);
}

/** The price of one page of a query. */
export function queryCharge(loadedDocuments: number, returnedBytes: number): number {
  const returned = (returnedBytes / BYTES_IN_KILOBYTE) * RETURNED_KILOBYTE;
  return rounded(QUERY + loadedDocuments * LOADED_DOCUMENT + returned);
}

function rounded(charge: number): number {
  return Math.round(charge * 100) / 100;
}
