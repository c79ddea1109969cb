import type { PlatformConnector } from './configuration.ts';
import type { RuleFailure } from './rule.ts';
import type { ReasonCode } from '../vocabulary/reason.ts';

export function nonCompliant(code: ReasonCode, message: string): RuleFailure {
  return { status: 'nonCompliant', code, message };
}

export function inError(message: string): RuleFailure {
  return { status: 'error', code: 'settingInError', message };
}

/** A reason in itself where the connector blocks such devices, and why the partner's data does not count. */
export function unsupportedOsVersion({ minimumOsVersion }: PlatformConnector): RuleFailure {
  const message = `the version is older than ${minimumOsVersion}, which SEP Mobile needs`;
  return nonCompliant('osVersionUnsupported', message);
}
