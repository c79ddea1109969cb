import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import {
  createStream,
  deleteStream,
  readStreams,
  replaceStream,
  updateStream,
} from '../../shared/edge/eventStreams/manageStreams.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';

// SSF 1.0 section 8.1.1.
app.http('eventStreams', {
  methods: ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'],
  route: 'api/ssf/streams',
  authLevel: 'anonymous',
  handler: onHttp(
    {
      GET: readStreams,
      POST: createStream,
      PATCH: updateStream,
      PUT: replaceStream,
      DELETE: deleteStream,
    },
    toSsfFaultReply,
  ),
});
