import { ConnectorError } from '../../base/connectorError.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import {
  createPublication,
  openPublication,
  settlePublication,
  type OpenPublication,
  type TargetProgress,
  type Undelivered,
} from '../../domain/announcements/publication.ts';
import type { Log } from '../../base/log.ts';
import { retryOnConflict } from '../../base/retryOnConflict.ts';
import type { MessageRetry } from '../ports/queues.ts';
import type { PublicationStore } from '../ports/publications.ts';
import { toRedelivery } from './changeMessage.ts';
import type { ListTargets, Target } from '../ports/target.ts';
import { deliverToTarget, type DeliveryDependencies } from './deliverToTarget.ts';

const MAX_TRIES = 12;
const REASONS = {
  tooManyWaiting: 'more happened to the device than is kept for a target that does not answer',
  tooLate: 'what followed it was told long before it came; replaying it tells an old state',
};

export interface PublishDependencies extends DeliveryDependencies {
  readonly publications: PublicationStore;
  readonly listTargets: ListTargets;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly log: Log;
}

/**
 * Tells every target what has happened to one device: what has `arrived`, and what each is behind with and is due.
 * Returns once all of it is told, or kept with the time of its next try. A target that fails holds back nobody else,
 * and of this device alone. One read, and one write where anything was told; another worker in between means reading
 * again, without telling again. Each target hears each announcement at least once, and in order the first time.
 * @throws ConnectorError where Cosmos DB or Service Bus does not answer: the messages have to come again.
 */
export async function publishDevice(
  dependencies: PublishDependencies,
  deviceId: string,
  arrived: readonly Announcement[],
): Promise<void> {
  const { publications } = dependencies;
  const targets = await dependencies.listTargets();
  const told = new Map<string, TargetProgress>();
  const putAside = putAsideOnce(dependencies.retry);
  const toError = (): ConnectorError =>
    new ConnectorError(
      'serviceNotAvailable',
      `what is told of device \`${deviceId}\` changes too often at once`,
    );
  await retryOnConflict(dependencies, { maxTries: MAX_TRIES, toError }, async () => {
    const stored = await publications.loadPublication(deviceId);
    const known = stored?.publication ?? createPublication(deviceId);
    const open = openPublication(known, arrived, dependencies.now().toISOString());
    await tellAll(dependencies, targets, open, told);
    const { publication: next, undelivered: untold } = settlePublication(
      open,
      told,
      dependencies.now().toISOString(),
    );
    for (const each of [...untold, ...lateFor(targets, open)]) await putAside(each);
    if (JSON.stringify(next) === JSON.stringify(known)) return 'unchanged';
    const saved = await publications.savePublication(next, stored?.etag);
    if (saved === 'saved') noteGivenUp(dependencies.log, deviceId, open);
    return saved;
  });
}

/** A target that has failed in this call is not tried again by it. */
async function tellAll(
  dependencies: PublishDependencies,
  targets: readonly Target[],
  open: OpenPublication,
  told: Map<string, TargetProgress>,
): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      const before = told.get(target.id);
      const behind = open.publication.behind[target.id]?.sequence ?? open.publication.nextSequence;
      if (before?.backlog !== undefined && behind <= before.sequence) return;
      told.set(target.id, await deliverToTarget(dependencies, target, open, before?.sequence));
    }),
  );
}

/** Before it is forgotten, and once, however often the publication is written by others meanwhile. */
function putAsideOnce(retry: MessageRetry): (untold: Undelivered) => Promise<void> {
  const done = new Set<string>();
  return async ({ targetId, announcement, code }) => {
    const key = `${targetId} ${String(announcement.sequence)}`;
    if (done.has(key)) return;
    done.add(key);
    await retry.deadLetter(toRedelivery(targetId, announcement), { code, reason: REASONS[code] });
  };
}

/** For each target, so that an operator can tell it all the same: by itself it would end in an old state. */
function lateFor(targets: readonly Target[], { late }: OpenPublication): readonly Undelivered[] {
  return targets.flatMap(({ id: targetId }) =>
    late.map((announcement) => ({ targetId, announcement, code: 'tooLate' as const })),
  );
}

function noteGivenUp(log: Log, deviceId: string, { givenUp }: OpenPublication): void {
  if (givenUp.length === 0) return;
  const sequences = `${String(givenUp.at(0))} to ${String(givenUp.at(-1))}`;
  log.error(`device \`${deviceId}\`: announcements ${sequences} did not come, and are given up`);
}
