import { app } from '@azure/functions';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/manageDocuments.ts';
import { reply, type HandlerContext } from '../../../shared/edge/http/reply.ts';
import {
  toAndroidAppConfiguration,
  toIosAppConfiguration,
} from '../../../shared/core/setup/appConfiguration.ts';

/** The app configuration policy of a platform, to import into Intune by Graph. */
export async function getAppConfiguration(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context);
  const { sepMobileAppSettings: settings } = context.services.config;
  const headers = { 'cache-control': 'no-store' };
  switch (request.params['platform']?.toLowerCase()) {
    case 'ios':
      return { status: 200, headers, jsonBody: toIosAppConfiguration(settings) };
    case 'android':
      return { status: 200, headers, jsonBody: toAndroidAppConfiguration(settings) };
    default:
      throw new ConnectorError('itemNotFound', 'the platform must be `ios` or `android`');
  }
}

app.http('getAppConfiguration', {
  methods: ['GET'],
  route: 'api/setup/appConfigurations/{platform}',
  authLevel: 'anonymous',
  handler: reply(getAppConfiguration),
});
