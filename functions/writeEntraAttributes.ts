import { app } from '@azure/functions';
import { writeEntraAttributes } from '../shared/graph/writeEntraAttributes.ts';
import { reply } from '../shared/http/reply.ts';

app.http('writeEntraAttributes', {
  methods: ['POST'],
  route: 'api/deviceManagement/entraAttributes',
  authLevel: 'anonymous',
  handler: reply(writeEntraAttributes),
});
