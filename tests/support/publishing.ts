import type { Announcement } from '../../shared/domain/announcements/announcement.ts';
import { addSeconds, type DateTime } from '../../shared/base/dateTime.ts';
import {
  publicationDueDateTime,
  type Publication,
} from '../../shared/domain/announcements/publication.ts';
import type { PublicationStore } from '../../shared/core/ports/publications.ts';
import { publishBatch } from '../../shared/core/publishing/publishBatch.ts';
import {
  retryDuePublications,
  type RetryPublicationsDependencies,
} from '../../shared/core/publishing/retryDuePublications.ts';
import type { Delivery, Target } from '../../shared/core/ports/target.ts';
import { createTargetHealth } from '../../shared/core/publishing/targetHealth.ts';
import { NOW } from './signals.ts';

interface DeadLetter {
  readonly body: unknown;
  readonly code: string;
}

/** In-memory ports of publishing on a manual clock, with Cosmos DB's compare-and-swap. */
export interface Publishing {
  readonly dependencies: RetryPublicationsDependencies;
  readonly targets: Target[];
  readonly deadLetters: DeadLetter[];
  readonly sentLater: { readonly body: unknown; readonly delayInSeconds: number }[];
  readonly publications: Map<string, Publication>;
  readonly logged: string[];
  now(): DateTime;
  advance(seconds: number): void;
  publish(...bodies: readonly unknown[]): Promise<void>;
  retry(): Promise<unknown>;
  /** Advances the clock second by second and retries each time. */
  retryEverySecond(seconds: number): Promise<void>;
  /** Whether a message has the right MAC; by default each has. */
  isAuthentic?: ((body: unknown) => boolean) | undefined;
  /** The error that the store throws for an operation; `undefined` lets it succeed. */
  failing?: ((operation: 'load' | 'save') => Error | undefined) | undefined;
}

export function createPublishing(random: () => number = () => 0.5): Publishing {
  let clock = NOW;
  const stored = new Map<string, { readonly text: string; readonly etag: string }>();
  const publications = new Map<string, Publication>();
  const targets: Target[] = [];
  const deadLetters: DeadLetter[] = [];
  const sentLater: Publishing['sentLater'] = [];
  const logged: string[] = [];
  let writes = 0;
  const check = (operation: 'load' | 'save'): void => {
    const error = publishing.failing?.(operation);
    if (error !== undefined) throw error;
  };
  const due = (isWanted: (moment: DateTime) => boolean): string[] =>
    [...publications.values()]
      .filter((each) => isWanted(publicationDueDateTime(each) ?? '9999'))
      .map(({ deviceId }) => deviceId);
  const store: PublicationStore = {
    loadPublication(deviceId) {
      check('load');
      const found = stored.get(deviceId);
      return Promise.resolve(
        found && { publication: JSON.parse(found.text) as Publication, etag: found.etag },
      );
    },
    savePublication(publication, etag) {
      check('save');
      if (stored.get(publication.deviceId)?.etag !== etag) return Promise.resolve('conflict');
      writes += 1;
      stored.set(publication.deviceId, {
        text: JSON.stringify(publication),
        etag: String(writes),
      });
      publications.set(publication.deviceId, publication);
      return Promise.resolve('saved');
    },
    async *findDuePublications(now) {
      yield await Promise.resolve(due((moment) => moment <= now));
    },
    async *findWaitingPublications(now) {
      yield await Promise.resolve(due((moment) => moment > now && moment !== '9999'));
    },
  };
  const publishing: Publishing = {
    dependencies: {
      publications: store,
      listTargets: () => Promise.resolve(targets),
      health: createTargetHealth(),
      retry: {
        sign: (body) => body,
        isAuthentic: (body) => publishing.isAuthentic?.(body) ?? true,
        sendLater: (body, delayInSeconds) =>
          Promise.resolve(void sentLater.push({ body, delayInSeconds })),
        deadLetter: (body, { code }) => Promise.resolve(void deadLetters.push({ body, code })),
      },
      now: () => new Date(clock),
      random,
      timeoutInMilliseconds: 60_000,
      runInMilliseconds: 60_000,
      pause: () => Promise.resolve(),
      log: { warn: (text) => void logged.push(text), error: (text) => void logged.push(text) },
    },
    targets,
    deadLetters,
    sentLater,
    publications,
    logged,
    now: () => clock,
    advance(seconds) {
      clock = addSeconds(clock, seconds);
    },
    publish: (...bodies) => publishBatch(publishing.dependencies, bodies),
    retry: () => retryDuePublications(publishing.dependencies),
    async retryEverySecond(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        publishing.advance(1);
        await publishing.retry();
      }
    },
  };
  return publishing;
}

export const FAILED_DELIVERY = {
  outcome: 'failed',
  code: 'unreachable',
  reason: 'connection refused',
} as const;

/** A target that answers with `answer` and records the announcements it accepted. */
export function targetOf(
  id: string,
  answer: (announcement: Announcement) => Delivery | Promise<Delivery> = () => ({
    outcome: 'delivered',
  }),
): Target & {
  isPaused: boolean;
  resumedDateTime?: DateTime;
  readonly received: Announcement[];
} {
  const received: Announcement[] = [];
  return {
    id,
    isPaused: false,
    received,
    async deliver(announcement) {
      const delivery = await answer(announcement);
      if (delivery.outcome === 'delivered') received.push(announcement);
      return delivery;
    },
  };
}

/** The sequence numbers of the announcements that a target accepted. */
export function sequencesOf({ received }: ReturnType<typeof targetOf>): readonly number[] {
  return received.map(({ sequence }) => sequence);
}
