import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Locks the folder for this system, because two systems would write to one database; returns a function that unlocks
 * it. The operating system holds the lock and releases it with the process, even if that is killed. A process id alone
 * would not suffice, since another process may reuse it. The file `pid` only serves the error message.
 * @throws Error naming the process that holds the lock.
 */
export function takeFolder(folder: string): () => void {
  const pidFile = join(folder, 'pid');
  const lock = new DatabaseSync(join(folder, 'lock.sqlite'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const owner = readOwner(pidFile);
    throw new Error(`another local system already uses ${folder} (process ${owner})`, { cause });
  }
  writeFileSync(pidFile, String(process.pid));
  return () => {
    rmSync(pidFile, { force: true });
    if (lock.isOpen) lock.close();
  };
}

function readOwner(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8');
  } catch {
    return 'unknown, because it is still starting';
  }
}
