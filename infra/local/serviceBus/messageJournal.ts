import type { SqliteStore } from '../sqliteStore.ts';
import type { AmqpMessage, SavedEntry } from './messageQueue.ts';
import { decode, encode } from './wireMessage.ts';

/** Where a queue keeps its messages, so that they outlive its process. */
export interface MessageJournal {
  /** Takes an entry, or what has become of one. A lock is not kept: it ends with the process that gave it. */
  put(entry: SavedEntry): void;
  remove(sequenceNumber: number): void;
  /** Runs `work` whole or, where the process ends within it, not at all. */
  atOnce<T>(work: () => T): T;
  /** What is there, in its order, and the number after the highest that there ever was. */
  read(): { readonly entries: readonly SavedEntry[]; readonly nextSequenceNumber: number };
}

/** Keeps nothing. */
export const NO_JOURNAL: MessageJournal = {
  put: () => undefined,
  remove: () => undefined,
  atOnce: (work) => work(),
  read: () => ({ entries: [], nextSequenceNumber: 1 }),
};

/** A table a queue. AUTOINCREMENT remembers the highest number after its row has gone. */
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
      return {
        entries: rows.map((row) => ({
          sequenceNumber: Number(row['sequenceNumber']),
          state: row['state'] as SavedEntry['state'],
          deliveryCount: Number(row['deliveryCount']),
          enqueuedAt: Number(row['enqueuedAt']),
          expiresAt: row['expiresAt'] === null ? Infinity : Number(row['expiresAt']),
          message: toMessage(row['message']),
        })),
        nextSequenceNumber: Number(highest ?? 0) + 1,
      };
    },
  };
}

function toMessage(stored: unknown): AmqpMessage {
  return decode(Buffer.from(stored as Uint8Array));
}
