import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { changeConfiguration } from '../../../../shared/core/configuration/changeConfiguration.ts';
import { REPORT_FAULTS } from '../../../../shared/core/configuration/managedKinds.ts';
import { updateDocument } from '../../../../shared/core/configuration/readDocument.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import { fromSepMobileEvent } from '../../../../shared/core/ingest/fromSepMobileEvent.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { healthySignals, NOW } from '../../../support/signals.ts';
import { queuedMessage, startWorld, type World } from '../../../support/world.ts';

const FLEET = Array.from({ length: 12 }, (_, at) => `phone-${String(at)}`);
/** The least number of devices that a hold needs here. */
const LIMIT = 8;
const HOUR = 60 * 60;

let world: World;
afterEach(() => world.stop());

async function startFleet(): Promise<void> {
  world = await startWorld();
  const { documents } = world.services;
  const settings = await documents.loadDocument('tenantSettings', 'default');
  if (settings === undefined) throw new TypeError('there are no tenant settings');
  const document = { ...settings.document, silenceBreakerMinimumDevices: LIMIT };
  await documents.saveDocument(document, settings.etag);
  await world.recompute(FLEET.flatMap((deviceId) => healthySignals(deviceId)));
}

function incident(deviceId: string, severity: unknown, at: string): readonly DeviceSignal[] {
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: 'sep',
    type: 'sepmobile.incident.opened',
    time: at,
    data: {
      deviceId,
      incidentId: `incident-${deviceId}`,
      category: 'application',
      threatType: 'suspiciousApp',
      severity,
      detectedDateTime: at,
    },
  };
  const arrival = { receivedDateTime: at, requestId: randomUUID(), index: 0 };
  return fromSepMobileEvent(event, arrival).signals as readonly DeviceSignal[];
}

/** The devices that are blocked at `now`. */
async function blocked(now: string, of = FLEET): Promise<readonly string[]> {
  const states = await Promise.all(of.map((deviceId) => world.answerFor(deviceId, now)));
  return of.filter((_, at) => states[at] !== 'compliant');
}

async function report(severity: unknown, devices: readonly string[], at: string): Promise<void> {
  await world.recompute(
    devices.flatMap((deviceId) => incident(deviceId, severity, at)),
    at,
  );
}

const resolve = (id: string, meaning: string): Promise<unknown> =>
  changeConfiguration(
    { ...world.services, now: () => new Date(NOW) },
    {
      kind: REPORT_FAULTS,
      activity: 'update',
      documentId: id,
      apply: (before) => updateDocument(REPORT_FAULTS, before, { meaning }, { id, now: NOW }),
      ifMatch: null,
      isConfirmed: true,
      actor: { applicationId: 'operator' },
      requestId: 'request-1',
    },
  );

describe('a word that the vendor renames', () => {
  it('counts as the worst on a few devices', async () => {
    await startFleet();
    await report('critical', FLEET.slice(0, LIMIT - 1), NOW);
    expect(await blocked(NOW)).toEqual(FLEET.slice(0, LIMIT - 1));
    expect(world.logged.filter((line) => line.includes('reports held'))).toEqual([]);
  });

  it('blocks nobody if it would block the whole fleet at once, and pages an operator', async () => {
    await startFleet();
    await report('critical', FLEET, NOW);
    expect(await blocked(NOW)).toEqual([]);
    expect(world.logged.filter((line) => line.includes('reports held'))).toHaveLength(1);
  });

  it('blocks no further device once it is held, and leaves the earlier ones blocked', async () => {
    await startFleet();
    const [first, second] = [FLEET.slice(0, LIMIT - 1), FLEET.slice(LIMIT - 1)];
    await report('critical', first, NOW);
    const later = addSeconds(NOW, 60);
    await report('critical', second, later);
    expect(await blocked(later)).toEqual(first);
    // Also when they report the word again.
    const again = addSeconds(NOW, 120);
    await report('critical', FLEET, again);
    expect(await blocked(again)).toEqual(first);
  });

  it('spares devices whose earlier reports the queue delivers after the later ones', async () => {
    await startFleet();
    const [early, late] = [FLEET.slice(LIMIT), FLEET.slice(0, LIMIT)];
    const later = addSeconds(NOW, 60);
    await report('critical', late, later);
    await world.recompute(
      early.flatMap((deviceId) => incident(deviceId, 'critical', NOW)),
      later,
    );
    expect(await blocked(later)).toEqual([]);
  });

  it('waits for another try, with a delay, if the store of the counts is away', async () => {
    await startFleet();
    const [bad = '', good = ''] = FLEET;
    const away = (): Promise<never> =>
      Promise.reject(new ConnectorError('serviceNotAvailable', 'away'));
    const signals = [...incident(bad, 'critical', NOW), ...incident(good, 'high', NOW)];
    await recomputeBatch(
      { ...world.dependencies, documents: { ...world.services.documents, loadDocument: away } },
      signals.map((signal) => queuedMessage(signal)),
      NOW,
    );
    expect(await blocked(NOW)).toEqual([good]);
    expect(world.broker.depth('device-signals').scheduled).toBe(1);
  });

  it('holds a word that is different in each report', async () => {
    await startFleet();
    await world.recompute(
      FLEET.flatMap((deviceId) => incident(deviceId, `odd ${deviceId}`, NOW)),
      NOW,
    );
    expect(await blocked(NOW)).toEqual([]);
  });

  it('does not spare a device with a word that is known', async () => {
    await startFleet();
    await report('critical', FLEET, NOW);
    const later = addSeconds(NOW, 60);
    await report('high', FLEET.slice(0, 3), later);
    expect(await blocked(later)).toEqual(FLEET.slice(0, 3));
  });

  it('counts as what the operator says, also in stored reports', async () => {
    await startFleet();
    await report('critical', FLEET, NOW);
    await resolve('severity.critical', 'low');
    expect(await blocked(NOW)).toEqual([]);
    await resolve('severity.critical', 'worst');
    expect(await blocked(NOW)).toEqual(FLEET);
    await resolve('severity.critical', 'nothing');
    expect(await blocked(NOW)).toEqual([]);
    await expect(resolve('severity.critical', 'severe')).rejects.toMatchObject({
      code: 'invalidRequest',
    });
  });

  it('counts as missing data once the hold has lasted for too long', async () => {
    await startFleet();
    await report('critical', FLEET, NOW);
    const before = addSeconds(NOW, 24 * HOUR - 1);
    const after = addSeconds(NOW, 24 * HOUR);
    const alive = FLEET.slice(0, 5).flatMap((deviceId) => healthySignals(deviceId, before));
    await world.recompute(alive, before);
    expect(await blocked(before, FLEET.slice(0, 5))).toEqual([]);
    expect(await blocked(after, FLEET.slice(0, 5))).toEqual(FLEET.slice(0, 5));
  });

  it('counts again from the beginning after an hour', async () => {
    await startFleet();
    await report('critical', FLEET.slice(0, LIMIT - 1), NOW);
    const later = addSeconds(NOW, HOUR);
    await report('critical', FLEET.slice(LIMIT - 1, LIMIT + 3), later);
    expect(await blocked(later)).toEqual(FLEET.slice(0, LIMIT + 3));
  });
});
