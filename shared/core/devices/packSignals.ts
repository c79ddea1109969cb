import type { Signal } from '../../domain/vocabulary/signal.ts';

/** More would give one worker the work that several can share. */
export const MAX_SIGNALS_A_MESSAGE = 50;
/** Service Bus bills one operation for each 64 KB of a message, headers included. */
export const MAX_PACK_SIZE_IN_BYTES = 60 * 1024;

/** `{"attempt":0,"signal":…},` */
const ENTRY_SIZE_IN_BYTES = 26;

/** The content of one message of the `device-signals` queue: the JSON text of an array of `QueuedSignal`. */
export interface SignalPack {
  readonly first: Signal;
  readonly text: string;
}

/** The bytes that the MAC adds to a message: `,"mac":"…"` around the base64url of 32 bytes. */
const MAC_SIZE_IN_BYTES = 52;

/**
 * Packs the signals, in order, into as few messages as their count and size allow: a message costs the same with one
 * signal or fifty. A signal that is larger than a pack gets its own message. `macOf` makes the MAC of each message.
 */
export function packSignals(
  signals: readonly Signal[],
  macOf: (said: string) => string,
): readonly SignalPack[] {
  const packs: { readonly first: Signal; readonly texts: string[]; size: number }[] = [];
  for (const signal of signals) {
    const text = JSON.stringify(signal);
    const size = Buffer.byteLength(text) + ENTRY_SIZE_IN_BYTES;
    const last = packs.at(-1);
    if (
      last !== undefined &&
      last.texts.length < MAX_SIGNALS_A_MESSAGE &&
      last.size + size <= MAX_PACK_SIZE_IN_BYTES
    ) {
      last.texts.push(text);
      last.size += size;
    } else {
      packs.push({ first: signal, texts: [text], size: size + MAC_SIZE_IN_BYTES });
    }
  }
  return packs.map(({ first, texts }) => ({ first, text: toText(texts, macOf) }));
}

/** The text of a message, from the texts of its signals. The first entry has the MAC of all. */
function toText(
  [first = '', ...others]: readonly string[],
  macOf: (said: string) => string,
): string {
  const said = [first, ...others].map((text) => `{"signal":${text}}`).join(',');
  return (
    [
      `[{"attempt":0,"signal":${first},"mac":"${macOf(`[${said}]`)}"}`,
      ...others.map((text) => `{"attempt":0,"signal":${text}}`),
    ].join(',') + ']'
  );
}
