import type { Signal } from '../../domain/vocabulary/signal.ts';
import type { QueuedSignal } from '../ports/queues.ts';

/** More would make one worker wait for what many could do at once. */
export const MAX_SIGNALS_A_MESSAGE = 50;
/** Service Bus counts an operation for each 64 KB of a message, its headers among them. */
export const MAX_PACK_SIZE_IN_BYTES = 60 * 1024;

/** What goes into one message of the `device-signals` queue: the JSON text of an array of `QueuedSignal`. */
export interface SignalPack {
  readonly first: Signal;
  readonly text: string;
}

/**
 * The signals in as few messages as their count and size allow, in their order: a message costs the same whether it
 * holds one signal or fifty. One that is larger than a pack goes alone.
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
