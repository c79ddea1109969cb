import { expect, it } from 'vitest';
import { toEnvoyRefusal } from '../../../../../shared/edge/callers/envoy/envoy.ts';
import { ConnectorError } from '../../../../../shared/base/connectorError.ts';
import { toErrorReply } from '../../../../../shared/edge/http/toErrorReply.ts';

it.each([
  [new TypeError('unexpected'), 'generalException'],
  ['not even an error', 'generalException'],
  [new ConnectorError('settingInvalid', 'setting `X` must be set'), 'generalException'],
  [new ConnectorError('serviceNotAvailable', 'away'), 'serviceNotAvailable'],
  [new ConnectorError('activityLimitReached', 'too often'), 'activityLimitReached'],
  [new ConnectorError('unauthenticated', 'no token'), 'unauthenticated'],
])('answers Envoy with a refusal for %s, with its code and no body', (error, code) => {
  expect(toEnvoyRefusal(toErrorReply(error, 'request', new Date(0)))).toEqual({
    status: 403,
    headers: {
      'cache-control': 'no-store',
      'x-access-decision': 'block',
      'x-access-reason': code,
    },
  });
});
