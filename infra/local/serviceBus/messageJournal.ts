import type { Row, SqliteStore } from '../sqliteStore.ts';
import type { SavedEntry } from './message.ts';
import { decode, encode } from './wireMessage.ts';

/** The storage of a queue's messages, so that they survive its process. */
export interface MessageJournal {
  /** Stores an entry, or its new state. Locks are not stored: they end with the process that granted them. */
  put(entry: SavedEntry): void;
  remove(sequenceNumber: number): void;
  /** Runs `work` as one transaction: if the process ends within it, nothing of it is stored. */
  atOnce<T>(work: () => T): T;
  /** The stored entries in ascending order, and the number after the highest that was ever used. */
  read(): { readonly entries: readonly SavedEntry[]; readonly nextSequenceNumber: number };
}

/** Stores nothing. */
export const NO_JOURNAL: MessageJournal = {
  put: () => undefined,
  remove: () => undefined,
  atOnce: (work) => work(),
  read: () => ({ entries: [], nextSequenceNumber: 1 }),
};

/** The journal of `queue`: one table. AUTOINCREMENT remembers the highest number even after its row is deleted. */
export function openMessageJournal(store: SqliteStore, queue: string): MessageJournal {
  const table = `"${queue}"`;
  store.run(
    `CREATE TABLE IF NOT EXISTS ${table} (sequenceNumber INTEGER PRIMARY KEY AUTOINCREMENT,
      state TEXT NOT NULL, deliveryCount INTEGER NOT NULL, enqueuedAt INTEGER NOT NULL, expiresAt INTEGER, message BLOB NOT NULL)`,
  );
  return {
    put({ sequenceNumber, state, deliveryCount, enqueuedAt, expiresAt, message }) {
      store.run(
        `INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?, ?, ?, ?)`,
        sequenceNumber,
        state,
        deliveryCount,
        enqueuedAt,
        expiresAt === Infinity ? null : expiresAt,
        encode(message),
      );
    },
    remove: (sequenceNumber) =>
      store.run(`DELETE FROM ${table} WHERE sequenceNumber = ?`, sequenceNumber),
    atOnce: (work) => store.transaction(work),
    read() {
      const rows = store.all(`SELECT * FROM ${table} ORDER BY sequenceNumber`);
      const highest = store.first('SELECT seq FROM sqlite_sequence WHERE name = ?', queue)?.['seq'];
      return { entries: rows.map(toEntry), nextSequenceNumber: Number(highest ?? 0) + 1 };
    },
  };
}

function toEntry(row: Row): SavedEntry {
  return {
    sequenceNumber: Number(row['sequenceNumber']),
    state: row['state'] as SavedEntry['state'],
    deliveryCount: Number(row['deliveryCount']),
    enqueuedAt: Number(row['enqueuedAt']),
    expiresAt: row['expiresAt'] === null ? Infinity : Number(row['expiresAt']),
    message: decode(Buffer.from(row['message'] as Uint8Array)),
  };
}
