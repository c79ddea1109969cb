import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { reply, type HandlerContext } from '../../shared/edge/http/reply.ts';
import {
  createStream,
  deleteStream,
  readStreams,
  replaceStream,
  updateStream,
} from '../../shared/edge/eventStreams/manageStreams.ts';
import { toSsfErrorReply } from '../../shared/edge/eventStreams/toSsfErrorReply.ts';

const HANDLERS: Readonly<Record<string, typeof createStream>> = {
  GET: readStreams,
  POST: createStream,
  PATCH: updateStream,
  PUT: replaceStream,
  DELETE: deleteStream,
};

/** The streams of a receiver (SSF 1.0 section 8.1.1). */
export async function eventStreams(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const handle = HANDLERS[request.method] ?? readStreams;
  return handle(request, context);
}

app.http('eventStreams', {
  methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
  route: 'api/ssf/streams',
  authLevel: 'anonymous',
  handler: reply(eventStreams, toSsfErrorReply),
});
