import { app } from '@azure/functions';
import { reply } from '../../shared/edge/http/reply.ts';
import { addSubject } from '../../shared/edge/eventStreams/manageSubjects.ts';
import { toSsfErrorReply } from '../../shared/edge/eventStreams/toSsfErrorReply.ts';

app.http('addEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/add',
  authLevel: 'anonymous',
  handler: reply(addSubject, toSsfErrorReply),
});
