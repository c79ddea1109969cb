import { app } from '@azure/functions';
import { reply } from '../shared/http/reply.ts';
import { addSubject } from '../shared/ssf/manageSubjects.ts';
import { toSsfErrorReply } from '../shared/ssf/toSsfErrorReply.ts';

app.http('addEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/add',
  authLevel: 'anonymous',
  handler: reply(addSubject, toSsfErrorReply),
});
