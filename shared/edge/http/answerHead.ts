import type { HttpReply, HttpRequest } from './http.ts';

/**
 * The request as its `GET`, so no handler can answer `HEAD` differently: RFC 9110 section 9.3.2 wants the same headers,
 * and roles are chosen by the method.
 */
export function asGet(request: HttpRequest): HttpRequest {
  const { url, headers, params, query } = request;
  return { method: 'GET', url, headers, params, query, body: null };
}

/**
 * The reply with its JSON as text, and the type and the length of its body (RFC 9110 section 8.6). Without the length, a
 * host that streams sends the body in chunks, and the answer to a `HEAD` would have none.
 */
export function withLength({ status, headers = {}, jsonBody, body }: HttpReply): HttpReply {
  const text = jsonBody === undefined ? body : JSON.stringify(jsonBody);
  if (text === undefined) return { status, headers };
  const type = jsonBody === undefined ? {} : { 'content-type': 'application/json' };
  const length = String(Buffer.byteLength(text));
  return { status, headers: { ...type, ...headers, 'content-length': length }, body: text };
}

/** The reply to the `HEAD` of a request that `GET` answers with `reply`. */
export function withoutBody({ status, headers = {} }: HttpReply): HttpReply {
  return { status, headers };
}
