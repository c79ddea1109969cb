import type { RiskAssessment } from '../threats/assessRisk.ts';
import type {
  DeviceCompliancePolicy,
  MobileThreatDefenseConnector,
  PlatformConnector,
} from './configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Device } from '../devices/device.ts';
import type { ReasonCode } from '../vocabulary/reason.ts';
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';

/** What the facts of a device are, before any policy is looked at. */
export interface KnownFacts {
  readonly device: Device;
  readonly properties: ManagedDeviceProperties;
  readonly risk: RiskAssessment;
  readonly connector: MobileThreatDefenseConnector;
  readonly platform: PlatformConnector;
  readonly now: DateTime;
  /** The moment after which the partner counts as unresponsive; `undefined` where it was never heard. */
  readonly partnerDeadline: DateTime | undefined;
}

/** Everything that a rule of a policy may look at: what is the same for each policy is found once. */
export interface RuleFacts extends KnownFacts {
  /** The version as the enrolment or SEP Mobile saw it, whoever looked last. */
  readonly osVersion: string;
  /** Whether SEP Mobile runs on that version; `undefined` where it cannot be read. */
  readonly isOsVersionSupported: boolean | undefined;
  /** Why the partner's word for this device is worth nothing; `undefined` where it is worth something. */
  readonly partnerIgnoredBecause: RuleFailure | undefined;
}

/** What a device fails, or what cannot be read of it. */
export interface RuleFailure {
  readonly status: 'nonCompliant' | 'error';
  readonly code: ReasonCode;
  readonly message: string;
  /** Where time alone made it so: since when. */
  readonly sinceDateTime?: DateTime;
}

/** What one rule makes of one device: Graph `complianceStatus`, and why. */
export type RuleResult =
  | { readonly status: 'notApplicable' }
  | { readonly status: 'compliant' }
  | RuleFailure;

/** One rule on one device. */
export type Check = (facts: RuleFacts) => RuleResult;

/** The rule as a policy sets it; `undefined` where the policy does not ask for it, so that no device pays for it. */
export type ToCheck = (policy: DeviceCompliancePolicy) => Check | undefined;

/** A row of the table. */
export interface ComplianceRule {
  /** The policy's setting, by Graph's name. */
  readonly setting: string;
  readonly when: string;
  readonly codes: readonly ReasonCode[];
  readonly source: string;
  readonly toCheck: ToCheck;
}
