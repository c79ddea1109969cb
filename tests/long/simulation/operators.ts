import { recomputeDevice } from '../../../shared/core/devices/recomputeDevice.ts';
import type { ManagedDeviceProperties } from '../../../shared/domain/vocabulary/signal.ts';
import { NEW_WORD } from './histories/createRename.ts';
import { MINUTE, SECOND, type History, type Rename } from './histories/history.ts';
import { isByOperator, type SimulatedEvent } from './histories/simulatedEvent.ts';
import { createPorts, type Shared, type WorkerPorts } from './system/ports.ts';
import type { Actor } from './system/scheduler.ts';
import { policyOf } from './writeConfiguration.ts';

/** Enrols, unenrols and changes the policy, and repeats each until it succeeds. */
export function startOperators(shared: Shared, { events, edits, rename }: History): void {
  const { scheduler, documents } = shared;
  const actor: Actor = { name: 'operator', isDead: false };
  for (const event of events.filter(isByOperator)) void enrolUntilDone(shared, event);
  edits.forEach(({ at, ceiling }, index) => {
    const edit = async (): Promise<void> => {
      await scheduler.sleep(actor, at - scheduler.now);
      const key = 'deviceCompliancePolicy/baseline';
      const found = documents.read(key);
      documents.write(key, policyOf(ceiling, index + 2, new Date(at).toISOString()), found?.etag);
    };
    void edit();
  });
  if (rename !== undefined) void sayMeaning(shared, actor, rename);
}

/** When an operator says what a new word means. */
export function saidAt({ at }: Rename): number {
  return at + 60 * MINUTE;
}

async function sayMeaning(
  { scheduler, documents }: Shared,
  actor: Actor,
  rename: Rename,
): Promise<void> {
  await scheduler.sleep(actor, saidAt(rename) - scheduler.now);
  const { meaning } = rename;
  if (meaning === undefined) return;
  const id = `severity.${NEW_WORD}`;
  const found = documents.read(`reportFault/${id}`);
  const lastModifiedDateTime = new Date(scheduler.now).toISOString();
  const word = { id, kind: 'reportFault', field: 'severity', word: NEW_WORD, version: 1 };
  documents.write(
    `reportFault/${id}`,
    { ...word, state: 'resolved', meaning, lastModifiedDateTime },
    found?.etag,
  );
}

async function enrolUntilDone(shared: Shared, event: SimulatedEvent): Promise<void> {
  const { scheduler, progress } = shared;
  const actor: Actor = { name: 'operator', isDead: false };
  await scheduler.sleep(actor, event.reported - scheduler.now);
  while (!progress.isTaken(event)) {
    const server: Actor = { name: 'management', isDead: false };
    progress.begin(server, [event], scheduler.now);
    void enrolOne(createPorts(shared, server), event).then(
      () => {
        progress.finish(event);
      },
      () => undefined,
    );
    await scheduler.sleep(actor, 5 * SECOND);
  }
}

async function enrolOne(ports: WorkerPorts, event: SimulatedEvent): Promise<void> {
  const { deviceId, id, observed } = event;
  const observedDateTime = new Date(observed).toISOString();
  const stamped = { deviceId, signalId: id, observedDateTime, receivedDateTime: observedDateTime };
  const properties: ManagedDeviceProperties = {
    operatingSystem: 'Android',
    osVersion: '15',
    ...(event.type === 'enrolled' ? event.enrolment : {}),
  };
  if (event.type === 'enrolled') await ports.devices.saveIdentifiers(deviceId, properties);
  await recomputeDevice(ports, {
    deviceId,
    signals: [
      event.type === 'enrolled'
        ? { ...stamped, type: 'enrolled', properties }
        : { ...stamped, type: 'unenrolled' },
    ],
    configuration: await ports.configuration.load(),
    now: ports.now().toISOString(),
  });
}
