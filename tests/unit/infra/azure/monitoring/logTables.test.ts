import { expect, it } from 'vitest';
import { ALERT_RULES } from '../../../../../infra/azure/monitoring/alertRules.ts';
import { toTolerantQuery } from '../../../../../infra/azure/monitoring/logTables.ts';

const OWNERS = { applicationInsightsId: '/insights', storageAccountName: 'mtd' };
/** Columns of Azure that our queries may use. */
const COLUMNS = [
  'AuthenticationType',
  'DurationMs',
  'ItemCount',
  'Location',
  'Message',
  'Name',
  'OperationName',
  'ResultCode',
  'SeverityLevel',
  'StatusCode',
  'Success',
  'TimeGenerated',
  'Uri',
];

it('a query of a table that does not exist yet finds nothing', () => {
  expect(toTolerantQuery("AppTraces | where Message has 'x'", OWNERS)).toBe(
    "union isfuzzy=true (datatable(TimeGenerated:datetime, _ResourceId:string, Message:string, OperationName:string, SeverityLevel:int, ItemCount:int)[]), AppTraces | where _ResourceId =~ '/insights' | where Message has 'x'",
  );
});

it('a query of a shared workspace finds our own records only', () => {
  expect(toTolerantQuery('AppRequests | count', OWNERS)).toContain("_ResourceId =~ '/insights'");
  expect(toTolerantQuery('StorageBlobLogs | count', OWNERS)).toContain("AccountName == 'mtd'");
});

it('a query of an unknown table is refused', () => {
  expect(() => toTolerantQuery('Heartbeat | count', OWNERS)).toThrow('`Heartbeat`');
});

it.each(ALERT_RULES)('the query of $id has every column that it uses', ({ query }) => {
  const tolerant = toTolerantQuery(query, OWNERS);
  const [, declared = ''] = /datatable\(([^)]+)\)/.exec(tolerant) ?? [];
  const known = new Set(declared.split(', ').map((each) => each.split(':')[0]));
  const unquoted = query.replaceAll(/'[^']*'/g, "''");
  const used = COLUMNS.filter((name) => new RegExp(`\\b${name}\\b`).test(unquoted));
  expect(used.filter((name) => !known.has(name))).toEqual([]);
});
