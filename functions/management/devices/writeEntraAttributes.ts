import { app } from '@azure/functions';
import { writeEntraAttributes } from '../../../shared/edge/management/writeEntraAttributes.ts';
import { reply } from '../../../shared/edge/http/reply.ts';

app.http('writeEntraAttributes', {
  methods: ['POST'],
  route: 'api/deviceManagement/entraAttributes',
  authLevel: 'anonymous',
  handler: reply(writeEntraAttributes),
});
