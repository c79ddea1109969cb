/**
 * Request units by the prices that Cosmos DB documents: a point read costs 1 for 1 KB and 10 for 100 KB; a write costs
 * about 5 for 1 KB and 50 for 100 KB, plus a little for every indexed path. They compare requests; a real bill differs.
 */

const BYTES_IN_KILOBYTE = 1024;
/** The increase for each kilobyte after the first, so 100 KB cost ten times as much as 1 KB. */
const SIZE_FACTOR = 9 / 99;
const WRITE = 5;
const INDEXED_PATH = 0.2;
const QUERY = 2.3;
/** Cosmos DB documents 4,060 units for a scan of 61,000 documents. */
const LOADED_DOCUMENT = 0.065;
const RETURNED_KILOBYTE = 0.03;

function sizeFactor(sizeInBytes: number): number {
  return 1 + Math.max(0, sizeInBytes / BYTES_IN_KILOBYTE - 1) * SIZE_FACTOR;
}

/** The price of a point read. */
export function readCharge(sizeInBytes: number): number {
  return rounded(sizeFactor(sizeInBytes));
}

/** The price of a write; `indexedPaths` is the number of index entries that it adds or removes. */
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
