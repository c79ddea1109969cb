import type { Config } from '../../settings/config.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { AuditEvent, AuditLog } from '../ports/logs.ts';
import type {
  ConfigurationCache,
  ConfigurationDocuments,
  VersionedDocument,
} from '../ports/configuration.ts';
import type { DeviceList } from '../ports/devices.ts';
import { pauseAfterConflict, type Pausing } from '../../base/pauseAfterConflict.ts';
import { configurationAfter, fromConfigurationDocuments } from './configurationDocuments.ts';
import { requireMatch } from './entityTag.ts';
import { audited } from './audited.ts';
import { blocksEveryone } from './blocksEveryone.ts';
import type { ManagedKind } from './managedKind.ts';

const MAX_TRIES = 12;
/** Every evaluation reads all of them. */
const MAX_DOCUMENTS = 1000;

type Document = VersionedDocument['document'];

export interface ManageDependencies extends Pausing {
  readonly config: Pick<Config, 'trustedProxies'>;
  readonly documents: ConfigurationDocuments;
  readonly audit: AuditLog;
  readonly configuration: ConfigurationCache;
  readonly devices: DeviceList;
  readonly now: () => Date;
}

/** A change that somebody asks for. */
export interface Change {
  readonly kind: Pick<ManagedKind, 'kind' | 'noun'>;
  readonly activity: 'create' | 'update' | 'delete' | 'assign' | 'confirm';
  readonly documentId: string;
  /** The document after, made of the one before (`undefined`: there is none). `undefined` removes it. */
  readonly apply: (before: Document | undefined) => Document | undefined;
  readonly ifMatch: string | null;
  /** What a reader is shown where the document is not there. */
  readonly unwritten?: Document;
  /** The caller knows that the change may lock everybody out. */
  readonly isConfirmed: boolean;
  readonly actor: AuditEvent['actor'];
  readonly requestId: string;
}

/**
 * Makes one change and notes it in the audit log: before as `pending`, after with its result, so that no change is
 * without its record even where the process ends in between. In the next answer of this process, and of the others
 * after their cache's seconds. Returns the document after, `undefined` where it was removed.
 * @throws ConnectorError `resourceModified`, `wouldLockOutEveryone`, `conflict` where others change it all the time, and
 * what `apply` throws.
 */
export async function changeConfiguration(
  dependencies: ManageDependencies,
  change: Change,
): Promise<Document | undefined> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const stored = await dependencies.documents.listDocuments();
    const before = stored.find(
      ({ document }) => document.kind === change.kind.kind && document.id === change.documentId,
    );
    const shown = before?.document ?? change.unwritten;
    // A change of what is not there is refused for that, by `apply`.
    if (shown !== undefined) requireMatch(change.ifMatch, shown);
    const after = change.apply(before?.document);
    if (after === before?.document) return after;
    refuseTooMany(stored, before, change.kind);
    await refuseLockout(dependencies, change, stored, after);
    if (await write(dependencies, change, before, after)) return after;
    await pauseAfterConflict(dependencies, attempt);
  }
  throw new ConnectorError('conflict', `the ${change.kind.noun} is changed too often at once`);
}

function refuseTooMany(
  stored: readonly VersionedDocument[],
  before: VersionedDocument | undefined,
  { noun }: Change['kind'],
): void {
  if (before !== undefined || stored.length < MAX_DOCUMENTS) return;
  const limit = String(MAX_DOCUMENTS);
  throw new ConnectorError('conflict', `no further ${noun}: there are ${limit} documents already`);
}

async function refuseLockout(
  { config, devices, now }: ManageDependencies,
  { isConfirmed, documentId, kind }: Change,
  stored: readonly VersionedDocument[],
  after: Document | undefined,
): Promise<void> {
  if (isConfirmed) return;
  const documents = stored.map(({ document }) => document);
  const isLockout = await blocksEveryone(
    devices,
    fromConfigurationDocuments(documents),
    configurationAfter(documents, { kind: kind.kind, id: documentId, after }),
    {
      now: now().toISOString(),
      strongest: config.trustedProxies.length > 0 ? 'clientCertificate' : 'deviceId',
    },
  );
  if (!isLockout) return;
  throw new ConnectorError(
    'wouldLockOutEveryone',
    'after this change no device that has access now would have any; repeat it with `?confirm=true` if that is meant',
  );
}

/** Whether it was written; not where somebody else was first. */
async function write(
  { documents, audit, configuration, now }: ManageDependencies,
  change: Change,
  before: VersionedDocument | undefined,
  after: Document | undefined,
): Promise<boolean> {
  const event = {
    id: `${change.requestId}:${change.documentId}`,
    activityDateTime: now().toISOString(),
    activityType: `${change.activity} ${change.kind.noun}`,
    actor: change.actor,
    resourceType: change.kind.kind,
    resourceId: change.documentId,
    ...(before === undefined ? {} : { before: said(before.document) }),
    ...(after === undefined ? {} : { after: said(after) }),
  };
  try {
    const result = await audited(audit, event, async () =>
      after === undefined
        ? before && documents.deleteDocument(before.document, before.etag)
        : documents.saveDocument(after, before?.etag),
    );
    return result !== 'conflict';
  } finally {
    // Also where no answer came: it may have been written.
    configuration.forget();
  }
}

/** Without what Cosmos DB adds. */
function said(document: Document): object {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !name.startsWith('_')));
}
