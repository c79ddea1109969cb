/** The properties of both kinds of rules. */
export interface Alert {
  readonly id: string;
  /** Also the heading of its section in `infra/ops/README.md`. */
  readonly title: string;
  /** The event, for the on-call operator. */
  readonly description: string;
  /** 0 critical, 1 error, 2 warning. */
  readonly severity: 0 | 1 | 2;
  /** ISO 8601: the period that is evaluated. */
  readonly window: string;
  /** ISO 8601: how often it is evaluated. */
  readonly every: string;
}

/** An alert on logs. */
export interface AlertRule extends Alert {
  /** Runs in the workspace; more than `threshold` rows raise the alert. */
  readonly query: string;
  readonly threshold: number;
}

/** The text of the alert: the event, and the section of the runbook. */
export function describeAlert({ title, description }: Alert): string {
  return `${description} Runbook: infra/ops/README.md#${toAnchor(title)}`;
}

/** The anchor that GitHub gives to a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

/**
 * Alerts on logs. `host.json` samples requests, and each record stands for `ItemCount` requests, so queries sum that
 * column. The host calls every HTTP answer a success, so queries look at the status. Timers run on their own instances
 * and too rarely to be sampled, so timers log the events that must not be missed.
 */
export const ALERT_RULES: readonly AlertRule[] = [
  {
    id: 'quarantine',
    title: 'Rejected events',
    description: 'The connector rejected events and stored them in quarantine.',
    severity: 2,
    query:
      "StorageBlobLogs | where OperationName == 'PutBlob' and Uri contains '/quarantine/' and StatusCode == 201",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'reportsReadInPart',
    title: 'Reports read in part',
    description:
      'SEP Mobile sends words or fields that the connector does not know. They count as the worst.',
    severity: 1,
    query:
      "AppTraces | where Message has 'reports were read in part' | extend code = extract('read in part: (.+)$', 1, Message) | summarize reports = sum(ItemCount) by code",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'reportsHeld',
    title: 'Reports held',
    description:
      'A change in the reports of SEP Mobile would have blocked a large part of the devices, so the connector holds it.',
    severity: 1,
    query: "AppTraces | where Message has 'reports held:'",
    threshold: 0,
    window: 'PT5M',
    every: 'PT5M',
  },
  {
    id: 'sweepMissed',
    title: 'Sweep not running',
    description: 'The timer expireHeartbeats has not succeeded for 30 minutes.',
    severity: 1,
    query:
      "AppRequests | where Name == 'expireHeartbeats' and Success == true | summarize runs = count() | where runs == 0",
    threshold: 0,
    window: 'PT30M',
    every: 'PT15M',
  },
  {
    id: 'breakerOpen',
    title: 'Silence breaker open',
    description:
      'Many devices are silent while SEP Mobile reports, so the connector suspends their silence.',
    severity: 1,
    query: "AppTraces | where Message has 'silence breaker opened'",
    threshold: 0,
    window: 'PT5M',
    every: 'PT5M',
  },
  {
    id: 'forgedMessages',
    title: 'Forged messages',
    description: 'A queue received a message that the connector did not send.',
    severity: 1,
    query: "AppTraces | where Message has 'dead-lettered a message that is not authentic'",
    threshold: 0,
    window: 'PT5M',
    every: 'PT5M',
  },
  {
    id: 'partnerSilent',
    title: 'SEP Mobile silent',
    description: 'SEP Mobile has sent nothing for two hours.',
    severity: 1,
    query: "AppTraces | where Message has 'the partner has not reported since'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'partnerRefused',
    title: 'SEP Mobile rejected',
    description: 'Every webhook of the last hour failed its signature check (401).',
    severity: 1,
    query:
      "AppRequests | where Name == 'receivePartnerWebhook' | summarize rejected = sumif(ItemCount, ResultCode == '401'), accepted = sumif(ItemCount, ResultCode startswith '2') | where rejected > 10 and accepted == 0",
    threshold: 0,
    window: 'PT1H',
    every: 'PT15M',
  },
  {
    id: 'slowDecisions',
    title: 'Slow decisions',
    description: 'The slowest 1 % of decisions take more than half a second.',
    severity: 1,
    query:
      "AppRequests | where Name in ('decideAccess', 'authorizeNginx', 'authorizeEnvoy', 'authorizeRadius') | summarize p99 = percentilew(DurationMs, ItemCount, 99), requests = sum(ItemCount) | where requests > 100 and p99 > 500",
    threshold: 0,
    window: 'PT15M',
    every: 'PT5M',
  },
  {
    id: 'failedRequests',
    title: 'Server errors (5xx)',
    description: 'More than 20 requests failed with 500 or above in five minutes.',
    severity: 0,
    query:
      "AppRequests | where toint(ResultCode) >= 500 or (ResultCode == '0' and Success == false) | summarize failed = sum(ItemCount) | where failed > 20",
    threshold: 0,
    window: 'PT5M',
    every: 'PT5M',
  },
  {
    id: 'failedPublications',
    title: 'Failed publications',
    description: 'Publishing transitions failed more than five times in 15 minutes.',
    severity: 1,
    query:
      "AppRequests | where Name in ('publishComplianceChange', 'retryPublications') and Success == false | summarize failed = sum(ItemCount) | where failed > 5",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'leaversHeld',
    title: 'Too many devices leaving',
    description:
      'Microsoft Graph reports more leaving devices than allowed, so none is unenrolled.',
    severity: 1,
    query: "AppTraces | where Message has 'devices would leave at once'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'groupUnknown',
    title: 'A group of a policy is unknown',
    description:
      'Microsoft Graph does not have a group that a policy names, or its members cannot be read, so the group counts as if every device were a member.',
    severity: 2,
    query: "AppTraces | where Message has 'which a policy names, is unknown'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'refusedCallers',
    title: 'Callers rejected',
    description:
      'An endpoint rejected more than 20 requests within an hour for their key, token or role.',
    severity: 2,
    query:
      "AppTraces | where (Message startswith 'unauthenticated: ' or Message startswith 'accessDenied: ') and OperationName != 'syncManagedDevices' | summarize rejected = sum(ItemCount) by OperationName | where rejected > 20",
    threshold: 0,
    window: 'PT1H',
    every: 'PT15M',
  },
  {
    id: 'confirmedChange',
    title: 'Change confirmed by force',
    description:
      'A caller confirmed a change, so the connector did not check whether it blocks every device.',
    severity: 2,
    query:
      "AppTraces | where Message startswith 'audit: ' | extend event = parse_json(substring(Message, 7)) | where event.isConfirmed == true and event.activityResult == 'success'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'enrolmentFails',
    title: 'Enrolment from Graph fails',
    description: 'The timer syncManagedDevices failed more than five times in 15 minutes.',
    severity: 2,
    query:
      "AppRequests | where Name == 'syncManagedDevices' and Success == false | summarize failed = sum(ItemCount) | where failed > 5",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
];

/** An alert on a metric of a resource: more than `threshold` raises it. */
export interface MetricRule extends Alert {
  readonly of: 'serviceBus' | 'cosmosDb';
  readonly metric: string;
  readonly aggregation: 'Maximum' | 'Count';
  readonly dimension?: { readonly name: string; readonly values: readonly string[] };
  readonly threshold: number;
}

/** Alerts on metrics. */
export const METRIC_RULES: readonly MetricRule[] = [
  {
    id: 'deadLetters',
    title: 'Dead letters',
    description: 'A queue has dead letters, which wait for an operator.',
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
    title: 'Signals waiting',
    description: 'More than 5,000 messages wait in a queue.',
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
    description: 'Cosmos DB answered more than 100 requests with 429 in five minutes.',
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
