import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enrolWithUnmatched } from '../../../../shared/core/eventSources/enrolWithUnmatched.ts';
import { ingestSourceItems } from '../../../../shared/core/eventSources/ingestSourceItems.ts';
import type { Services } from '../../../../shared/core/services.ts';
import type { EventSource } from '../../../../shared/domain/vocabulary/eventSource.ts';
import type { DeviceSignal, Signal } from '../../../../shared/domain/vocabulary/signal.ts';
import { NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

const SOURCE: EventSource = {
  id: 'siem',
  kind: 'sepMobileSiem',
  displayName: 'SIEM',
  isEnabled: true,
  requiredPlatforms: [],
  detectionLifetimeInHours: 24,
};

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const { id, kind, ...rest } = SOURCE;
  await world.services.documents.saveDocument(
    { ...rest, id, kind: 'eventSource', sourceKind: kind, version: 1 },
    undefined,
  );
});
afterAll(() => world.stop());

/** A phone that enrols while its events arrive, and everything that was queued for it. */
function createPhone(): {
  readonly serialNumber: string;
  readonly queued: Signal[];
  enrol(steps?: Steps): Promise<void>;
  report(incidentId: string, steps?: Steps): Promise<void>;
} {
  const [deviceId, serialNumber] = [randomUUID(), `S-${randomUUID()}`];
  const queued: Signal[] = [];
  const signals = {
    send: (sent: readonly Signal[]) => Promise.resolve(void queued.push(...sent)),
  };
  return {
    serialNumber,
    queued,
    async enrol(steps = {}) {
      const { configuration, devices } = world.services;
      const properties = { operatingSystem: 'iOS', osVersion: '18', serialNumber } as const;
      await devices.saveIdentifiers(deviceId, { serialNumber });
      await enrolWithUnmatched(
        { configuration, unmatched: watched(steps), signals },
        deviceId,
        { serialNumber },
        async () => {
          await steps.beforeRecord?.();
          await world.recompute([signalOf({ type: 'enrolled', properties }, NOW, deviceId)]);
        },
      );
    },
    async report(incidentId, steps = {}) {
      const event = {
        type: 'Malware',
        severity: 'high',
        event_type: 'opened',
        id: incidentId,
        timestamp: NOW,
        device: { serial_number: serialNumber },
      };
      const arrival = { receivedDateTime: NOW, requestId: incidentId };
      const { eventDevices } = world.services;
      const log = world.dependencies.log;
      const ports = { eventDevices, unmatched: watched(steps), signals, log };
      await ingestSourceItems(ports, SOURCE, [{ ok: true, event }], arrival);
    },
  };
}

/** What happens in the middle of an enrolment, or of the arrival of an event. */
interface Steps {
  readonly beforeRecord?: () => Promise<void>;
  readonly beforeKeep?: () => Promise<void>;
  readonly afterFind?: () => Promise<void>;
}

function watched({ beforeKeep, afterFind }: Steps): Services['unmatched'] {
  const { unmatched } = world.services;
  return {
    ...unmatched,
    async keep(device) {
      await beforeKeep?.();
      return unmatched.keep(device);
    },
    async find(identifier, sourceIds) {
      const found = await unmatched.find(identifier, sourceIds);
      await afterFind?.();
      return found;
    },
  };
}

const incidentsOf = (queued: readonly Signal[]): readonly string[] => [
  ...new Set(
    queued
      .filter((signal): signal is DeviceSignal => signal.type === 'incidentReported')
      .flatMap((signal) =>
        signal.type === 'incidentReported' ? [signal.incident.incidentId] : [],
      ),
  ),
];

it('queues what arrived before the enrolment, for the device and from its source, and forgets it', async () => {
  const phone = createPhone();
  await phone.report('early');
  expect(incidentsOf(phone.queued)).toEqual([]);
  await phone.enrol();
  expect(phone.queued).toContainEqual(
    expect.objectContaining({ sourceId: 'siem', type: 'incidentReported' }),
  );
  const identifier = { name: 'serialNumber', value: phone.serialNumber } as const;
  expect(await world.services.unmatched.find(identifier, ['siem'])).toEqual([]);
});

it('loses no event that arrives while the enrolment is written', async () => {
  const phone = createPhone();
  await phone.report('early');
  await phone.enrol({ beforeRecord: () => phone.report('meanwhile') });
  expect(incidentsOf(phone.queued)).toEqual(['early', 'meanwhile']);
});

it('loses no event whose device enrols between its lookup and its keeping', async () => {
  const phone = createPhone();
  await phone.report('crossing', { beforeKeep: () => phone.enrol() });
  expect(incidentsOf(phone.queued)).toEqual(['crossing']);
});

it('loses no event that is kept after the enrolment has looked for it', async () => {
  const phone = createPhone();
  await phone.report('early');
  let looks = 0;
  await phone.enrol({
    afterFind: async () => {
      looks += 1;
      await phone.report(`late-${String(looks)}`);
    },
  });
  const names = Array.from({ length: looks }, (_, at) => `late-${String(at + 1)}`);
  expect(looks).toBeGreaterThan(2);
  expect(incidentsOf(phone.queued).toSorted()).toEqual(['early', ...names].toSorted());
});

it('has queued what it found even if the enrolment fails', async () => {
  const phone = createPhone();
  await phone.report('early');
  const fails = phone.enrol({ beforeRecord: () => Promise.reject(new Error('the process ended')) });
  await expect(fails).rejects.toThrow('the process ended');
  expect(incidentsOf(phone.queued)).toEqual(['early']);
  await phone.enrol();
  expect(incidentsOf(phone.queued)).toEqual(['early']);
});
