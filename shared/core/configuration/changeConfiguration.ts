import type { Config } from '../../settings/config.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { retryOnConflict, type Pausing } from '../../base/retryOnConflict.ts';
import type { AuditEvent, AuditLog } from '../ports/logs.ts';
import type {
  ConfigurationCache,
  ConfigurationDocuments,
  VersionedDocument,
} from '../ports/configuration.ts';
import type { DeviceList } from '../ports/devices.ts';
import { configurationAfter, fromConfigurationDocuments } from './configurationDocuments.ts';
import { requireMatch } from './entityTag.ts';
import { audited } from './audited.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import { blindedPolicies } from './blindedPolicies.ts';
import { blocksEveryone } from './blocksEveryone.ts';
import type { ManagedKind } from './managedKind.ts';

const MAX_TRIES = 12;
/** Every evaluation reads all documents, so their number is limited. */
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

/** A requested change of one document. */
export interface Change {
  readonly kind: Pick<ManagedKind, 'kind' | 'noun' | 'maxDocuments'>;
  readonly activity: 'create' | 'update' | 'delete' | 'assign' | 'confirm';
  readonly documentId: string;
  /**
   * Makes the new document from the old one, which is `undefined` if there is none. Returning `undefined` removes it.
   */
  readonly apply: (before: Document | undefined) => Document | undefined;
  readonly ifMatch: string | null;
  /** The document that readers see while none is stored. */
  readonly unwritten?: Document;
  /** The caller confirmed that the change may block every device. */
  readonly isConfirmed: boolean;
  readonly actor: AuditEvent['actor'];
  readonly requestId: string;
}

/**
 * Makes one change and records it in the audit log. It counts from the next answer of this process, and in other
 * processes once their cache of a few seconds has expired. Returns the new document; `undefined` if it was removed.
 * @throws ConnectorError `resourceModified`, `wouldLockOutEveryone`, `conflict` if other writers keep changing the
 * document, and what `apply` throws.
 */
export async function changeConfiguration(
  dependencies: ManageDependencies,
  change: Change,
): Promise<Document | undefined> {
  const toError = (): ConnectorError =>
    new ConnectorError('conflict', `too many writers are changing the ${change.kind.noun} at once`);
  return retryOnConflict(dependencies, { maxTries: MAX_TRIES, toError }, async () => {
    const stored = await dependencies.documents.listDocuments();
    const before = stored.find(
      ({ document }) => document.kind === change.kind.kind && document.id === change.documentId,
    );
    const visible = before?.document ?? change.unwritten;
    // `apply` rejects the change of a document that does not exist.
    if (visible !== undefined) requireMatch(change.ifMatch, visible);
    const after = change.apply(before?.document);
    if (after === before?.document) return after;
    requireRoom(stored, before, change.kind);
    await requireNoLockout(dependencies, change, stored, after);
    return (await write(dependencies, change, before, after)) ? after : 'conflict';
  });
}

function requireRoom(
  stored: readonly VersionedDocument[],
  before: VersionedDocument | undefined,
  { kind, noun, maxDocuments = MAX_DOCUMENTS }: Change['kind'],
): void {
  if (before !== undefined) return;
  const ofKind = stored.filter(({ document }) => document.kind === kind);
  if (stored.length < MAX_DOCUMENTS && ofKind.length < maxDocuments) return;
  const limit = String(Math.min(MAX_DOCUMENTS, maxDocuments));
  throw new ConnectorError(
    'conflict',
    `cannot create another ${noun}: there are already ${limit} documents`,
  );
}

async function requireNoLockout(
  { config, devices, now }: ManageDependencies,
  { isConfirmed, documentId, kind }: Change,
  stored: readonly VersionedDocument[],
  after: Document | undefined,
): Promise<void> {
  if (isConfirmed) return;
  const documents = stored.map(({ document }) => document);
  const current = fromConfigurationDocuments(documents);
  const changed = configurationAfter(documents, { kind: kind.kind, id: documentId, after });
  requireNoBlindedPolicy(current, changed);
  const isLockout = await blocksEveryone(devices, current, changed, {
    now: now().toISOString(),
    strongest: config.trustedProxies.length > 0 ? 'clientCertificate' : 'deviceId',
  });
  if (!isLockout) return;
  throw new ConnectorError(
    'wouldLockOutEveryone',
    'this change would block every device that has access now; repeat it with `?confirm=true` if you intend that',
  );
}

function requireNoBlindedPolicy(before: Configuration, after: Configuration): void {
  const blinded = blindedPolicies(before, after);
  if (blinded.length === 0) return;
  const names = blinded.map(({ displayName }) => `\`${displayName}\``).join(', ');
  throw new ConnectorError(
    'wouldLockOutEveryone',
    `without these reports of SEP Mobile, ${names} would apply to every device, since its threats are not known; repeat it with \`?confirm=true\` if you intend that`,
  );
}

/** Returns whether the change was written; `false` if another writer was first. */
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
    ...defined({
      isConfirmed: change.isConfirmed ? (true as const) : undefined,
      before: before?.document,
      after,
    }),
  };
  try {
    const result = await audited(audit, event, async () =>
      after === undefined
        ? before && documents.deleteDocument(before.document, before.etag)
        : documents.saveDocument(after, before?.etag),
    );
    return result !== 'conflict';
  } finally {
    // Also without an answer, since the change may have been written.
    configuration.forget();
  }
}
