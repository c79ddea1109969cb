import { isTransient } from '../../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../../http/http.ts';
import type { HandlerContext } from '../../http/handler.ts';
import { callerName, requireRole } from '../../http/requireRole.ts';
import { toErrorReply } from '../../http/toErrorReply.ts';
import { chooseLanguage } from '../../texts/languages.ts';
import { toCiscoIseAnswer, toCiscoIseBusy } from './toCiscoIseAnswer.ts';
import { requireCiscoIseVersion } from './ciscoIseVersion.ts';
import { findNacDevices } from './findNacDevices.ts';
import type { NacQuery } from './nacQuery.ts';

/**
 * Answers a Cisco ISE what `readQuery` finds in its request. Where it has to come again, version 3 is told so in its
 * own words; whatever else is wrong is an error as everywhere.
 */
export async function answerCiscoIse(
  request: HttpRequest,
  { services, log, requestId }: HandlerContext,
  readQuery: () => NacQuery | Promise<NacQuery>,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, 'Devices.Read.All');
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
    log.warn(`a Cisco ISE has to come again: ${String(error)}`);
    return toCiscoIseBusy(toErrorReply(error, requestId, at));
  }
}
