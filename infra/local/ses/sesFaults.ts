import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { SesError } from './sesError.ts';

const KINDS = [
  /** The connection breaks in the middle of the answer, within a chunk. */
  'cut',
  /** 410, as for a position that has expired. */
  'expiredNext',
  /** 401, as for a token that has expired. */
  'expiredToken',
  /** 429 with `Retry-After`. */
  'busy',
  /** 503. */
  'unavailable',
  /** 307 to another host, as for a tenant of another region. */
  'moved',
] as const;

/** What happens to the next request to the stream. */
export type SesFault = (typeof KINDS)[number];

/** Reads a fault. @throws SesError 400 */
export function toSesFault(value: unknown): SesFault {
  const kind = KINDS.find((each) => isJsonObject(value) && value['kind'] === each);
  if (kind === undefined) throw new SesError(400, `a fault has a \`kind\`: ${KINDS.join(', ')}`);
  return kind;
}

/** The error with which a faulty request is answered; `undefined` if the answer begins as usual. */
export function toFaultError(fault: SesFault | undefined): SesError | undefined {
  switch (fault) {
    case 'expiredNext':
      return new SesError(410, 'The position has expired.');
    case 'expiredToken':
      return new SesError(401, 'The token has expired.');
    case 'busy':
      return new SesError(429, 'Too many requests.', { 'retry-after': '7' });
    case 'unavailable':
      return new SesError(503, 'The service is not available.');
    case 'moved':
      return new SesError(307, 'Moved.', {
        location: 'https://api.sep.eu.securitycloud.symantec.com/',
      });
    default:
      return undefined;
  }
}
