import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the folder for this system, since two would write into one database; returns what gives it back.
 * The operating system keeps the lock and ends it with the process, whichever way that goes: the number of a process
 * that was killed may be another program's by now. `pid` only says who it is.
 * @throws Error naming the process that has it.
 */
export function takeFolder(folder: string): () => void {
  const pidFile = join(folder, 'pid');
  const lock = new DatabaseSync(join(folder, 'lock.sqlite'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new Error(`a local system runs on ${folder} already (process ${read(pidFile)})`, {
      cause,
    });
  }
  writeFileSync(pidFile, String(process.pid));
  return () => {
    rmSync(pidFile, { force: true });
    if (lock.isOpen) lock.close();
  };
}

function read(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8');
  } catch {
    return 'unknown, it has only begun';
  }
}
