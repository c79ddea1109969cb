import { describe, expect, it } from 'vitest';
import type { EventDevices } from '../../../../shared/core/eventSources/findEventDevices.ts';
import { countsOf } from '../../../../shared/core/eventSources/ingestSourceItems.ts';
import {
  readSourceItems,
  type ReadSourceItems,
} from '../../../../shared/core/eventSources/readSourceItems.ts';
import type { EventSource } from '../../../../shared/domain/vocabulary/eventSource.ts';
import { NOW } from '../../../support/signals.ts';

const SIEM: EventSource = {
  id: 'siem',
  kind: 'sepMobileSiem',
  displayName: 'SIEM',
  isEnabled: true,
  requiredPlatforms: [],
  detectionLifetimeInHours: 24,
};

/** Knows the devices with these serial numbers, and counts the questions. */
function known(serials: Readonly<Record<string, readonly string[]>>): EventDevices & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    find(identifiers) {
      asked.push(identifiers.map(({ value }) => value).join());
      return Promise.resolve(identifiers.flatMap(({ value }) => serials[value] ?? []));
    },
  };
}

const alert = (serial: string | undefined, changes: object = {}): object => ({
  type: 'Malware',
  event_type: 'opened',
  severity: 'high',
  id: 1,
  timestamp: NOW,
  device: serial === undefined ? {} : { serial_number: serial },
  ...changes,
});

function read(
  events: readonly unknown[],
  devices: EventDevices = known({ S1: ['a'], S2: ['b', 'c'] }),
  source = SIEM,
): Promise<ReadSourceItems> {
  const items = events.map((event) => ({ ok: true, event }) as const);
  return readSourceItems(devices, source, items, { receivedDateTime: NOW, requestId: 'r' });
}

const ZEROS = { accepted: 0, rejected: 0, unmapped: 0, unmatched: 0 };

describe('the events of a request', () => {
  it('are directed to every device that has their identifier, with their source', async () => {
    const { signals } = await read([alert('S1'), alert('S2')]);
    expect(signals.map((signal) => ('deviceId' in signal ? signal.deviceId : ''))).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(new Set(signals.map(({ sourceId }) => sourceId))).toEqual(new Set(['siem']));
  });

  it('look each device up once, also an unknown one', async () => {
    const devices = known({ S1: ['a'] });
    await read(
      [...Array<object>(40).fill(alert('S1')), ...Array<object>(40).fill(alert('S9'))],
      devices,
    );
    expect(devices.asked).toEqual(['S1', 'S9']);
  });

  it.each([
    ['a known device', [alert('S1')], { ...ZEROS, accepted: 1 }],
    ['an unknown device', [alert('S9')], { ...ZEROS, accepted: 1, unmatched: 1 }],
    ['no device', [alert(undefined)], { ...ZEROS, rejected: 1 }],
    [
      'an unknown word',
      [alert('S1', { event_type: 'seen' })],
      { ...ZEROS, accepted: 1, unmapped: 1 },
    ],
    ['no object', ['text'], { ...ZEROS, rejected: 1 }],
  ])('are counted: %s', async (_, events, expected) => {
    expect(countsOf(await read(events))).toEqual(expected);
  });

  it('show that their source works, even if they are about nobody that is known', async () => {
    const heartbeat = { type: 'connectorHeartbeat', sourceId: 'siem', receivedDateTime: NOW };
    expect((await read([alert('S9')])).signals).toEqual([expect.objectContaining(heartbeat)]);
    const ses = { ...SIEM, id: 'ses', kind: 'sesEventExport' } as const;
    const aboutServer = { device_os_type_id: 100, type_id: 8031, severity_id: 5 };
    const ofServer = await read([aboutServer, aboutServer], known({}), ses);
    expect(ofServer.signals).toEqual([expect.objectContaining({ ...heartbeat, sourceId: 'ses' })]);
    expect(countsOf(ofServer)).toEqual({ ...ZEROS, accepted: 2 });
    expect((await read(['text'])).signals).toEqual([]);
  });

  it('that were dated ahead arrive at their own time in a replay, the others when they did', async () => {
    const [ahead, later] = ['2026-07-01T11:00:00.000Z', '2026-07-01T12:00:00.000Z'];
    const arrival = { receivedDateTime: '2026-07-01T10:00:00.000Z', requestId: 'r' };
    const earlier = '2026-07-01T09:00:00.000Z';
    const timesIn = async (more: object): Promise<readonly unknown[]> => {
      const items = [ahead, earlier].map((timestamp, at) => ({
        ok: true as const,
        event: alert('S1', { id: at, timestamp }),
      }));
      const { signals } = await readSourceItems(known({ S1: ['a'] }), SIEM, items, {
        ...arrival,
        ...more,
      });
      return signals.map(({ observedDateTime, receivedDateTime }) => [
        observedDateTime,
        receivedDateTime,
      ]);
    };
    expect(await timesIn({ replayedDateTime: later })).toEqual([
      [ahead, ahead],
      [earlier, arrival.receivedDateTime],
    ]);
    expect(await timesIn({})).toContainEqual([earlier, arrival.receivedDateTime]);
  });

  it('of the source `default` name no source', async () => {
    const events = [
      {
        specversion: '1.0',
        id: 'e1',
        source: 'sep',
        type: 'sepmobile.device.activated',
        time: NOW,
        data: { deviceId: 'phone-1' },
      },
    ];
    const source = { ...SIEM, id: 'default', kind: 'cloudEvents' } as const;
    const { signals } = await read(events, known({}), source);
    expect(signals).toEqual([expect.objectContaining({ type: 'activated', deviceId: 'phone-1' })]);
    expect(signals[0]).not.toHaveProperty('sourceId');
  });
});
