import { buffer } from 'node:stream/consumers';
import { fromBufferPromise, type Entry } from 'yauzl';

/** What a zip archive says of a file, and the file. */
export interface UnzippedFile {
  readonly entry: Entry;
  readonly content: Buffer;
}

/** The files of a zip archive by their paths, read by a package that knows nothing of us. @throws Error where it is broken. */
export async function unzip(zip: Buffer): Promise<ReadonlyMap<string, UnzippedFile>> {
  const archive = await fromBufferPromise(zip);
  const files = new Map<string, UnzippedFile>();
  for await (const entry of archive.eachEntry()) {
    const content = await buffer(await archive.openReadStreamPromise(entry));
    files.set(entry.fileName, { entry, content });
  }
  return files;
}
