import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { toPublicKey } from '../../../base/publicKeys.ts';
import { requireShape } from '../../../base/validation/requireShape.ts';
import { parseJson } from '../../../core/ingest/readItems.ts';

/** As in Cloudflare's own example. */
const ANSWER_LIFETIME_IN_SECONDS = 60;

export const EvaluationRequestSchema = Type.Object({ token: Type.String() });
const EvaluationRequest = Compile(EvaluationRequestSchema);

/** The token in the body of an external evaluation. @throws ConnectorError `invalidRequest` if there is none. */
export function fromEvaluationBody(body: Uint8Array): string {
  return requireShape(EvaluationRequest, parseJson(body), 'the evaluation is not valid').token;
}

/** The signed answer to an external evaluation. Access accepts it only with the nonce that it sent. */
export async function toEvaluationToken(
  answer: { readonly success: boolean; readonly nonce: string },
  key: KeyObject,
  at: Date,
): Promise<string> {
  const iat = Math.floor(at.getTime() / 1000);
  const { success, nonce } = answer;
  return new SignJWT({ success, nonce, iat, exp: iat + ANSWER_LIFETIME_IN_SECONDS })
    .setProtectedHeader({ alg: 'RS256', kid: toPublicKey(key).kid, typ: 'JWT' })
    .sign(key);
}
