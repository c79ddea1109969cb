import { toIdentifiers } from '../../../shared/core/devices/identifiersOf.ts';
import { recomputeDevice } from '../../../shared/core/devices/recomputeDevice.ts';
import { enrolWithUnmatched } from '../../../shared/core/eventSources/enrolWithUnmatched.ts';
import type { ManagedDeviceProperties } from '../../../shared/domain/vocabulary/signal.ts';
import { NEW_WORD } from './histories/createRename.ts';
import { rulesAfter, type SourceEdit } from './histories/eventSources.ts';
import { MINUTE, SECOND, type History, type Rename, type Sources } from './histories/history.ts';
import { isByOperator, type SimulatedEvent } from './histories/simulatedEvent.ts';
import { createPorts, type Shared, type WorkerPorts } from './system/ports.ts';
import type { Actor } from './system/scheduler.ts';
import { policyOf, sourceOf } from './writeConfiguration.ts';

/** Enrols, unenrols and changes the policy, and repeats each until it succeeds. */
export function startOperators(shared: Shared, { events, edits, rename, sources }: History): void {
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
  sources?.edits.forEach((edit, index) => void editSource(shared, sources, edit, index + 2));
  if (rename !== undefined) void sayMeaning(shared, actor, rename);
}

/** Disables or enables an event source. */
async function editSource(
  { scheduler, documents }: Shared,
  { rules, edits }: Sources,
  edit: SourceEdit,
  version: number,
): Promise<void> {
  const actor: Actor = { name: 'operator', isDead: false };
  await scheduler.sleep(actor, edit.at - scheduler.now);
  const done = edits.slice(0, edits.indexOf(edit) + 1);
  const rule = rulesAfter(rules, done).find(({ id }) => id === edit.id);
  if (rule === undefined) return;
  const found = documents.read(`eventSource/${edit.id}`);
  const document = sourceOf(rule, version, new Date(edit.at).toISOString());
  documents.write(`eventSource/${edit.id}`, document, found?.etag);
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
  const identifiers = toIdentifiers(properties, undefined);
  const configuration = await ports.configuration.load();
  const change = async (): Promise<void> => {
    await recomputeDevice(ports, {
      deviceId,
      signals: [
        event.type === 'enrolled'
          ? { ...stamped, type: 'enrolled', properties }
          : { ...stamped, type: 'unenrolled' },
      ],
      configuration,
      now: ports.now().toISOString(),
    });
  };
  if (event.type !== 'enrolled') return change();
  await ports.devices.saveIdentifiers(deviceId, identifiers);
  await enrolWithUnmatched(ports, deviceId, identifiers, change);
}
