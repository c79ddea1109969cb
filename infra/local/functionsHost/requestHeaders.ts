import type { IncomingMessage } from 'node:http';

/**
 * Kestrel's default: strict UTF-8 (`KestrelServerOptions.RequestHeaderEncodingSelector`; dotnet/aspnetcore#61189 shows
 * the 400 for other bytes).
 */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The headers as Kestrel reads them, repeated ones joined; `undefined` if one is not UTF-8, which Kestrel answers with
 * 400. Node.js decodes headers as Latin-1, and drops the repetitions of some.
 */
export function readHeaders({
  headersDistinct,
}: IncomingMessage): Readonly<Record<string, string>> | undefined {
  try {
    const entries = Object.entries(headersDistinct);
    return Object.fromEntries(entries.map(([name, values = []]) => [name, toText(values)]));
  } catch {
    return undefined;
  }
}

/** @throws TypeError if the bytes are not UTF-8. */
function toText(values: readonly string[]): string {
  const text = values.join(',');
  return isAscii(text) ? text : UTF8.decode(Buffer.from(text, 'latin1'));
}

/** Whether every character is in US-ASCII. Kestrel accepts no other in the target of a request. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
