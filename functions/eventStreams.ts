import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../shared/http/http.ts';
import { reply, type HandlerContext } from '../shared/http/reply.ts';
import {
  createStream,
  deleteStream,
  readStreams,
  replaceStream,
  updateStream,
} from '../shared/ssf/manageStreams.ts';
import { toSsfErrorReply } from '../shared/ssf/toSsfErrorReply.ts';

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
