import type { Announcement } from '../../shared/domain/announcements/announcement.ts';
import { addSeconds, type DateTime } from '../../shared/base/dateTime.ts';
import {
  publicationDueDateTime,
  type Publication,
} from '../../shared/domain/announcements/publication.ts';
import type { PublicationStore } from '../../shared/core/ports/publications.ts';
import type { RetryDependencies } from '../../shared/core/publishing/retryDuePublications.ts';
import type { Delivery, Target } from '../../shared/core/ports/target.ts';
import { createTargetHealth } from '../../shared/core/publishing/targetHealth.ts';
import { NOW } from './signals.ts';

/** What was put aside, with the code. */
export interface PutAside {
  readonly body: unknown;
  readonly code: string;
}

/** The ports of publishing on a clock that stands until it is moved; compare-and-swap as Cosmos DB has it. */
export interface Publishing {
  readonly dependencies: RetryDependencies;
  readonly targets: Target[];
  readonly deadLetters: PutAside[];
  readonly sentLater: { readonly body: unknown; readonly delayInSeconds: number }[];
  readonly publications: Map<string, Publication>;
  readonly logged: string[];
  now(): DateTime;
  wait(seconds: number): void;
  /** Fails each of these operations of the store when it is asked for. */
  failing?: ((operation: 'load' | 'save') => Error | undefined) | undefined;
}

export function createPublishing(random: () => number = () => 0.5): Publishing {
  let clock = NOW;
  const stored = new Map<string, { readonly text: string; readonly etag: string }>();
  const publications = new Map<string, Publication>();
  const targets: Target[] = [];
  const deadLetters: PutAside[] = [];
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
    wait(seconds) {
      clock = addSeconds(clock, seconds);
    },
  };
  return publishing;
}

/** A target that answers as `answer` says, and remembers what it was told. */
export function targetOf(
  id: string,
  answer: (announcement: Announcement) => Delivery | Promise<Delivery> = () => ({
    outcome: 'delivered',
  }),
): Target & { isPaused: boolean; resumedDateTime?: DateTime; readonly heard: Announcement[] } {
  const heard: Announcement[] = [];
  return {
    id,
    isPaused: false,
    heard,
    async deliver(announcement) {
      const delivery = await answer(announcement);
      if (delivery.outcome === 'delivered') heard.push(announcement);
      return delivery;
    },
  };
}
