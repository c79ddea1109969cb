import type { Directory, EnrolledDevice, MemberType } from './directory.ts';
import type { RequestCounts } from './answer.ts';
import { toGraphFault, type GraphFaults } from './faults.ts';
import { isJsonObject } from '../jsonObject.ts';
import { badRequest, type GraphReply } from './graphReply.ts';

interface Local {
  readonly directory: Directory;
  readonly faults: GraphFaults;
  readonly counts: RequestCounts;
  readonly reset: () => void;
}

/**
 * Answers what other processes ask of the server itself, of which Graph has nothing: `POST /_local/enrol`, `retire`,
 * `remove`, `members`, `reset`, `POST` and `DELETE /_local/faults`, `GET /_local/counts`. @throws GraphError 400.
 */
export function answerLocal(
  { directory, faults, counts, reset }: Local,
  method: string,
  what: string,
  body: unknown,
): GraphReply {
  const content = isJsonObject(body) ? body : {};
  const ok = { status: 200, body: {} };
  switch (`${method} ${what}`) {
    case 'POST enrol':
      return { status: 200, body: directory.enrol(content as EnrolledDevice) };
    case 'POST retire':
      directory.retire(String(content['deviceId']));
      return ok;
    case 'POST remove':
      directory.remove(String(content['deviceId']));
      return ok;
    case 'POST members':
      directory.setMembers(
        String(content['groupId']),
        content['members'] as Readonly<Record<string, MemberType>>,
      );
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
      throw badRequest(`\`${method} /_local/${what}\` is not there`);
  }
}
