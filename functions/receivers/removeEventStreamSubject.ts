import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { removeSubject } from '../../shared/edge/eventStreams/manageSubjects.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';

app.http('removeEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/remove',
  authLevel: 'anonymous',
  handler: onHttp(removeSubject, toSsfFaultReply),
});
