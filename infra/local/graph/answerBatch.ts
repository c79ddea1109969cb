import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, type GraphReply, type GraphRequest } from './graphReply.ts';
import { toGraphRequest } from './toGraphRequest.ts';
import { defined } from '../../../shared/base/defined.ts';

const MAX_REQUESTS = 20;

/**
 * `POST $batch`: up to 20 requests, answered independently. The responses are in reverse order, because Graph does not
 * promise the order of the requests. (learn.microsoft.com/graph/json-batching)
 */
export function answerBatch(
  { body }: GraphRequest,
  answer: (request: GraphRequest) => GraphReply,
): GraphReply {
  const requests = isJsonObject(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests)) throw badRequest('Invalid batch payload format.');
  if (requests.length > MAX_REQUESTS)
    throw badRequest(
      `Number of batch request steps exceeds the maximum value of ${String(MAX_REQUESTS)}.`,
    );
  const items = requests.map(toItem);
  if (new Set(items.map(({ id }) => id.toLowerCase())).size < items.length)
    throw badRequest('Request Id must be unique in a batch.');
  const responses = items.map(({ id, request }) => {
    const { status, headers = {}, body: content } = answer(request);
    return { id, status, headers, ...defined({ body: content }) };
  });
  return { status: 200, body: { responses: responses.toReversed() } };
}

function toItem(value: unknown): { readonly id: string; readonly request: GraphRequest } {
  if (!isJsonObject(value)) throw badRequest('Invalid batch payload format.');
  const { id, method, url, body, headers } = value;
  if (typeof id !== 'string' || typeof method !== 'string' || typeof url !== 'string')
    throw badRequest('A batch request must have an id, a method and a url.');
  const contentType = isJsonObject(headers)
    ? Object.keys(headers).find((name) => name.toLowerCase() === 'content-type')
    : undefined;
  if (body !== undefined && contentType === undefined)
    throw badRequest('Content-Type header must be specified for a request with a body.');
  return { id, request: toGraphRequest(method, url, body) };
}
