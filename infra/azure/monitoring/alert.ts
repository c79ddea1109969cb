/** The properties of both kinds of rules. */
export interface Alert {
  readonly id: string;
  /** Also the heading of its section in `infra/ops/README.md`. */
  readonly title: string;
  /** The event, for the on-call operator. */
  readonly description: string;
  /** 0 callers get no answer, 1 devices are judged wrongly or soon will be: both wake somebody. 2 can wait for the morning. */
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

/** An alert on a metric of a resource: more than `threshold` raises it. */
export interface MetricRule extends Alert {
  readonly of: 'serviceBus' | 'cosmosDb' | 'vault';
  readonly metric: string;
  readonly aggregation: 'Average' | 'Count' | 'Maximum' | 'Total';
  readonly dimension?: { readonly name: string; readonly values: readonly string[] };
  readonly threshold: number;
  /** The tier of Service Bus that has the metric; if absent, each. */
  readonly tier?: 'Premium';
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
