import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import type { Publication } from '../../../../shared/domain/announcements/publication.ts';
import { publicationDueDateTime } from '../../../../shared/domain/announcements/publication.ts';
import type { DeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import {
  fromDeviceDocument,
  toDeviceDocument,
  type DeviceDocument,
} from '../../../../shared/adapters/cosmos/deviceDocument.ts';
import type {
  AnnouncementSender,
  MessageMac,
  MessageRetry,
  SignalSender,
} from '../../../../shared/core/ports/queues.ts';
import type {
  ConfigurationCache,
  ConfigurationDocuments,
  ConfigurationStore,
  VersionedDocument,
} from '../../../../shared/core/ports/configuration.ts';
import type {
  DeviceList,
  DevicePage,
  DeviceStore,
  DueDevices,
  ManagedDeviceIds,
} from '../../../../shared/core/ports/devices.ts';
import type { DecisionServices } from '../../../../shared/core/decisions/decideRequests.ts';
import { createRateLimit } from '../../../../shared/core/decisions/rateLimit.ts';
import type { Milestones } from '../../../../shared/core/ports/milestones.ts';
import type { PublicationStore } from '../../../../shared/core/ports/publications.ts';
import type { Quarantine } from '../../../../shared/core/ports/quarantine.ts';
import { createMessageMac } from '../../../../shared/core/devices/messageMac.ts';
import { packSignals } from '../../../../shared/core/devices/packSignals.ts';
import { toDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { createTargetHealth } from '../../../../shared/core/publishing/targetHealth.ts';
import type { Target } from '../../../../shared/core/ports/target.ts';
import { remember } from '../../../../shared/base/remember.ts';
import { fold } from '../histories/oddGuid.ts';
import type { MemoryQueue } from './memoryQueue.ts';
import type { MemoryStore } from './memoryStore.ts';
import type { Progress } from './progress.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import {
  createEventDevices,
  type EventDevices,
} from '../../../../shared/core/eventSources/findEventDevices.ts';
import type {
  SourceProgress,
  SourceProgressStore,
  UnmatchedDevice,
  UnmatchedEvents,
} from '../../../../shared/core/ports/eventSources.ts';
import { createSesClient, SES_SECRETS, type SesExport } from './sesServer.ts';
import type { PullSourcesDependencies } from '../../../../shared/core/eventSources/pull/pullSources.ts';
import { SES_SOURCE } from '../histories/eventSources.ts';
import { createSourceProgress, createUnmatched, type Call } from './memoryEventSources.ts';
import { toConfiguration } from './toConfiguration.ts';

const macOf = (queue: string): MessageMac =>
  createMessageMac({ keys: [Buffer.alloc(32, 1)], queue, now: () => new Date() });
/** The MACs of the two queues. */
const SIGNAL_MAC = macOf('device-signals');
const ANNOUNCEMENT_MAC = macOf('compliance-changes');

/** The state that all workers share, and its faults. */
export interface Shared {
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly devices: MemoryStore<DeviceDocument>;
  readonly publications: MemoryStore<Publication>;
  readonly documents: MemoryStore<VersionedDocument['document']>;
  readonly signals: MemoryQueue;
  readonly changes: MemoryQueue;
  /** How often a service is away or throttles, loses the answer to a write, or duplicates a message. */
  readonly faults: { away: number; ambiguous: number; twice: number };
  /** The devices that were ever enrolled with an identifier, newest first. */
  readonly identifiers: MemoryStore<readonly string[]>;
  /** The events of devices that are not known yet, and what is remembered of each event source. */
  readonly unmatched: MemoryStore<UnmatchedDevice>;
  readonly sourceProgress: MemoryStore<SourceProgress>;
  /** The export from which one of them is fetched. */
  readonly ses: SesExport;
  readonly progress: Progress;
  /** When the partner last sent something. */
  readonly partner: { lastSeen: number | undefined };
  /** Where an open silence breaker has stopped the devices' clocks, and until when it may. */
  held?: { readonly at: number; readonly until: number } | undefined;
  readonly targets: (actor: Actor) => readonly Target[];
}

const CACHE_IN_SECONDS = 5;
const LATE_ANSWERS = 0.5;

/** The ports of one worker. Each call is a step of the scheduler. */
export interface WorkerPorts {
  readonly devices: DeviceStore & DueDevices & ManagedDeviceIds & DeviceList;
  /** What only decisions need. */
  readonly forDecisions: Pick<DecisionServices, 'config' | 'decisions' | 'rateLimit'>;
  readonly publications: PublicationStore;
  readonly configuration: ConfigurationStore & ConfigurationCache;
  readonly documents: ConfigurationDocuments;
  readonly signals: SignalSender;
  readonly announcements: AnnouncementSender;
  readonly signalRetry: MessageRetry;
  readonly announcementRetry: MessageRetry;
  readonly quarantine: Quarantine;
  readonly eventDevices: EventDevices;
  readonly unmatched: UnmatchedEvents;
  readonly sourceProgress: SourceProgressStore;
  readonly outgoing: PullSourcesDependencies['outgoing'];
  readonly config: PullSourcesDependencies['config'];
  readonly openSourceBlobs: PullSourcesDependencies['openSourceBlobs'];
  readonly milestones: Milestones;
  readonly health: ReturnType<typeof createTargetHealth>;
  readonly listTargets: () => Promise<readonly Target[]>;
  readonly now: () => Date;
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly log: { warn(text: string): void; error(text: string): void };
}

export function createPorts(shared: Shared, actor: Actor): WorkerPorts {
  const { scheduler, random, devices, publications, documents, faults, identifiers } = shared;
  const now = (): Date => new Date(scheduler.now);

  /** Calls a service: a step there, possibly a failure, and a step back. */
  const call: Call = async (work, isWrite = false) => {
    await scheduler.step(actor);
    if (random() < faults.away)
      throw new ConnectorError(
        random() < 0.5 ? 'serviceNotAvailable' : 'activityLimitReached',
        'the service does not answer',
      );
    const result = work();
    // Late answers matter after writes, and sometimes after reads.
    if (isWrite || random() < LATE_ANSWERS) await scheduler.step(actor);
    if (isWrite && random() < faults.ambiguous)
      throw new ConnectorError('serviceNotAvailable', 'no answer');
    return result;
  };

  const send = (
    queue: MemoryQueue,
    bodies: readonly unknown[],
    delay = 0,
    onPut = (): void => undefined,
  ): Promise<void> =>
    call(() => {
      onPut();
      for (const body of bodies) {
        queue.put(body, scheduler.now + delay);
        // Either at once, so two workers get it at the same time, or later.
        if (random() < faults.twice)
          queue.put(body, scheduler.now + delay + (random() < 0.5 ? 0 : random() * 120_000));
      }
    }, true);

  const retryOf = (queue: MemoryQueue, mac: MessageMac): MessageRetry => ({
    sign: mac.sign,
    isAuthentic: mac.isAuthentic,
    sendLater: (body, delayInSeconds) => send(queue, [body], delayInSeconds * 1000),
    // As in production: a copy that expires at once, but a worker may receive it before.
    deadLetter: (body, failure) =>
      call(() => {
        if (random() < 0.1) queue.put(mac.sign(toDeadLetter(body, failure)), scheduler.now);
        else queue.deadLetters.push({ body, code: failure.code });
      }, true),
  });

  const idsWhere = (wanted: (document: DeviceDocument) => boolean): readonly string[] =>
    devices.values
      .map(({ value }) => value)
      .filter(wanted)
      .map(({ deviceId }) => deviceId)
      .toSorted();

  const due = (wanted: (moment: string) => boolean): readonly string[] =>
    publications.values
      .map(({ value }) => value)
      .filter((each) => {
        const moment = publicationDueDateTime(each);
        return moment !== undefined && wanted(moment);
      })
      .map(({ deviceId }) => deviceId);

  const load: WorkerPorts['devices']['load'] = (deviceId) =>
    call(() => {
      const found = devices.read(fold(deviceId));
      return found && { record: toRecord(found.value), etag: found.etag };
    });
  const deviceStore: WorkerPorts['devices'] = {
    load,
    loadForAnswer: load,
    save: (record: DeviceRecord, etag) =>
      call((): { readonly etag: string } | 'conflict' => {
        const document = toDeviceDocument(record);
        return devices.write(fold(document.deviceId), document, etag);
      }, true),
    saveIdentifiers: (deviceId, enrolled) =>
      call(() => {
        for (const value of Object.values(enrolled)) {
          const known = identifiers.read(value);
          const others = (known?.value ?? []).filter((each) => each !== deviceId);
          identifiers.write(value, [deviceId, ...others], known?.etag);
        }
      }, true),
    findDeviceIds: (_, value) =>
      call(() => ({ deviceIds: identifiers.read(value)?.value ?? [], hasMore: false })),
    list: ({ userPrincipalName = '' }, top, continuation) =>
      call(() => {
        const ids = idsWhere(
          ({ isManaged, record }) =>
            isManaged && isUser(record.device, userPrincipalName.toLowerCase()),
        );
        return toPage(ids, { top, continuation, random }, (deviceId) =>
          toRecord(devices.read(fold(deviceId))?.value as DeviceDocument),
        );
      }),
    async *findDue(moment, clock) {
      yield await call(() =>
        idsWhere(({ sweepDueDateTime }) => (sweepDueDateTime ?? '9') <= moment),
      );
      yield await call(() =>
        idsWhere(({ silenceDueDateTime }) => (silenceDueDateTime ?? '9') < clock),
      );
    },
    countSilent: (clock) =>
      call(
        () =>
          devices.values.filter(({ value }) => (value.silenceDueDateTime ?? '9') < clock).length,
      ),
    countManaged: () => call(() => idsWhere(({ isManaged }) => isManaged).length),
    hasManaged: (count) => call(() => idsWhere(({ isManaged }) => isManaged).length >= count),
    listManagedIds: (after, top) =>
      call(() =>
        idsWhere(({ isManaged, deviceId }) => isManaged && deviceId > after).slice(0, top),
      ),
  };

  const publicationStore: PublicationStore = {
    loadPublication: (deviceId) =>
      call(() => {
        const found = publications.read(deviceId);
        return found && { publication: found.value, etag: found.etag };
      }),
    savePublication: (publication, etag) =>
      call((): 'saved' | 'conflict' => {
        const written = publications.write(publication.deviceId, publication, etag);
        return written === 'conflict' ? 'conflict' : 'saved';
      }, true),
    async *findDuePublications(moment) {
      yield await call(() => due((each) => each <= moment));
    },
    async *findWaitingPublications(moment) {
      yield await call(() => due((each) => each > moment));
    },
  };

  const keyOf = (kind: string, id: string): string => `${kind}/${id}`;
  const documentStore: ConfigurationDocuments = {
    loadDocument: (kind, id) =>
      call(() => {
        const found = documents.read(keyOf(kind, id));
        return found && { document: found.value, etag: found.etag };
      }),
    listDocuments: () =>
      call(() => documents.values.map(({ value, etag }) => ({ document: value, etag }))),
    listKind: (kind) =>
      call(() =>
        documents.values
          .filter(({ value }) => value.kind === kind)
          .map(({ value, etag }) => ({ document: value, etag })),
      ),
    saveDocument: (document, etag) =>
      call((): VersionedDocument | 'conflict' => {
        const written = documents.write(keyOf(document.kind, document.id), document, etag);
        return written === 'conflict' ? 'conflict' : { document, ...written };
      }, true),
    deleteDocument: (document, etag) =>
      call(
        () =>
          documents.remove(keyOf(document.kind, document.id), etag) === 'conflict'
            ? 'conflict'
            : 'deleted',
        true,
      ),
  };

  const remembered = remember(() => call(() => toConfiguration(documents)), CACHE_IN_SECONDS, now);
  const configuration: WorkerPorts['configuration'] = {
    load: remembered.get,
    forget: remembered.forget,
    recordPartnerActivity: (moment, _now, sourceId) =>
      call(() => {
        const name =
          sourceId === undefined
            ? 'mobileThreatDefenseConnector/default'
            : `eventSource/${sourceId}`;
        const property = sourceId === undefined ? 'lastHeartbeatDateTime' : 'lastEventDateTime';
        const found = documents.read(name);
        const known = found?.value[property];
        if (found === undefined || (typeof known === 'string' && known >= moment)) return;
        documents.write(name, { ...found.value, [property]: moment }, found.etag);
      }, true),
    saveSilenceBreaker: (breaker) =>
      call(() => {
        const id = 'default';
        const kind = 'silenceBreaker';
        const found = documents.read(`${kind}/${id}`);
        documents.write(`${kind}/${id}`, { id, kind, ...breaker }, found?.etag);
        remembered.forget();
      }, true),
  };

  return {
    devices: deviceStore,
    publications: publicationStore,
    configuration,
    documents: documentStore,
    forDecisions: {
      config: { remediationUrl: 'https://help.example.org', ticketKeys: [] },
      decisions: {
        writer: '00000000',
        record: () => undefined,
        find: () => Promise.resolve(undefined),
      },
      rateLimit: createRateLimit(1e6),
    },
    signals: {
      send: (accepted) =>
        send(
          shared.signals,
          // Half of the senders send each event on its own.
          (random() < 0.5 ? [accepted] : accepted.map((each) => [each]))
            .flatMap((each) => packSignals(each, SIGNAL_MAC.macOf))
            .map(({ text }) => JSON.parse(text) as unknown),
          0,
          () => {
            if (accepted.length > 0) shared.progress.take(actor);
          },
        ),
    },
    announcements: {
      publish: (announcements) => send(shared.changes, announcements.map(ANNOUNCEMENT_MAC.sign)),
    },
    signalRetry: retryOf(shared.signals, SIGNAL_MAC),
    announcementRetry: retryOf(shared.changes, ANNOUNCEMENT_MAC),
    quarantine: {
      store: () => call(() => undefined, true),
      list: () => Promise.resolve({ items: [] }),
      load: () => Promise.resolve(undefined),
      remove: () => Promise.resolve(),
    },
    eventDevices: createEventDevices(deviceStore, now),
    unmatched: createUnmatched(shared.unmatched, call),
    sourceProgress: createSourceProgress(shared.sourceProgress, call),
    outgoing: createSesClient(shared.ses, shared, actor),
    config: { eventSourceSecrets: new Map([[SES_SOURCE, SES_SECRETS]]) },
    openSourceBlobs: () => {
      throw new TypeError('no source of this history has blobs');
    },
    milestones: { record: () => Promise.resolve(), list: () => Promise.resolve({}) },
    health: createTargetHealth(),
    listTargets: () => Promise.resolve(shared.targets(actor)),
    now,
    random,
    pause: (milliseconds) => scheduler.sleep(actor, milliseconds),
    log: { warn: () => undefined, error: () => undefined },
  };
}

const records = new WeakMap<DeviceDocument, DeviceRecord>();

/** The record in the document, which is checked once. */
function toRecord(document: DeviceDocument): DeviceRecord {
  const known = records.get(document);
  if (known !== undefined) return known;
  const record = fromDeviceDocument(document, document.deviceId);
  records.set(document, record);
  return record;
}

function isUser({ enrolment }: DeviceRecord['device'], folded: string): boolean {
  const value = enrolment?.value;
  return value?.isEnrolled === true && value.properties.userPrincipalName?.toLowerCase() === folded;
}

const MAX_PAGE = 3;

/** A page of the devices. As in Cosmos DB, it may be empty although others follow. */
function toPage(
  ids: readonly string[],
  {
    top,
    continuation,
    random,
  }: {
    readonly top: number;
    readonly continuation: string | undefined;
    readonly random: () => number;
  },
  read: (deviceId: string) => DeviceRecord,
): DevicePage {
  const rest = ids.filter((deviceId) => deviceId > (continuation ?? ''));
  const page = rest.slice(0, Math.min(top, Math.floor(random() * (MAX_PAGE + 1))));
  const hasMore = page.length < rest.length;
  return {
    records: page.map(read),
    unreadable: [],
    ...(hasMore ? { continuation: page.at(-1) ?? continuation ?? '' } : {}),
  };
}
