import { isAllowed } from './access.ts';
import { answerKudu } from './answerKudu.ts';
import type { ArmReply } from './armReply.ts';
import type { ArmState } from './armState.ts';

/**
 * The app's deployment endpoint. It does not work at once: first it has no host name, no identity and no storage
 * (Azure/functions-action#390; Azure-Samples/azure-functions-flex-consumption-samples#41).
 */
export function answerScm(
  state: ArmState,
  { method, url, body }: { readonly method: string; readonly url: URL; readonly body: Buffer },
): ArmReply {
  const [app] = state.apps.values();
  const site = [...state.resources.values()].find(({ type }) => type === 'Microsoft.Web/sites');
  if (app === undefined || site === undefined) return { status: 404, body: {} };
  // App Service's refusal of an address.
  if (state.faults.scmIsClosed)
    return { status: 403, headers: { 'x-ms-forbidden-ip': '203.0.113.1' }, body: 'Ip Forbidden' };
  const notYet = app.firstKuduAnswers.shift();
  if (notYet !== undefined) return { status: notYet, body: {} };
  if (!isAllowed(state.assignments, 'Microsoft.Web/sites/publish/Action', site.id))
    return { status: 403, body: {} };
  if (method === 'POST' && state.faults.busyPackages > 0) {
    state.faults.busyPackages -= 1;
    return { status: 409, body: 'There is a deployment currently in progress.' };
  }
  const final = takeFinal(state, method);
  return answerKudu({ method, url, body, packages: state.packages, final });
}

function takeFinal(
  { faults }: ArmState,
  method: string,
): { readonly status: number; readonly text: string } {
  if (method !== 'POST' || faults.forbiddenPackages === 0)
    return { status: faults.packageStatus, text: 'the host does not start' };
  faults.forbiddenPackages -= 1;
  return { status: 3, text: 'Azure Storage responded with Forbidden.' };
}
