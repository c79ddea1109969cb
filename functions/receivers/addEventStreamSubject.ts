import { app } from '@azure/functions';
import { addSubject } from '../../shared/edge/eventStreams/manageSubjects.ts';
import { toSsfErrorReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';
import { onHttp } from '../../shared/compose.ts';

app.http('addEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/add',
  authLevel: 'anonymous',
  handler: onHttp(addSubject, toSsfErrorReply),
});
