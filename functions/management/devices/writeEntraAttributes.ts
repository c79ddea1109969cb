import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { writeEntraAttributes } from '../../../shared/edge/management/writeEntraAttributes.ts';

app.http('writeEntraAttributes', {
  methods: ['POST'],
  route: 'api/deviceManagement/entraAttributes',
  authLevel: 'anonymous',
  handler: onHttp(writeEntraAttributes),
});
