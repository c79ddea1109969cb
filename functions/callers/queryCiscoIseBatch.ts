import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { answerCiscoIse } from '../../shared/edge/callers/nac/answerCiscoIse.ts';
import { fromCiscoIseBatch } from '../../shared/edge/callers/nac/fromCiscoIseBatch.ts';
import { fromNacBatch } from '../../shared/edge/callers/nac/nacQuery.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';

/** The body is always XML. One description of this request calls it a form. */
const CONTENT_TYPES = ['application/xml', 'text/xml', 'application/x-www-form-urlencoded'];

/** Answers a Cisco ISE about many devices at once. */
export async function queryCiscoIseBatch(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  return answerCiscoIse(request, context, async () => {
    requireContentType(request, CONTENT_TYPES);
    const body = await readBody(request);
    return fromNacBatch(request, (criterion) => fromCiscoIseBatch(body, criterion));
  });
}

app.http('queryCiscoIseBatch', {
  methods: ['POST'],
  route: 'api/nac/{dialect}/batchdevices',
  authLevel: 'anonymous',
  handler: onHttp(queryCiscoIseBatch),
});
