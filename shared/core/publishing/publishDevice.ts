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
  tooManyWaiting: 'too many announcements of the device wait for a target that does not answer',
  tooLate:
    'its successors were delivered long before it arrived; replaying it delivers an old state',
};

export interface PublishDependencies extends DeliveryDependencies {
  readonly publications: PublicationStore;
  readonly listTargets: ListTargets;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly log: Log;
}

/**
 * Delivers one device's announcements to every target: those that `arrived`, and those that are due for a target that
 * is behind. Returns once each is delivered, or kept with the time of its next attempt. A failing target delays neither
 * other targets nor other devices. Costs one read, and one write if anything was delivered. If another worker saves
 * first, it reads again, but does not deliver again. Each target gets each announcement at least once, and in order the
 * first time.
 * @throws ConnectorError if Cosmos DB or Service Bus does not answer; then the messages must be delivered again.
 */
export async function publishDevice(
  dependencies: PublishDependencies,
  deviceId: string,
  arrived: readonly Announcement[],
): Promise<void> {
  const { publications } = dependencies;
  const targets = await dependencies.listTargets();
  const progress = new Map<string, TargetProgress>();
  const deadLetter = deadLetterOnce(dependencies.retry);
  const toError = (): ConnectorError =>
    new ConnectorError(
      'serviceNotAvailable',
      `the publication of device \`${deviceId}\` is being changed by too many writers at once`,
    );
  await retryOnConflict(dependencies, { maxTries: MAX_TRIES, toError }, async () => {
    const stored = await publications.loadPublication(deviceId);
    const known = stored?.publication ?? createPublication(deviceId);
    const open = openPublication(known, arrived, dependencies.now().toISOString());
    await deliverToAll(dependencies, targets, open, progress);
    const { publication: next, undelivered } = settlePublication(
      open,
      progress,
      dependencies.now().toISOString(),
    );
    for (const each of [...undelivered, ...lateFor(targets, open)]) await deadLetter(each);
    if (JSON.stringify(next) === JSON.stringify(known)) return 'unchanged';
    const saved = await publications.savePublication(next, stored?.etag);
    if (saved === 'saved') logGivenUp(dependencies.log, deviceId, open);
    return saved;
  });
}

/** Skips targets that failed earlier in this call. */
async function deliverToAll(
  dependencies: PublishDependencies,
  targets: readonly Target[],
  open: OpenPublication,
  progress: Map<string, TargetProgress>,
): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      const before = progress.get(target.id);
      const behind = open.publication.behind[target.id]?.sequence ?? open.publication.nextSequence;
      if (before?.backlog !== undefined && behind <= before.sequence) return;
      progress.set(target.id, await deliverToTarget(dependencies, target, open, before?.sequence));
    }),
  );
}

/** Dead-letters each undeliverable announcement once, however often saving is retried. */
function deadLetterOnce(retry: MessageRetry): (undelivered: Undelivered) => Promise<void> {
  const done = new Set<string>();
  return async ({ targetId, announcement, code }) => {
    const key = `${targetId} ${String(announcement.sequence)}`;
    if (done.has(key)) return;
    done.add(key);
    const message = retry.sign(toRedelivery(targetId, announcement));
    await retry.deadLetter(message, { code, reason: REASONS[code] });
  };
}

/**
 * Late announcements, for each target. They are dead-lettered, because delivering them now would restore an old state.
 */
function lateFor(targets: readonly Target[], { late }: OpenPublication): readonly Undelivered[] {
  return targets.flatMap(({ id: targetId }) =>
    late.map((announcement) => ({ targetId, announcement, code: 'tooLate' as const })),
  );
}

function logGivenUp(log: Log, deviceId: string, { givenUp }: OpenPublication): void {
  if (givenUp.length === 0) return;
  const sequences = `${String(givenUp.at(0))} to ${String(givenUp.at(-1))}`;
  log.error(`device \`${deviceId}\`: announcements ${sequences} did not arrive and are skipped`);
}
