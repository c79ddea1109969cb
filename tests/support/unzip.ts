import { buffer } from 'node:stream/consumers';
import { fromBufferPromise, type Entry } from 'yauzl';

/** A file of a zip archive, with its directory entry. */
export interface UnzippedFile {
  readonly entry: Entry;
  readonly content: Buffer;
}

/** The files of a zip archive by path, read with a third-party package. @throws Error if the archive is broken. */
export async function unzip(zip: Buffer): Promise<ReadonlyMap<string, UnzippedFile>> {
  const archive = await fromBufferPromise(zip);
  const files = new Map<string, UnzippedFile>();
  for await (const entry of archive.eachEntry()) {
    const content = await buffer(await archive.openReadStreamPromise(entry));
    files.set(entry.fileName, { entry, content });
  }
  return files;
}
