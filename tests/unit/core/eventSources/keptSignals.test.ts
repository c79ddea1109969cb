import { expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { keptSignals } from '../../../../shared/core/eventSources/keptSignals.ts';
import type { UndirectedSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { INCIDENT, NOW } from '../../../support/signals.ts';

const stamp = (signalId: string, at = NOW): Omit<UndirectedSignal, 'type'> => ({
  signalId,
  observedDateTime: at,
  receivedDateTime: at,
});
const heartbeat = (id: string, at?: string): UndirectedSignal => ({
  ...stamp(id, at),
  type: 'heartbeat',
});
const incident = (id: string, at?: string, title = 'found'): UndirectedSignal => ({
  ...stamp(id, at),
  type: 'incidentReported',
  status: 'open',
  incident: { ...INCIDENT, incidentId: id, title },
});

it('keeps bad news before signs of life, the latest of each, once', () => {
  const beats = Array.from({ length: 80 }, (_, at) =>
    heartbeat(`h${String(at)}`, addSeconds(NOW, at)),
  );
  const old = incident('old', '2025-01-01T00:00:00.000Z');
  const kept = keptSignals([old, ...beats, old, incident('new')]);
  expect(kept.slice(0, 3).map(({ signalId }) => signalId)).toEqual(['new', 'old', 'h79']);
  expect(kept).toHaveLength(50);
});

it('keeps the signals within 64 KiB, however long their texts are', () => {
  const long = Array.from({ length: 200 }, (_, at) =>
    incident(`incident-${String(at)}-${'x'.repeat(200)}`, addSeconds(NOW, at), 'ä'.repeat(1024)),
  );
  const kept = keptSignals(long);
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(64 * 1024);
  expect(kept.length).toBeGreaterThan(20);
});
