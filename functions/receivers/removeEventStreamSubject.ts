import { app } from '@azure/functions';
import { removeSubject } from '../../shared/edge/eventStreams/manageSubjects.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';
import { onHttp } from '../../shared/compose.ts';

app.http('removeEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/remove',
  authLevel: 'anonymous',
  handler: onHttp(removeSubject, toSsfFaultReply),
});
