import type { PlatformConnector } from './configuration.ts';
import type { RuleFailure } from './rule.ts';
import type { ReasonCode } from '../vocabulary/reason.ts';

export function nonCompliant(code: ReasonCode, message: string): RuleFailure {
  return { status: 'nonCompliant', code, message };
}

export function inError(message: string): RuleFailure {
  return { status: 'error', code: 'settingInError', message };
}

/** Blocks the device if the connector blocks unsupported versions. It is also why the partner's data does not count. */
export function unsupportedOsVersion({ minimumOsVersion }: PlatformConnector): RuleFailure {
  const message = `the operating system is older than version ${minimumOsVersion}, which SEP Mobile requires`;
  return nonCompliant('osVersionUnsupported', message);
}
