import { CompactEncrypt, compactDecrypt } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ResourceSchema, type AccessRequest } from './accessRequest.ts';
import { IDENTIFICATIONS } from '../../domain/vocabulary/identification.ts';
import type { Resource } from '../../domain/access/accessContext.ts';
import { toGuid } from '../../base/guid.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { parseJson } from '../ingest/readItems.ts';

/** Long enough to update a phone, short enough that an old link shows nothing. */
const TICKET_LIFETIME_IN_SECONDS = 60 * 60;

/**
 * `identifiedBy`, `value`, `resource`, `userPrincipalName`, `decisionId`, `owner`, and `exp` in seconds since 1970, as
 * a JWT's.
 */
const ContentSchema = Compile(
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
/** The header and the empty key that every ticket has with `dir`. Tickets leave them out, so nobody can change them. */
const PREFIX = `${Buffer.from(JSON.stringify(HEADER)).toString('base64url')}..`;

/** The content of a blocked user's link: the request, so that it can be decided again. */
export interface Ticket extends AccessRequest {
  readonly decisionId: string;
  /** The mark of the device's owner: after the device changes hands, an old link must not show the new owner's data. */
  readonly owner: string;
}

/**
 * Encrypts the ticket (RFC 7516: `dir`, AES-256-GCM), so the holder of the link can neither read nor change it. Short,
 * because API Management and http.sys reject a path segment of more than 260 characters.
 */
export async function toTicket(ticket: Ticket, key: Uint8Array, now: Date): Promise<string> {
  const { device, resource, userPrincipalName = null, decisionId, owner } = ticket;
  const exp = Math.floor(now.getTime() / 1000) + TICKET_LIFETIME_IN_SECONDS;
  const { identifiedBy, value } = device;
  const id = Buffer.from(decisionId.replaceAll('-', ''), 'hex').toString('base64url');
  const content = [identifiedBy, value, resource, userPrincipalName, id, owner, exp];
  const encrypted = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader(HEADER)
    .encrypt(key);
  return encrypted.slice(PREFIX.length);
}

/** The content of a ticket; `undefined` if no key decrypts it, or it has expired. */
export async function fromTicket(
  text: string,
  keys: readonly Uint8Array[],
  now: Date,
): Promise<Ticket | undefined> {
  for (const key of keys) {
    const decrypted = await compactDecrypt(`${PREFIX}${text}`, key, {
      keyManagementAlgorithms: [HEADER.alg],
      contentEncryptionAlgorithms: [HEADER.enc],
    }).catch(() => undefined);
    if (decrypted !== undefined) return readTicket(decrypted.plaintext, now);
  }
  return undefined;
}

function readTicket(content: Uint8Array, now: Date): Ticket | undefined {
  const checked = checkShape(ContentSchema, parseJson(content));
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
