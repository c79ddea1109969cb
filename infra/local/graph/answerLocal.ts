import type { Directory, EnrolledDevice } from './directory.ts';
import type { RequestCounts } from './answer.ts';
import { toGraphFault, type GraphFaults } from './faults.ts';
import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, type GraphReply } from './graphReply.ts';
import type { Members } from './groups.ts';

interface Local {
  readonly directory: Directory;
  readonly faults: GraphFaults;
  readonly counts: RequestCounts;
  readonly reset: () => void;
}

/**
 * Answers requests for the server itself, from other processes: `POST /_local/enrol`, `retire`, `remove`, `members`,
 * `reset`, `POST` and `DELETE /_local/faults`, `GET /_local/counts`. Graph has no such paths. @throws GraphError 400.
 */
export function answerLocal(
  { directory, faults, counts, reset }: Local,
  method: string,
  path: string,
  body: unknown,
): GraphReply {
  const content = isJsonObject(body) ? body : {};
  const ok = { status: 200, body: {} };
  switch (`${method} ${path}`) {
    case 'POST enrol':
      return { status: 200, body: directory.enrol(content as EnrolledDevice) };
    case 'POST retire':
      directory.retire(String(content['deviceId']));
      return ok;
    case 'POST remove':
      directory.remove(String(content['deviceId']));
      return ok;
    case 'POST members':
      directory.setMembers(String(content['groupId']), content['members'] as Members);
      return ok;
    case 'POST reset':
      reset();
      return ok;
    case 'POST faults':
      faults.add(toGraphFault(body));
      return ok;
    case 'DELETE faults':
      faults.clear();
      return ok;
    case 'GET counts':
      return { status: 200, body: counts };
    default:
      throw badRequest(`there is no \`${method} /_local/${path}\``);
  }
}
