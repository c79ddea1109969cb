import { app } from '@azure/functions';
import { answerCiscoIse } from '../../shared/edge/callers/nac/answerCiscoIse.ts';
import { fromCiscoIseBatch } from '../../shared/edge/callers/nac/fromCiscoIseBatch.ts';
import { fromNacBatch } from '../../shared/edge/callers/nac/nacQuery.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import { onHttp } from '../../shared/compose.ts';

/** XML, also where it is called a form, as a vendor's description of this request does. */
const CONTENT_TYPES = ['application/xml', 'text/xml', 'application/x-www-form-urlencoded'];

/** What a Cisco ISE asks about many devices at once (contract C 1.5). */
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
