import { app } from '@azure/functions';
import { reply } from '../shared/http/reply.ts';
import { removeSubject } from '../shared/ssf/manageSubjects.ts';
import { toSsfErrorReply } from '../shared/ssf/toSsfErrorReply.ts';

app.http('removeEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/remove',
  authLevel: 'anonymous',
  handler: reply(removeSubject, toSsfErrorReply),
});
