/** When somebody is woken. The README has a paragraph for each, under its title. */
export interface AlertRule {
  readonly id: string;
  readonly title: string;
  /** 0 critical, 1 error, 2 warning. */
  readonly severity: 0 | 1 | 2;
  /** Of the workspace: a row, or more than `threshold` rows, is a reason. */
  readonly query: string;
  readonly threshold: number;
  /** ISO 8601; over what is looked, and how often. */
  readonly window: string;
  readonly every: string;
}

/**
 * Over logs; what metrics say comes in `alerts.ts`. Of what is asked more often than `host.json` lets be recorded each
 * record stands for `ItemCount` requests, so that they are summed and not counted. An answer over HTTP is a success
 * for the host whatever its status is. A timer has instances of its own, and
 * too few runs for any of them to be left out: what must not be missed is said by one.
 */
export const ALERT_RULES: readonly AlertRule[] = [
  {
    id: 'quarantine',
    title: 'Events are rejected',
    severity: 2,
    query:
      "StorageBlobLogs | where OperationName == 'PutBlob' and Uri contains '/quarantine/' and StatusCode == 201",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'sweepMissed',
    title: 'The sweep does not run',
    severity: 1,
    query:
      "AppRequests | where Name == 'expireHeartbeats' and Success == true | summarize runs = count() | where runs == 0",
    threshold: 0,
    window: 'PT30M',
    every: 'PT15M',
  },
  {
    id: 'breakerOpen',
    title: 'The silence breaker is open',
    severity: 1,
    query: "AppTraces | where Message has 'silence breaker opened'",
    threshold: 0,
    window: 'PT5M',
    every: 'PT5M',
  },
  {
    id: 'partnerSilent',
    title: 'SEP Mobile is not heard',
    severity: 1,
    query: "AppTraces | where Message has 'the partner has not been heard since'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'partnerRefused',
    title: 'SEP Mobile is refused',
    severity: 1,
    query:
      "AppRequests | where Name == 'receivePartnerWebhook' | summarize refused = sumif(ItemCount, ResultCode == '401'), heard = sumif(ItemCount, ResultCode startswith '2') | where refused > 10 and heard == 0",
    threshold: 0,
    window: 'PT1H',
    every: 'PT15M',
  },
  {
    id: 'slowDecisions',
    title: 'Decisions are slow',
    severity: 1,
    query:
      "AppRequests | where Name in ('decideAccess', 'authorizeNginx', 'authorizeEnvoy', 'authorizeRadius') | summarize p99 = percentilew(DurationMs, ItemCount, 99), asked = sum(ItemCount) | where asked > 100 and p99 > 500",
    threshold: 0,
    window: 'PT15M',
    every: 'PT5M',
  },
  {
    id: 'failedRequests',
    title: 'Requests fail by our fault',
    severity: 0,
    query:
      "AppRequests | where toint(ResultCode) >= 500 or (ResultCode == '0' and Success == false) | summarize failed = sum(ItemCount) | where failed > 20",
    threshold: 0,
    window: 'PT5M',
    every: 'PT5M',
  },
  {
    id: 'failedPublications',
    title: 'Transitions are not told',
    severity: 1,
    query:
      "AppRequests | where Name in ('publishComplianceChange', 'retryPublications') and Success == false | summarize failed = sum(ItemCount) | where failed > 5",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'leaversHeld',
    title: 'Too many devices would leave',
    severity: 1,
    query: "AppTraces | where Message has 'devices would leave at once'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'enrolmentFails',
    title: 'Graph refuses the enrolment',
    severity: 2,
    query:
      "AppRequests | where Name == 'syncManagedDevices' and Success == false | summarize failed = sum(ItemCount) | where failed > 5",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
];

/** What a metric of a resource says: more than `threshold` of it is a reason. */
export interface MetricRule {
  readonly id: string;
  readonly title: string;
  readonly severity: 0 | 1 | 2;
  readonly of: 'serviceBus' | 'cosmosDb';
  readonly metric: string;
  readonly aggregation: 'Maximum' | 'Count';
  readonly dimension?: { readonly name: string; readonly values: readonly string[] };
  readonly threshold: number;
  readonly window: string;
  readonly every: string;
}

export const METRIC_RULES: readonly MetricRule[] = [
  {
    id: 'deadLetters',
    title: 'There are dead letters',
    severity: 1,
    of: 'serviceBus',
    metric: 'DeadletteredMessages',
    aggregation: 'Maximum',
    dimension: { name: 'EntityName', values: ['*'] },
    threshold: 0,
    window: 'PT5M',
    every: 'PT5M',
  },
  {
    id: 'waitingSignals',
    title: 'Signals wait',
    severity: 1,
    of: 'serviceBus',
    metric: 'ActiveMessages',
    aggregation: 'Maximum',
    dimension: { name: 'EntityName', values: ['*'] },
    threshold: 5000,
    window: 'PT15M',
    every: 'PT5M',
  },
  {
    id: 'throttledDatabase',
    title: 'Cosmos DB throttles',
    severity: 2,
    of: 'cosmosDb',
    metric: 'TotalRequests',
    aggregation: 'Count',
    dimension: { name: 'StatusCode', values: ['429'] },
    threshold: 100,
    window: 'PT5M',
    every: 'PT5M',
  },
];
