import { app } from '@azure/functions';
import { writeEntraAttributes } from '../../../shared/edge/management/writeEntraAttributes.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('writeEntraAttributes', {
  methods: ['POST'],
  route: 'api/deviceManagement/entraAttributes',
  authLevel: 'anonymous',
  handler: onHttp(writeEntraAttributes),
});
