import type { DecidedAccess } from '../../../core/decisions/decidedAccess.ts';
import { BEARER_OR_BASIC } from '../../http/challenges.ts';
import type { ToFaultReply } from '../../http/handler.ts';
import type { HttpReply } from '../../http/http.ts';
import { noStore } from '../../http/noStore.ts';
import { toErrorReply } from '../../http/toErrorReply.ts';

/** RFC 9110 section 15.5.2: a 401 has a challenge, also where it means that FreeRADIUS rejects the device. */
const CHALLENGE = { 'www-authenticate': BEARER_OR_BASIC };

/**
 * A decision as `rlm_rest` expects it in `authorize`: 204 is `ok`, 404 `notfound`, 401 `reject`, and 200 `updated` with
 * the attributes in its body. No reply holds text of the device: FreeRADIUS may expand a value, so such text could run
 * whatever the FreeRADIUS configuration can run.
 */
export function toRadiusReply(
  { outcome, evaluation }: DecidedAccess,
  quarantineVlan: string | undefined,
): HttpReply {
  const headers = { 'x-access-decision-id': outcome.decisionId };
  if (outcome.decision === 'allow') return noStore({ status: 204, headers });
  if (evaluation.complianceState === 'unknown') return noStore({ status: 404, headers });
  if (evaluation.isManaged && quarantineVlan !== undefined)
    return noStore({ status: 200, headers, jsonBody: toVlanAttributes(quarantineVlan) });
  return noStore({ status: 401, headers: { ...headers, ...CHALLENGE } });
}

/** RFC 3580 section 3.31. */
function toVlanAttributes(vlan: string): object {
  return {
    'reply:Tunnel-Type': toAttribute('VLAN'),
    'reply:Tunnel-Medium-Type': toAttribute('IEEE-802'),
    'reply:Tunnel-Private-Group-Id': toAttribute(vlan),
  };
}

/** An attribute in the JSON of `rlm_rest`. Without `do_xlat: false` FreeRADIUS would expand the value. */
function toAttribute(value: string): object {
  return { do_xlat: false, op: ':=', value: [value] };
}

/**
 * An error as `rlm_rest` expects it. No error has a body, because `rlm_rest` reads the body of a 401 as attributes. A
 * 400 becomes a 401 (`reject`), because `rlm_rest` maps 400 to `invalid`, which a site may allow.
 */
export const toRadiusFaultReply: ToFaultReply = (error, requestId, now) => {
  const { status, headers = {} } = toErrorReply(error, requestId, now);
  return status === 400 || status === 401
    ? { status: 401, headers: { ...headers, ...CHALLENGE } }
    : { status, headers };
};
