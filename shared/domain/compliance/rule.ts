// A rule is built in two steps, policy → check → result, and the checks are cached for each policy, so an evaluation runs
// only the checks that the policy requires. That makes it about as fast as one loop written by hand (tests/bench: 0.90).
import type { CombinedRisk } from '../threats/combineRisks.ts';
import type {
  DeviceCompliancePolicy,
  MobileThreatDefenseConnector,
  PlatformConnector,
} from './configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Device } from '../devices/device.ts';
import type { ReasonCode } from '../vocabulary/reason.ts';
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';

/** The facts of a device before any policy is read. */
export interface KnownFacts {
  readonly device: Device;
  readonly properties: ManagedDeviceProperties;
  readonly risk: CombinedRisk;
  readonly connector: MobileThreatDefenseConnector;
  readonly platform: PlatformConnector;
  readonly now: DateTime;
  /** After this moment the partner counts as unresponsive; `undefined` if it never reported. */
  readonly partnerDeadline: DateTime | undefined;
}

/** Everything that a policy's rule may read. Derived once a device, because it is the same for every policy. */
export interface RuleFacts extends KnownFacts {
  /** From the enrolment or from SEP Mobile, whichever reported last. */
  readonly osVersion: string;
  /** Whether SEP Mobile supports that version; `undefined` if the version cannot be read. */
  readonly isOsVersionSupported: boolean | undefined;
  /** Why the partner's data on this device does not count; `undefined` if it does. */
  readonly partnerIgnoredBecause: RuleFailure | undefined;
}

/** The device fails the rule, or the data for it cannot be read. */
export interface RuleFailure {
  readonly status: 'nonCompliant' | 'error';
  readonly code: ReasonCode;
  readonly message: string;
  readonly sourceId?: string;
  /** The start of a failure that time alone caused. */
  readonly sinceDateTime?: DateTime;
}

/** The result of one rule on one device: Graph `complianceStatus`, and why. */
export type RuleResult =
  | { readonly status: 'notApplicable' }
  | { readonly status: 'compliant' }
  | RuleFailure;

/** Evaluates one rule on one device. */
export type Check = (facts: RuleFacts) => RuleResult;

/** The check that a policy's setting requires; `undefined` if the policy does not set it. */
export type ToCheck = (policy: DeviceCompliancePolicy) => Check | undefined;

/** A row of the table. The documentation prints all but `toCheck`. */
export interface ComplianceRule {
  /** The policy's setting, by Graph's name. */
  readonly setting: string;
  readonly when: string;
  readonly codes: readonly ReasonCode[];
  readonly source: string;
  readonly toCheck: ToCheck;
}
