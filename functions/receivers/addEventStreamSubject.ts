import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { addSubject } from '../../shared/edge/eventStreams/manageSubjects.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';

app.http('addEventStreamSubject', {
  methods: ['POST'],
  route: 'api/ssf/subjects/add',
  authLevel: 'anonymous',
  handler: onHttp(addSubject, toSsfFaultReply),
});
