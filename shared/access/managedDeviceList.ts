import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import { ConnectorError } from '../connectorError.ts';
import { OPERATING_SYSTEMS } from '../domain/signal.ts';
import type { HttpRequest } from '../http/http.ts';
import { checkShape } from '../ingest/checkShape.ts';
import type { DeviceFilter } from '../ports.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 999;

const Filter = Compile(
  Type.Object(
    {
      complianceState: Type.Optional(
        Type.Enum(['unknown', 'compliant', 'inGracePeriod', 'noncompliant', 'error']),
      ),
      operatingSystem: Type.Optional(Type.Enum(OPERATING_SYSTEMS)),
      userPrincipalName: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
);

export interface ListQuery {
  readonly filter: DeviceFilter;
  readonly top: number;
  readonly continuation: string | undefined;
}

/** What a list asks for. @throws ConnectorError `invalidRequest` naming the query option and what is allowed. */
export function fromListQuery({ query }: HttpRequest): ListQuery {
  return {
    filter: readFilter(query.get('$filter')),
    top: readTop(query.get('$top')),
    continuation: readSkipToken(query.get('$skiptoken')),
  };
}

/** The whole address of the next page: opaque to the caller, and carrying the query (Graph paging). */
export function toNextLink(request: HttpRequest, continuation: string): string {
  const url = new URL(request.url);
  url.searchParams.set('$skiptoken', Buffer.from(continuation).toString('base64url'));
  return url.toString();
}

function invalid(path: string, message: string): ConnectorError {
  return new ConnectorError('invalidRequest', `query option \`${path}\` ${message}`, {
    details: [{ path, message }],
  });
}

function readTop(text: string | null): number {
  if (text === null) return DEFAULT_TOP;
  const top = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (top < 1 || top > MAX_TOP) {
    throw invalid('$top', `must be a whole number from 1 to ${String(MAX_TOP)}`);
  }
  return top;
}

function readSkipToken(text: string | null): string | undefined {
  if (text === null) return undefined;
  const continuation = Buffer.from(text, 'base64url').toString();
  if (continuation === '') throw invalid('$skiptoken', 'must be taken from an `@odata.nextLink`');
  return continuation;
}

const EXPECTED_FILTER =
  "must be one or more of `complianceState eq '…'`, `operatingSystem eq '…'`, `userPrincipalName eq '…'`, joined by `and`";

/** The part of OData's `$filter` that is served: equalities joined by `and`. */
function readFilter(text: string | null): DeviceFilter {
  if (text === null) return {};
  const clause = /\s*([A-Za-z]+)\s+eq\s+'((?:[^']|'')*)'\s*/y;
  const found: Record<string, string> = {};
  for (let at = 0; ;) {
    clause.lastIndex = at;
    const [matched, name = '', value = ''] = clause.exec(text) ?? [];
    if (matched === undefined || name in found) throw invalid('$filter', EXPECTED_FILTER);
    found[name] = value.replaceAll("''", "'");
    at += matched.length;
    if (at === text.length) break;
    if (!text.startsWith('and ', at)) throw invalid('$filter', EXPECTED_FILTER);
    at += 'and'.length;
  }
  const checked = checkShape(Filter, found);
  if (checked.ok) return checked.value;
  const [problem] = checked.problems;
  throw invalid(
    '$filter',
    `${EXPECTED_FILTER}: ${problem?.path.slice(1) ?? ''} ${problem?.message ?? ''}`,
  );
}
