import type { Signal } from '../../domain/vocabulary/signal.ts';
import type { QueuedSignal } from '../ports/queues.ts';

/** More would give one worker the work that several can share. */
export const MAX_SIGNALS_A_MESSAGE = 50;
/** Service Bus bills one operation for each 64 KB of a message, headers included. */
export const MAX_PACK_SIZE_IN_BYTES = 60 * 1024;

/** The content of one message of the `device-signals` queue: the JSON text of an array of `QueuedSignal`. */
export interface SignalPack {
  readonly first: Signal;
  readonly text: string;
}

/**
 * Packs the signals, in order, into as few messages as their count and size allow: a message costs the same with one
 * signal or fifty. A signal that is larger than a pack gets its own message.
 */
export function packSignals(signals: readonly Signal[]): readonly SignalPack[] {
  const packs: { readonly first: Signal; readonly texts: string[]; size: number }[] = [];
  for (const signal of signals) {
    const text = JSON.stringify({ attempt: 0, signal } satisfies QueuedSignal);
    const size = Buffer.byteLength(text) + 1;
    const last = packs.at(-1);
    if (
      last !== undefined &&
      last.texts.length < MAX_SIGNALS_A_MESSAGE &&
      last.size + size <= MAX_PACK_SIZE_IN_BYTES
    ) {
      last.texts.push(text);
      last.size += size;
    } else {
      packs.push({ first: signal, texts: [text], size });
    }
  }
  return packs.map(({ first, texts }) => ({ first, text: `[${texts.join(',')}]` }));
}
