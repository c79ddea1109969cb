import { CompactEncrypt, compactDecrypt } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ResourceSchema, type AccessRequest } from './accessRequest.ts';
import { IDENTIFICATIONS } from '../../domain/vocabulary/identification.ts';
import type { Resource } from '../../domain/access/accessContext.ts';
import { toGuid } from '../../base/guid.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { parseJson } from '../ingest/readItems.ts';

/** Long enough to update a phone, short enough that a link found later shows nothing. */
export const TICKET_LIFETIME_IN_SECONDS = 60 * 60;

/**
 * `identifiedBy`, `value`, `resource`, `userPrincipalName`, `decisionId`, `owner`, and `exp` in seconds since 1970, as
 * a JWT's.
 */
const SealedSchema = Compile(
  Type.Tuple([
    Type.Enum(IDENTIFICATIONS),
    Type.String(),
    ResourceSchema,
    Type.Union([Type.String(), Type.Null()]),
    Type.String(),
    Type.String(),
    Type.Integer(),
  ]),
);

const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;
/**
 * The header of every ticket, and the empty key that `dir` has; left out of it, so that they cannot be said otherwise.
 */
const PREFIX = `${Buffer.from(JSON.stringify(HEADER)).toString('base64url')}..`;

/** What a blocked user's link carries: what was asked for, so that it can be asked again. */
export interface Ticket extends AccessRequest {
  readonly decisionId: string;
  /** Whose device it was: what is known of the next owner's is not for who holds the link. */
  readonly owner: string;
}

/**
 * Seals the ticket (RFC 7516: `dir`, AES-256-GCM): whoever holds the link neither reads nor changes what is in it. Kept
 * short, because API Management and http.sys refuse a path segment of more than 260 characters.
 */
export async function toTicket(ticket: Ticket, key: Uint8Array, now: Date): Promise<string> {
  const { device, resource, userPrincipalName = null, decisionId, owner } = ticket;
  const exp = Math.floor(now.getTime() / 1000) + TICKET_LIFETIME_IN_SECONDS;
  const { identifiedBy, value } = device;
  const id = Buffer.from(decisionId.replaceAll('-', ''), 'hex').toString('base64url');
  const content = [identifiedBy, value, resource, userPrincipalName, id, owner, exp];
  const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader(HEADER)
    .encrypt(key);
  return sealed.slice(PREFIX.length);
}

/** What is in the ticket; `undefined` where none of the keys sealed it, or its time is over. */
export async function fromTicket(
  text: string,
  keys: readonly Uint8Array[],
  now: Date,
): Promise<Ticket | undefined> {
  for (const key of keys) {
    const opened = await compactDecrypt(`${PREFIX}${text}`, key, {
      keyManagementAlgorithms: [HEADER.alg],
      contentEncryptionAlgorithms: [HEADER.enc],
    }).catch(() => undefined);
    if (opened !== undefined) return read(opened.plaintext, now);
  }
  return undefined;
}

function read(content: Uint8Array, now: Date): Ticket | undefined {
  const checked = checkShape(SealedSchema, parseJson(content));
  if (!checked.ok) return undefined;
  const [identifiedBy, value, resource, userPrincipalName, id, owner, exp] = checked.value;
  if (exp <= now.getTime() / 1000) return undefined;
  return {
    device: { identifiedBy, value },
    resource: resource as Resource,
    ...(userPrincipalName === null ? {} : { userPrincipalName }),
    decisionId: toGuid(Buffer.from(id, 'base64url').toString('hex')),
    owner,
  };
}
