import { expect, it } from 'vitest';
import { withRead } from '../../../../shared/core/eventSources/countUnmapped.ts';
import type {
  MetWord,
  ReadSourceItems,
} from '../../../../shared/core/eventSources/readSourceItems.ts';
import { NO_PROGRESS, type SourceProgress } from '../../../../shared/core/ports/eventSources.ts';
import { NOW } from '../../../support/signals.ts';

const LATER = '2026-01-02T00:00:00.000Z';

function add(progress: SourceProgress, words: readonly MetWord[], now = NOW): SourceProgress {
  const nothing = {
    accepted: 0,
    rejected: [],
    partial: [],
    signals: [],
    unmatched: [],
    events: [],
  };
  const read: ReadSourceItems = { ...nothing, unmapped: words };
  return withRead(progress, read, now);
}

const word = (text: string, event: unknown = {}): MetWord => ({
  field: 'sub_type',
  word: text,
  event,
});

it('counts a word in any case, with its first and its last time and its first example', () => {
  const once = add(NO_PROGRESS, [word('Odd', { severity: 'high' })]);
  const twice = add(once, [word('odd', { severity: 'low' }), word('other')], LATER);
  expect(twice.unmapped).toEqual([
    {
      field: 'sub_type',
      word: 'Odd',
      count: 2,
      firstDateTime: NOW,
      lastDateTime: LATER,
      example: '{"severity":"high"}',
    },
    expect.objectContaining({ word: 'other', count: 1, firstDateTime: LATER }),
  ]);
});

it('masks in an example whatever may name a device or a person', () => {
  const event = {
    type: 'Malware',
    id: 4711,
    severity: 3,
    mitigated: false,
    device: {
      name: 'Ada’s phone',
      serial_number: 'S1234567',
      imei: 355762052793235,
      udid: '00008030-001',
      os_type: 'iOS',
    },
    user: { email: 'ada@contoso.example', name: 'Ada', phone: 46701234567 },
    device_name: 'Ada’s phone',
    product_serial: 'S1234567',
    transaction_email: 'ada@contoso.example',
    user_name: 'ada',
    ips: ['10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6'],
  };
  const [counted] = add(NO_PROGRESS, [word('odd', event)]).unmapped;
  expect(counted?.example).toContain('"type":"Malware"');
  expect(counted?.example).toContain('"os_type":"iOS"');
  expect(counted?.example).not.toMatch(/Ada|S1234567|3557|00008030|contoso|467|10\.1/i);
});

it('keeps the most frequent words, and short examples', () => {
  const frequent = Array.from({ length: 3 }, () => word('frequent'));
  const rare = Array.from({ length: 300 }, (_, at) => word(`rare ${String(at)}`));
  const deep = word('deep', { type: 'x'.repeat(10_000) });
  const { unmapped } = add(NO_PROGRESS, [deep, deep, ...rare, ...frequent]);
  expect(unmapped).toHaveLength(200);
  expect(unmapped[0]).toMatchObject({ word: 'frequent', count: 3 });
  expect(unmapped[1]?.example.length).toBeLessThanOrEqual(600);
});
