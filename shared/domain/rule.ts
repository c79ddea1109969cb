import type { RiskAssessment } from './assessRisk.ts';
import type {
  DeviceCompliancePolicy,
  MobileThreatDefenseConnector,
  PlatformConnector,
} from './configuration.ts';
import type { DateTime } from './dateTime.ts';
import type { Device } from './device.ts';
import type { ReasonCode } from './reason.ts';
import type { ManagedDeviceProperties } from './signal.ts';

/** Everything that a rule of a policy may look at. */
export interface RuleFacts {
  readonly device: Device;
  readonly properties: ManagedDeviceProperties;
  readonly risk: RiskAssessment;
  readonly connector: MobileThreatDefenseConnector;
  readonly platform: PlatformConnector;
  readonly now: DateTime;
  /** The moment after which the partner counts as unresponsive; `undefined` where it was never heard. */
  readonly partnerDeadline: DateTime | undefined;
}

/** What one rule makes of one device: Graph `complianceStatus`, and why. */
export type RuleResult =
  | { readonly status: 'notApplicable' | 'compliant' }
  | {
      readonly status: 'nonCompliant' | 'error';
      readonly code: ReasonCode;
      readonly message: string;
      /** Where time alone made it so: since when. */
      readonly sinceDateTime?: DateTime;
    };

/** One rule on one device, as a policy sets it. */
export type Check = (policy: DeviceCompliancePolicy, facts: RuleFacts) => RuleResult;

/** A row of the table. */
export interface ComplianceRule {
  /** The policy's setting, by Graph's name. */
  readonly setting: string;
  readonly when: string;
  readonly codes: readonly ReasonCode[];
  readonly source: string;
  readonly check: Check;
}
