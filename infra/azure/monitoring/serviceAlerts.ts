import type { AlertRule } from './alert.ts';

/** Alerts on the service to callers, receivers and operators. */
export const SERVICE_ALERTS: readonly AlertRule[] = [
  {
    id: 'unavailable',
    title: 'Not available',
    description: 'Two places or more on the internet do not get 200 from api/health/ready.',
    severity: 0,
    // Without a first success there is nothing to lose, so it waits for the first package.
    query:
      'AppAvailabilityResults | summarize failed = dcountif(Location, Success == false and TimeGenerated > ago(15m)), answered = countif(Success == true and TimeGenerated > ago(15m)), ever = countif(Success == true) | where ever > 0 and failed >= 2 and failed > answered',
    threshold: 0,
    window: 'P1D',
    every: 'PT5M',
  },
  {
    id: 'settingInvalid',
    title: 'A setting is invalid',
    description: 'A setting or a secret is missing or wrong, so the connector does not start.',
    severity: 0,
    query: "AppTraces | where Message startswith 'settingInvalid: '",
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
    id: 'storageRefuses',
    title: 'Credentials refused',
    description: 'Storage refuses the identity of the app: a role is missing.',
    severity: 1,
    // A stranger has no token of ours, and is not counted.
    query:
      "StorageBlobLogs | where AuthenticationType == 'OAuth' and StatusCode == '403' | summarize refused = count() by OperationName | where refused > 5",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'decisionsLost',
    title: 'Decisions not logged',
    description: 'The storage of the decision log does not take the lines, so some are lost.',
    severity: 2,
    query: "AppTraces | where Message has 'the decision log lost'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'failedPublications',
    title: 'Failed publications',
    description: 'Publishing transitions failed more than five times in 15 minutes.',
    severity: 2,
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
    severity: 2,
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
];
