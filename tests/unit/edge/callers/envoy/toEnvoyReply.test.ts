import { expect, it } from 'vitest';
import type { HttpRequest } from '../../../../../shared/edge/http/http.ts';
import { toEnvoyFaultReply } from '../../../../../shared/edge/callers/envoy/toEnvoyReply.ts';
import { ConnectorError } from '../../../../../shared/base/connectorError.ts';

it.each([
  [new TypeError('unexpected'), 'generalException'],
  ['not even an error', 'generalException'],
  [new ConnectorError('settingInvalid', 'setting `X` must be set'), 'generalException'],
  [new ConnectorError('serviceNotAvailable', 'away'), 'serviceNotAvailable'],
  [new ConnectorError('activityLimitReached', 'too often'), 'activityLimitReached'],
  [new ConnectorError('unauthenticated', 'no token'), 'unauthenticated'],
])('refuses on %s, with the error code and no body', (error, code) => {
  const request = { headers: new Headers() } as unknown as HttpRequest;
  expect(toEnvoyFaultReply(error, 'request', new Date(0), request)).toEqual({
    status: 403,
    headers: {
      'cache-control': 'no-store',
      'x-access-decision': 'block',
      'x-access-reason': code,
    },
  });
});
