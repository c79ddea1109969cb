import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { checkShape } from '../../base/validation/checkShape.ts';
import type { DeviceFilter } from '../../core/ports/devices.ts';
import { COMPLIANCE_STATES } from '../../domain/compliance/complianceState.ts';
import { OPERATING_SYSTEMS } from '../../domain/vocabulary/signal.ts';
import type { HttpRequest } from '../http/http.ts';
import { readPaging, type Paging, type PagingConfig } from '../http/paging.ts';
import { invalidOption } from '../http/queryOptions.ts';

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

/**
 * The requested page of devices.
 * @throws ConnectorError `invalidRequest` naming the query option and what is allowed.
 */
export function fromListQuery(request: HttpRequest, config: PagingConfig): ListQuery {
  return {
    filter: readFilter(request.query.get('$filter')),
    ...readPaging(request, config),
  };
}

const EXPECTED_FILTER =
  "must be one or more of `complianceState eq '…'`, `operatingSystem eq '…'`, `userPrincipalName eq '…'`, joined by `and`";

/** The supported part of OData's `$filter`: equalities joined by `and`. */
function readFilter(text: string | null): DeviceFilter {
  if (text === null) return {};
  const checked = checkShape(Filter, readEqualities(text));
  if (checked.ok) return checked.value;
  const [problem] = checked.problems;
  throw invalidOption(
    '$filter',
    `${EXPECTED_FILTER}: ${problem?.path.slice(1) ?? ''} ${problem?.message ?? ''}`,
  );
}

function readEqualities(text: string): Readonly<Record<string, string>> {
  // Sticky: each match begins where the one before ended.
  const equality = /\s*([A-Za-z]+)\s+eq\s+'((?:[^']|'')*)'\s*(?:$|and(?= ))/y;
  const found: Record<string, string> = {};
  do {
    const [matched, name = '', value = ''] = equality.exec(text) ?? [];
    if (matched === undefined || name in found) throw invalidOption('$filter', EXPECTED_FILTER);
    found[name] = value.replaceAll("''", "'");
  } while (equality.lastIndex < text.length);
  return found;
}
