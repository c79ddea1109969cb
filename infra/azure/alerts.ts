import { Construct } from 'constructs';
import {
  ALERT_RULES,
  describeAlert,
  METRIC_RULES,
  type AlertRule,
  type MetricRule,
} from './alertRules.ts';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import { toTolerantQuery } from './logTables.ts';

export interface AlertsProps {
  readonly base: string;
  readonly workspace: ArmResource;
  readonly serviceBus: ArmResource;
  readonly cosmosDb: ArmResource;
  /** Address of the on-call operator. */
  readonly email: string;
}

/** All alerts; each sends an email to the on-call operator. */
export class Alerts extends Construct {
  constructor(scope: Construct, id: string, props: AlertsProps) {
    super(scope, id);
    const group = new AzureResource(this, 'operators', {
      type: 'Microsoft.Insights/actionGroups',
      name: `${props.base}-operators`,
      body: {
        location: 'global',
        properties: {
          groupShortName: 'mtd',
          enabled: true,
          emailReceivers: [
            { name: 'operators', emailAddress: props.email, useCommonAlertSchema: true },
          ],
        },
      },
    });
    for (const rule of ALERT_RULES) addLogAlert(this, props, group, rule);
    for (const rule of METRIC_RULES) addMetricAlert(this, props, group, rule);
  }
}

function addLogAlert(
  scope: Construct,
  { base, workspace }: AlertsProps,
  group: ArmResource,
  rule: AlertRule,
): void {
  new AzureResource(scope, rule.id, {
    type: 'Microsoft.Insights/scheduledQueryRules',
    name: `${base}-${rule.id}`,
    body: {
      location: HERE,
      properties: {
        displayName: rule.title,
        description: describeAlert(rule),
        severity: rule.severity,
        enabled: true,
        scopes: [workspace.id],
        evaluationFrequency: rule.every,
        windowSize: rule.window,
        criteria: {
          allOf: [
            {
              query: toTolerantQuery(rule.query),
              timeAggregation: 'Count',
              operator: 'GreaterThan',
              threshold: rule.threshold,
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
            },
          ],
        },
        actions: { actionGroups: [group.id] },
        autoMitigate: true,
        // So that a rule can exist before its table (Azure/azure-rest-api-specs#32650); not enough alone (#28293 of azurerm).
        skipQueryValidation: true,
      },
    },
  });
}

function addMetricAlert(
  scope: Construct,
  props: AlertsProps,
  group: ArmResource,
  rule: MetricRule,
): void {
  const { dimension } = rule;
  new AzureResource(scope, rule.id, {
    type: 'Microsoft.Insights/metricAlerts',
    name: `${props.base}-${rule.id}`,
    body: {
      location: 'global',
      properties: {
        description: describeAlert(rule),
        severity: rule.severity,
        enabled: true,
        scopes: [props[rule.of].id],
        evaluationFrequency: rule.every,
        windowSize: rule.window,
        criteria: {
          'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
          allOf: [
            {
              criterionType: 'StaticThresholdCriterion',
              name: rule.id,
              metricName: rule.metric,
              timeAggregation: rule.aggregation,
              operator: 'GreaterThan',
              threshold: rule.threshold,
              ...(dimension === undefined
                ? {}
                : { dimensions: [{ ...dimension, operator: 'Include' }] }),
            },
          ],
        },
        actions: [{ actionGroupId: group.id }],
        autoMitigate: true,
      },
    },
  });
}
