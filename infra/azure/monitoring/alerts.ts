import { Construct } from 'constructs';
import { describeAlert, type AlertRule, type MetricRule } from './alert.ts';
import { ALERT_RULES } from './alertRules.ts';
import { AzureResource, HERE } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import { listOf, objectOf, unlessEmpty } from '../engine/expression.ts';
import { toTolerantQuery, type LogOwners } from './logTables.ts';
import { METRIC_RULES } from './metricAlerts.ts';
import type { StackParameters } from '../stackParameters.ts';

export interface AlertsProps {
  readonly base: string;
  readonly workspaceId: string;
  readonly owners: LogOwners;
  readonly serviceBus: ArmResource;
  readonly cosmosDb: ArmResource;
  readonly vault: ArmResource;
  /** The tier of Service Bus. */
  readonly tier: 'Premium' | 'Standard';
  readonly parameters: Pick<StackParameters, 'actionGroupId' | 'operatorsEmail'>;
}

/** A rule of this severity or a lower one wakes somebody. */
const WAKING_SEVERITY = 1;

/** All alerts. Each sends an email; the severe ones also call the action group of the parameter. */
export class Alerts extends Construct {
  private readonly props: AlertsProps;
  private readonly operators: ArmResource;

  constructor(scope: Construct, id: string, props: AlertsProps) {
    super(scope, id);
    this.props = props;
    const emailAddress = props.parameters.operatorsEmail;
    this.operators = new AzureResource(this, 'operators', {
      type: 'Microsoft.Insights/actionGroups',
      name: `${props.base}-operators`,
      body: {
        location: 'global',
        properties: {
          groupShortName: 'mtd',
          enabled: true,
          emailReceivers: [{ name: 'operators', emailAddress, useCommonAlertSchema: true }],
        },
      },
    });
    for (const rule of ALERT_RULES) this.addLogAlert(rule);
    for (const rule of METRIC_RULES)
      if (rule.tier === undefined || rule.tier === props.tier) this.addMetricAlert(rule);
  }

  private addLogAlert(rule: AlertRule): void {
    const { base, workspaceId, owners } = this.props;
    new AzureResource(this, rule.id, {
      type: 'Microsoft.Insights/scheduledQueryRules',
      name: `${base}-${rule.id}`,
      body: {
        location: HERE,
        properties: {
          ...toCommon(rule),
          displayName: rule.title,
          scopes: [workspaceId],
          criteria: {
            allOf: [
              {
                query: toTolerantQuery(rule.query, owners),
                timeAggregation: 'Count',
                operator: 'GreaterThan',
                threshold: rule.threshold,
                failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
              },
            ],
          },
          actions: { actionGroups: this.calledBy(rule, (id) => id) },
          // So that a rule can exist before its table (Azure/azure-rest-api-specs#32650). Not enough alone
          // (hashicorp/terraform-provider-azurerm#28293).
          skipQueryValidation: true,
        },
      },
    });
  }

  private addMetricAlert(rule: MetricRule): void {
    const { dimension } = rule;
    new AzureResource(this, rule.id, {
      type: 'Microsoft.Insights/metricAlerts',
      name: `${this.props.base}-${rule.id}`,
      body: {
        location: 'global',
        properties: {
          ...toCommon(rule),
          scopes: [this.props[rule.of].id],
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
          actions: this.calledBy(rule, (actionGroupId) => objectOf({ actionGroupId })),
        },
      },
    });
  }

  /** The action groups that the rule calls, each in the form that `toAction` gives it. */
  private calledBy(
    { severity }: AlertRule | MetricRule,
    toAction: (groupId: string) => string,
  ): string {
    const { actionGroupId } = this.props.parameters;
    const own = toAction(this.operators.id);
    if (severity > WAKING_SEVERITY) return listOf(own);
    return unlessEmpty(actionGroupId, listOf(own, toAction(actionGroupId)), listOf(own));
  }
}

function toCommon(rule: AlertRule | MetricRule): object {
  return {
    description: describeAlert(rule),
    severity: rule.severity,
    enabled: true,
    evaluationFrequency: rule.every,
    windowSize: rule.window,
    autoMitigate: true,
  };
}
