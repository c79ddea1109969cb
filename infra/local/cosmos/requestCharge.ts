/**
 * Request units as documented ("Request Units in Azure Cosmos DB"): 1 for a point read of 1 KB, about 5 for a write
 * of 1 KB, more with size and with every indexed property. Estimates: a guide to what costs, not a bill.
 */
const BYTES_PER_UNIT = 1024;
/** 100 KB cost 10. */
const READ_PER_FURTHER_KILOBYTE = 9 / 99;
const WRITE_BASE = 5;
const WRITE_PER_INDEXED_PROPERTY = 0.35;
const QUERY_BASE = 2.3;
const QUERY_PER_RESULT = 0.25;
const SCAN_PER_DOCUMENT = 0.05;

export function readCharge(bytes: number): number {
  return round(1 + Math.max(0, bytes / BYTES_PER_UNIT - 1) * READ_PER_FURTHER_KILOBYTE);
}

export function writeCharge(bytes: number, indexedProperties: number): number {
  const size = Math.max(1, bytes / BYTES_PER_UNIT);
  return round(WRITE_BASE * size + WRITE_PER_INDEXED_PROPERTY * indexedProperties);
}

export function queryCharge(results: number, scannedDocuments: number): number {
  return round(QUERY_BASE + QUERY_PER_RESULT * results + SCAN_PER_DOCUMENT * scannedDocuments);
}

function round(units: number): number {
  return Math.round(units * 100) / 100;
}
