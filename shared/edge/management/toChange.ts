import type { Change } from '../../core/configuration/changeConfiguration.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { invalidOption, rejectUnknownOptions } from '../http/queryOptions.ts';
import { toActor } from '../http/toActor.ts';

/**
 * The fields of a change that come from the request.
 * @throws ConnectorError `invalidRequest` naming the query option.
 */
export function toChange(
  request: HttpRequest,
  { requestId }: HandlerContext,
  caller: Caller,
  kind: Change['kind'],
): Pick<Change, 'kind' | 'ifMatch' | 'isConfirmed' | 'actor' | 'requestId'> {
  rejectUnknownOptions(request, ['confirm']);
  const confirm = request.query.get('confirm');
  if (confirm !== null && confirm !== 'true') throw invalidOption('confirm', 'must be `true`');
  return {
    kind,
    ifMatch: request.headers.get('if-match'),
    isConfirmed: confirm === 'true',
    actor: toActor(caller),
    requestId,
  };
}
