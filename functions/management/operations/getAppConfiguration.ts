import { app } from '@azure/functions';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { onHttp } from '../../../shared/compose.ts';
import {
  toAndroidAppConfiguration,
  toIosAppConfiguration,
} from '../../../shared/core/setup/appConfiguration.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';

/** Returns the app configuration policy of a platform, for import into Intune by Graph. */
export async function getAppConfiguration(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context);
  const { sepMobileAppSettings: settings } = context.services.config;
  switch (request.params['platform']?.toLowerCase()) {
    case 'ios':
      return noStore({ status: 200, jsonBody: toIosAppConfiguration(settings) });
    case 'android':
      return noStore({ status: 200, jsonBody: toAndroidAppConfiguration(settings) });
    default:
      throw new ConnectorError('itemNotFound', 'the platform must be `ios` or `android`');
  }
}

app.http('getAppConfiguration', {
  methods: ['GET', 'HEAD'],
  route: 'api/setup/appConfigurations/{platform}',
  authLevel: 'anonymous',
  handler: onHttp(getAppConfiguration),
});
