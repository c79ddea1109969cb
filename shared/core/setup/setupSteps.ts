import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import type { Milestone } from '../ports/milestones.ts';
import { areSourcesHeard, isDefaultSourceOn, sourcesTodo } from './sourcesStep.ts';

/** The state of the system's own setup. */
export interface SetupFacts {
  readonly webhookSecretCount: number;
  readonly milestones: Readonly<Partial<Record<Milestone, DateTime>>>;
  readonly managedDeviceCount: number;
  readonly configuration: Configuration;
}

export interface SetupStep {
  readonly id: string;
  readonly title: string;
  readonly isDone: boolean;
  /** When the step was first done, if that is recorded. */
  readonly doneDateTime?: DateTime;
  /** The instruction; absent once the step is done. */
  readonly todo?: string;
}

interface Step {
  readonly id: string;
  readonly title: string;
  readonly todo: string | ((facts: SetupFacts) => string);
  readonly isDone: (facts: SetupFacts) => boolean;
  readonly milestone?: Milestone;
  /** The step exists only while the source `default` counts: other sources sign nothing. */
  readonly isOfDefaultSource?: true;
}

const isReached =
  (milestone: Milestone) =>
  ({ milestones }: SetupFacts): boolean =>
    milestones[milestone] !== undefined;

/** All steps, in the order in which an administrator does them. */
const STEPS: readonly Step[] = [
  {
    id: 'secretSet',
    title: 'The webhook secret is set',
    todo: 'Set `SEP_MOBILE_WEBHOOK_SECRETS` to a secret of 24 to 64 random bytes, and enter the same secret in SEP Mobile.',
    isDone: ({ webhookSecretCount }) => webhookSecretCount > 0,
  },
  {
    id: 'tenantSettingsMade',
    title: 'The tenant settings are saved',
    todo: 'PATCH /api/deviceManagement/settings, with `{}` for the defaults.',
    isDone: ({ configuration }) => configuration.tenantSettings !== undefined,
  },
  {
    id: 'connectorEnabled',
    title: 'The connector is enabled for a platform',
    todo: 'PATCH /api/deviceManagement/mobileThreatDefenseConnectors/default with `androidEnabled` or `iosEnabled` true.',
    isDone: ({ configuration: { connector } }) =>
      connector !== undefined && (connector.androidEnabled || connector.iosEnabled),
  },
  {
    id: 'sourcesHeard',
    title: 'Each event source has sent an event',
    todo: ({ configuration }) => sourcesTodo(configuration),
    isDone: ({ configuration, milestones }) =>
      areSourcesHeard(configuration, milestones.firstSignedEvent !== undefined),
  },
  {
    id: 'firstSignedEvent',
    title: 'An event that proves its origin has been pushed',
    todo: 'Let the sender of CloudEvents POST to /api/webhooks/sep-mobile. If you have none, switch the source off: `npm run ops -- sources pause default`.',
    isDone: isReached('firstSignedEvent'),
    milestone: 'firstSignedEvent',
    isOfDefaultSource: true,
  },
  {
    id: 'firstHeartbeat',
    title: 'A heartbeat has arrived',
    todo: 'Deploy the SEP Mobile app with the configuration of /api/setup/appConfigurations/ios or …/android, and open it on a device.',
    isDone: isReached('firstHeartbeat'),
    milestone: 'firstHeartbeat',
    isOfDefaultSource: true,
  },
  {
    id: 'deviceEnrolled',
    title: 'A device is enrolled',
    todo: 'PUT /api/deviceManagement/managedDevices/{deviceId} for each device.',
    isDone: ({ managedDeviceCount }) => managedDeviceCount > 0,
  },
  {
    id: 'policyAssigned',
    title: 'A compliance policy is assigned',
    todo: 'POST /api/deviceManagement/deviceCompliancePolicies, then …/{id}/assign; use …/whatIf to preview which devices it would block.',
    isDone: ({ configuration: { compliancePolicies } }) =>
      compliancePolicies.some(({ assignments }) => assignments.length > 0),
  },
  {
    id: 'accessPolicyEnabled',
    title: 'A conditional access policy is enabled',
    todo: 'POST /api/identity/conditionalAccess/policies with the grant control `compliantDevice`; start with the state `enabledForReportingButNotEnforced`.',
    isDone: ({ configuration: { conditionalAccessPolicies } }) =>
      conditionalAccessPolicies.some(({ state }) => state === 'enabled'),
  },
  {
    id: 'firstCaller',
    title: 'A caller has asked about a device',
    todo: 'Give a gateway the role `Access.Decide` and let it POST to /api/accessDecisions, or `Devices.Read.All` and GET /api/devices/{deviceId}/compliance.',
    isDone: isReached('firstCaller'),
    milestone: 'firstCaller',
  },
];

/** The setup checklist. A step is done when the system has observed it, not when somebody ticks it. */
export function toSetupSteps(facts: SetupFacts): readonly SetupStep[] {
  const hasDefaultSource = isDefaultSourceOn(facts.configuration);
  const steps = STEPS.filter(({ isOfDefaultSource }) => hasDefaultSource || !isOfDefaultSource);
  return steps.map(({ id, title, todo, isDone, milestone }) => {
    const done = isDone(facts);
    const doneDateTime = milestone && facts.milestones[milestone];
    return {
      id,
      title,
      isDone: done,
      ...defined({ doneDateTime }),
      ...(done ? {} : { todo: typeof todo === 'string' ? todo : todo(facts) }),
    };
  });
}
