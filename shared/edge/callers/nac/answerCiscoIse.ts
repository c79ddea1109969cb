import { isTransient } from '../../../base/connectorError.ts';
import type { HandlerContext } from '../../http/handler.ts';
import type { HttpReply, HttpRequest } from '../../http/http.ts';
import { callerName, requireRole } from '../../http/requireRole.ts';
import { toErrorReply } from '../../http/toErrorReply.ts';
import { chooseLanguage } from '../../texts/languages.ts';
import { requireCiscoIseVersion } from './ciscoIseVersion.ts';
import { findNacDevices } from './findNacDevices.ts';
import type { NacQuery } from './nacQuery.ts';
import { NAC_ROLES } from './nacRoles.ts';
import { toCiscoIseAnswer, toCiscoIseBusy } from './toCiscoIseAnswer.ts';

/**
 * Cisco ISE: answers the query that `readQuery` finds in the request. If the ISE has to retry later, version 3 gets its
 * own form of that. All other errors have the usual form.
 */
export async function answerCiscoIse(
  request: HttpRequest,
  { services, log, requestId }: HandlerContext,
  readQuery: () => NacQuery | Promise<NacQuery>,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, ...NAC_ROLES);
  const version = requireCiscoIseVersion(request.params['dialect']);
  const query = await readQuery();
  try {
    const asking = { caller: callerName(caller), at };
    const page = await findNacDevices({ ...services, log }, query, asking);
    return toCiscoIseAnswer(page, {
      version,
      language: chooseLanguage(request.headers.get('accept-language')),
      isByMacAddress: ['querycriteria', 'deviceidentifier'].some(
        (name) => request.query.get(name)?.toLowerCase() === 'macaddress',
      ),
    });
  } catch (error) {
    if (version !== 3 || !isTransient(error)) throw error;
    log.warn(`a Cisco ISE has to retry later: ${String(error)}`);
    return toCiscoIseBusy(toErrorReply(error, requestId, at));
  }
}
