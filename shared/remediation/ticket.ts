import { CompactEncrypt, compactDecrypt } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ResourceSchema, type AccessRequest } from '../access/accessRequest.ts';
import { IDENTIFICATIONS } from '../domain/identification.ts';
import type { Resource } from '../domain/decideAccess.ts';
import { checkShape } from '../ingest/checkShape.ts';
import { parseJson } from '../ingest/readItems.ts';

/** Long enough to update a phone, short enough that a link found later shows nothing. */
export const TICKET_LIFETIME_IN_SECONDS = 60 * 60;

const TicketSchema = Compile(
  Type.Object({
    device: Type.Object({ identifiedBy: Type.Enum(IDENTIFICATIONS), value: Type.String() }),
    resource: ResourceSchema,
    userPrincipalName: Type.Optional(Type.String()),
    decisionId: Type.String(),
    /** Seconds since 1970, as in a JWT. */
    exp: Type.Integer(),
  }),
);

/** What a blocked user's link carries: what was asked for, so that it can be asked again. */
export interface Ticket extends AccessRequest {
  readonly decisionId: string;
}

/** Seals the ticket (RFC 7516: `dir`, AES-256-GCM): whoever holds the link neither reads nor changes what is in it. */
export async function toTicket(ticket: Ticket, key: Uint8Array, now: Date): Promise<string> {
  const { device, resource, userPrincipalName, decisionId } = ticket;
  const exp = Math.floor(now.getTime() / 1000) + TICKET_LIFETIME_IN_SECONDS;
  const content = JSON.stringify({ device, resource, userPrincipalName, decisionId, exp });
  return new CompactEncrypt(new TextEncoder().encode(content))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(key);
}

/** What is in the ticket; `undefined` where none of the keys sealed it, or its time is over. */
export async function fromTicket(
  text: string,
  keys: readonly Uint8Array[],
  now: Date,
): Promise<Ticket | undefined> {
  for (const key of keys) {
    const opened = await compactDecrypt(text, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    }).catch(() => undefined);
    if (opened === undefined) continue;
    const checked = checkShape(TicketSchema, parseJson(opened.plaintext));
    if (!checked.ok || checked.value.exp <= now.getTime() / 1000) return undefined;
    const { exp: _, resource, ...rest } = checked.value;
    return { ...rest, resource: resource as Resource };
  }
  return undefined;
}
