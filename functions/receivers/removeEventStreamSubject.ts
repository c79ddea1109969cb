import { app } from '@azure/functions';
import { reply } from '../../shared/edge/http/reply.ts';
import { removeSubject } from '../../shared/edge/eventStreams/manageSubjects.ts';
import { toSsfErrorReply } from '../../shared/edge/eventStreams/toSsfErrorReply.ts';

app.http('removeEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/remove',
  authLevel: 'anonymous',
  handler: reply(removeSubject, toSsfErrorReply),
});
