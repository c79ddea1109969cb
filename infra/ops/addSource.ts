import { randomBytes } from 'node:crypto';
import { isPulledKind, type EventSourceKind } from '../../shared/domain/vocabulary/eventSource.ts';
import { defined } from '../../shared/base/defined.ts';
import { UsageError } from '../cli/command.ts';
import { createEntrySecret, type EntryStore } from '../cli/entryStore.ts';
import { readSecretFile } from '../cli/readSecretFile.ts';
import type { OpsCall, OpsCommand, OpsOptions, OpsResult } from './opsCommand.ts';
import { toNewSource, type NewSource } from './newSource.ts';
import { requireSource, SOURCES } from './sourcePaths.ts';
import { untilApplied } from './untilApplied.ts';

const ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const SECRET = /^[\x21-\x7E]{16,2048}$/;
const MAX_SECRETS_A_SOURCE = 2;
/** Standard Webhooks takes secrets of 24 to 64 bytes. */
const SIGNING_KEY_LENGTH_IN_BYTES = 32;

/** Registers a source, stores its secret, and says what to enter where. */
export const ADD_SOURCE: OpsCommand = {
  options: [
    ...(['kind', 'name', 'required', 'silence-window', 'lifetime'] as const),
    ...(['header', 'query', 'endpoint', 'stream', 'channel', 'container', 'prefix'] as const),
    ...(['secret-file', 'key-vault', 'secret'] as const),
  ],
  checkArgument(id, options) {
    requireSource(id);
    if (!ID.test(id))
      throw new UsageError('an id has lower-case letters, digits and hyphens, at most 63');
    toNewSource(id, options);
  },
  run: add,
};

async function add({ target, argument: id, options }: OpsCall): Promise<OpsResult> {
  const document = toNewSource(id, options);
  const secret = toSecret(document.kind, options);
  const store = secret === undefined ? undefined : await openStore(target, options);
  const entries = (await store?.read()) ?? [];
  requireRoom(id, entries);
  const source = await target.request('POST', SOURCES, document);
  if (store !== undefined && secret !== undefined)
    await save(store, id, [...entries, `${id}=${secret}`]);
  const address = target.address(`eventSources/${id}/events`);
  return {
    value: { source, ...defined({ secret: isOurs(document.kind, options) ? secret : undefined }) },
    lines: [
      `added: ${id}`,
      ...toSteps(document, address, secret, options),
      ...(store?.notes ?? []),
    ],
  };
}

/** The secret of the file; else a new one for a kind that is pushed. Only blobs can be read without a secret. */
function toSecret(kind: EventSourceKind, { 'secret-file': file }: OpsOptions): string | undefined {
  if (file !== undefined) return requireSecret(readSecretFile('the secret of the source', file));
  if (kind === 'sesEventExport')
    throw new UsageError('the kind sesEventExport needs --secret-file with the OAuth credentials');
  if (isPulledKind(kind)) return undefined;
  return kind === 'cloudEvents'
    ? `whsec_${randomBytes(SIGNING_KEY_LENGTH_IN_BYTES).toString('base64')}`
    : createEntrySecret();
}

function requireSecret(secret: string): string {
  if (SECRET.test(secret)) return secret;
  throw new UsageError('a secret has 16 to 2048 printable ASCII characters without a space');
}

/** Whether the secret was made here, so that somebody must enter it at the vendor. */
function isOurs(kind: EventSourceKind, { 'secret-file': file }: OpsOptions): boolean {
  return file === undefined && !isPulledKind(kind);
}

function openStore(
  target: OpsCall['target'],
  { 'key-vault': vault, secret: name }: OpsOptions,
): Promise<EntryStore> {
  if ((vault === undefined) !== (name === undefined))
    throw new UsageError('--key-vault and --secret must be given together');
  return target.sourceSecrets(vault, name);
}

function requireRoom(id: string, entries: readonly string[]): void {
  if (entries.filter((entry) => entry.startsWith(`${id}=`)).length < MAX_SECRETS_A_SOURCE) return;
  throw new Error(`two secrets of \`${id}\` are stored already: remove one`);
}

/** @throws Error which says that the source exists, so that nobody adds it twice. */
async function save(store: EntryStore, id: string, entries: readonly string[]): Promise<void> {
  try {
    await store.write(entries);
    await untilApplied(store);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`\`${id}\` is registered, but its secret is not in use: ${message}`, { cause });
  }
}

function toSteps(
  { id, kind, authentication }: NewSource,
  address: string,
  secret: string | undefined,
  options: OpsOptions,
): readonly string[] {
  const next = `infra/sources/${kind} shows every step. See that it works: npm run ops -- sources show ${id}`;
  if (isPulledKind(kind)) return [`Fetch now: npm run ops -- sources pull-now ${id}`, next];
  const { queryName } = authentication ?? {};
  const shown = isOurs(kind, options) ? (secret ?? '') : '<the secret of the file>';
  const to = queryName === undefined ? address : `${address}?${queryName}=${shown}`;
  return [`Let the vendor send to: ${to}`, ...toSecretSteps(kind, authentication, shown), next];
}

function toSecretSteps(
  kind: EventSourceKind,
  authentication: NewSource['authentication'],
  shown: string,
): readonly string[] {
  if (authentication?.queryName !== undefined)
    return ['The address holds the secret. It is shown only once.'];
  const headerName = authentication?.headerName;
  return [
    headerName === undefined
      ? `Sign as Standard Webhooks says (${kind}). The secret is shown only once: ${shown}`
      : `With the header, which is shown only once: ${headerName}: ${shown}`,
  ];
}
