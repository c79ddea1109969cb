import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import { OPERATING_SYSTEMS } from '../../domain/vocabulary/signal.ts';
import { COMPLIANCE_STATES } from '../../domain/compliance/storedEvaluation.ts';
import type { HttpRequest } from '../http/http.ts';
import { invalidOption, readPaging, type Paging } from '../http/paging.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import type { DeviceFilter } from '../../core/ports/devices.ts';

const Filter = Compile(
  Type.Object(
    {
      complianceState: Type.Optional(Type.Enum(COMPLIANCE_STATES)),
      operatingSystem: Type.Optional(Type.Enum(OPERATING_SYSTEMS)),
      userPrincipalName: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
);

export interface ListQuery extends Paging {
  readonly filter: DeviceFilter;
}

/** What a list asks for. @throws ConnectorError `invalidRequest` naming the query option and what is allowed. */
export function fromListQuery(request: HttpRequest): ListQuery {
  return {
    filter: readFilter(request.query.get('$filter')),
    ...readPaging(request),
  };
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
    if (matched === undefined || name in found) throw invalidOption('$filter', EXPECTED_FILTER);
    found[name] = value.replaceAll("''", "'");
    at += matched.length;
    if (at === text.length) break;
    if (!text.startsWith('and ', at)) throw invalidOption('$filter', EXPECTED_FILTER);
    at += 'and'.length;
  }
  const checked = checkShape(Filter, found);
  if (checked.ok) return checked.value;
  const [problem] = checked.problems;
  throw invalidOption(
    '$filter',
    `${EXPECTED_FILTER}: ${problem?.path.slice(1) ?? ''} ${problem?.message ?? ''}`,
  );
}
