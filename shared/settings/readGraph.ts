import { invalid, readUrl, readWhole, readWords, type Environment } from './readSetting.ts';

/** How this system uses Microsoft Graph. */
export interface GraphConfig {
  readonly endpoint: string;
  /** The user-assigned managed identity; if absent, the environment's default credential. */
  readonly clientId: string | undefined;
  /** Whether Intune's devices are enrolled from Graph. */
  readonly isEnrolmentSource: boolean;
  /** If more than this share of Graph's devices leave within a day, an operator must confirm it. */
  readonly maxLeaversInPercent: number;
  /** The attributes in Entra for compliance and risk; if absent, nothing is written. */
  readonly attributes: EntraAttributes | undefined;
}

/** Names of `extensionAttributes` of a device. */
export interface EntraAttributes {
  readonly compliance: string | undefined;
  readonly risk: string | undefined;
}

const DEFAULT_ENDPOINT = 'https://graph.microsoft.com/v1.0';
const DEFAULT_MAX_LEAVERS_IN_PERCENT = 10;
const MAX_PERCENT = 100;

/** `undefined` if nothing uses Graph. */
export function readGraph(environment: Environment): GraphConfig | undefined {
  const config = {
    endpoint: readUrl(environment, 'GRAPH_ENDPOINT', DEFAULT_ENDPOINT).replace(/\/$/, ''),
    clientId: environment['GRAPH_CLIENT_ID']?.trim() || undefined,
    isEnrolmentSource: readFlag(environment, 'ENROLMENT_FROM_GRAPH'),
    maxLeaversInPercent: readPercent(environment, 'ENROLMENT_MAX_LEAVERS_IN_PERCENT'),
    attributes: readAttributes(environment),
  };
  return config.isEnrolmentSource || config.attributes !== undefined ? config : undefined;
}

function readFlag(environment: Environment, name: string): boolean {
  const value = environment[name]?.trim() || 'false';
  if (value !== 'true' && value !== 'false') throw invalid(name, '`true` or `false`');
  return value === 'true';
}

function readPercent(environment: Environment, name: string): number {
  const value = readWhole(environment, name, DEFAULT_MAX_LEAVERS_IN_PERCENT, 1);
  if (value > MAX_PERCENT) throw invalid(name, 'a whole number from 1 to 100');
  return value;
}

function readAttributes(environment: Environment): EntraAttributes | undefined {
  const compliance = readAttribute(environment, 'ENTRA_COMPLIANCE_ATTRIBUTE');
  const risk = readAttribute(environment, 'ENTRA_RISK_ATTRIBUTE');
  if (compliance === undefined && risk === undefined) return undefined;
  if (compliance === risk)
    throw invalid('ENTRA_RISK_ATTRIBUTE', 'different from `ENTRA_COMPLIANCE_ATTRIBUTE`');
  return { compliance, risk };
}

function readAttribute(environment: Environment, name: string): string | undefined {
  const [value, ...others] = readWords(environment, name);
  if (value === undefined) return undefined;
  if (others.length === 0 && /^extensionAttribute([1-9]|1[0-5])$/.test(value)) return value;
  throw invalid(name, 'one of `extensionAttribute1` to `extensionAttribute15`');
}
