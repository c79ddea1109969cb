import type { AlertRule } from './alert.ts';

/** Alerts on the way from a report to a judged device. */
export const REPORT_ALERTS: readonly AlertRule[] = [
  {
    id: 'quarantine',
    title: 'Rejected events',
    description: 'The connector rejected events and stored them in quarantine.',
    severity: 2,
    query:
      "StorageBlobLogs | where OperationName == 'PutBlob' and Uri contains '/quarantine/' and StatusCode == '201'",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
  },
  {
    id: 'reportsReadInPart',
    title: 'Reports read in part',
    description:
      'SEP Mobile sends words or fields that the connector does not know. They count as the worst.',
    severity: 2,
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
    id: 'reportsTooLarge',
    title: 'Reports too large',
    description: 'Requests with reports were too large (413), so nothing in them counts.',
    severity: 2,
    query:
      "AppRequests | where Name in ('receivePartnerWebhook', 'ingestTelemetry') and ResultCode == '413' | summarize refused = sum(ItemCount) by Name | where refused > 0",
    threshold: 0,
    window: 'PT15M',
    every: 'PT15M',
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
    id: 'sourceSilent',
    title: 'A source is silent',
    description: 'A source that usually reports has sent nothing for two hours.',
    severity: 2,
    query:
      "AppRequests | where Name in ('receivePartnerWebhook', 'ingestTelemetry') and ResultCode startswith '2' | summarize received = sum(ItemCount), last = max(TimeGenerated) by Name | where received > 100 and last < ago(2h)",
    threshold: 0,
    window: 'P1D',
    every: 'PT30M',
  },
  {
    id: 'sourceFails',
    title: 'An event source fails',
    description: 'The connector could not fetch events from a source for a quarter of an hour.',
    severity: 1,
    // A short failure ends by itself, and nothing is lost by it.
    query:
      "AppTraces | where Message has 'event source' | extend source = extract('event source `([^`]+)`', 1, Message), minutes = toint(extract('failed for ([0-9]+) minutes', 1, Message)), fault = extract('minutes: (.+)$', 1, Message) | where minutes >= 15 | summarize failed = max(minutes) by source, fault",
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
    // The sweep says it every five minutes while it is open.
    query:
      "AppTraces | where Message has 'silence breaker opened' or Message has 'silence breaker is open'",
    threshold: 0,
    window: 'PT15M',
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
    id: 'sweepMissed',
    title: 'Sweep not running',
    description: 'The timer expireHeartbeats has not succeeded for 30 minutes.',
    severity: 1,
    // Without a first success there is nothing to miss, so it waits for the first package.
    query:
      "AppRequests | where Name == 'expireHeartbeats' and Success == true | summarize last = max(TimeGenerated) | where last < ago(30m)",
    threshold: 0,
    window: 'P2D',
    every: 'PT15M',
  },
];
