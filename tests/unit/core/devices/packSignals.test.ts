import { describe, expect, it } from 'vitest';
import { createMessageMac } from '../../../../shared/core/devices/messageMac.ts';
import {
  MAX_PACK_SIZE_IN_BYTES,
  MAX_SIGNALS_A_MESSAGE,
  packSignals,
} from '../../../../shared/core/devices/packSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

const MAC = createMessageMac({
  keys: [Buffer.alloc(32)],
  queue: 'device-signals',
  now: () => new Date(NOW),
});
const heartbeats = (count: number): DeviceSignal[] =>
  Array.from({ length: count }, (_, at) =>
    signalOf({ type: 'heartbeat' }, NOW, `device-${String(at)}`),
  );
const titled = (title: string): DeviceSignal =>
  signalOf({ type: 'incidentReported', status: 'open', incident: { ...INCIDENT, title } });
const signalsIn = (text: string): unknown[] =>
  (JSON.parse(text) as { attempt: number; signal: unknown }[]).map(({ attempt, signal }) => {
    expect(attempt).toBe(0);
    return signal;
  });

describe('packSignals', () => {
  it.each([
    [0, []],
    [1, [1]],
    [MAX_SIGNALS_A_MESSAGE, [MAX_SIGNALS_A_MESSAGE]],
    [MAX_SIGNALS_A_MESSAGE + 1, [MAX_SIGNALS_A_MESSAGE, 1]],
  ])('packs all of %i small signals in order into messages of %j', (count, sizes) => {
    const signals = heartbeats(count);
    const packs = packSignals(signals, MAC.macOf).map(({ text }) => signalsIn(text));
    expect(packs.map(({ length }) => length)).toEqual(sizes);
    expect(packs.flat()).toEqual(signals);
  });

  it('limits the size of a message in bytes, not in characters', () => {
    // Three bytes per character.
    const signals = Array.from({ length: 30 }, () => titled('€'.repeat(2000)));
    const packs = packSignals(signals, MAC.macOf);
    expect(packs.length).toBeGreaterThan(2);
    for (const { text } of packs)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_PACK_SIZE_IN_BYTES);
    expect(packs.flatMap(({ text }) => signalsIn(text))).toEqual(signals);
  });

  it('sends a signal that is larger than a pack alone, so it delays no other', () => {
    const large = titled('x'.repeat(MAX_PACK_SIZE_IN_BYTES));
    const [before, after] = heartbeats(2) as [DeviceSignal, DeviceSignal];
    const packs = packSignals([before, large, after], MAC.macOf).map(({ text }) => signalsIn(text));
    expect(packs).toEqual([[before], [large], [after]]);
  });
});
