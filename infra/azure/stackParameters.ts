import type { Construct } from 'constructs';
import { ArmParameter } from './engine/armParameter.ts';

/** The parameters of the template. Those with a default value may be left out. */
export interface StackParameters {
  readonly tokenIssuer: ArmParameter;
  readonly tokenAudience: ArmParameter;
  readonly operatorsEmail: ArmParameter;
  readonly enrolmentFromGraph: ArmParameter;
  readonly entraComplianceAttribute: ArmParameter;
  readonly entraRiskAttribute: ArmParameter;
  readonly cloudflareTeamDomain: ArmParameter;
  readonly cloudflareAccessAudiences: ArmParameter;
  readonly deploymentAddressRange: ArmParameter;
  readonly monitoringNetworkAccess: ArmParameter;
  readonly extraSettings: ArmParameter;
  readonly databaseAccount: ArmParameter;
  readonly recoveredDateTime: ArmParameter;
}

/** Adds the parameters to the stack. */
export function addParameters(scope: Construct): StackParameters {
  const text = (id: string, description: string, defaultValue?: string): ArmParameter =>
    new ArmParameter(scope, id, {
      type: 'string',
      description,
      ...(defaultValue === undefined ? { minLength: 1 } : { defaultValue }),
    });
  const choice = (
    id: string,
    description: string,
    defaultValue: string,
    allowedValues: readonly string[],
  ): ArmParameter =>
    new ArmParameter(scope, id, { type: 'string', description, defaultValue, allowedValues });
  return {
    tokenIssuer: text(
      'tokenIssuer',
      'Issuer of the accepted tokens: https://login.microsoftonline.com/{tenant}/v2.0',
    ),
    tokenAudience: text('tokenAudience', 'Required aud claim of the tokens'),
    operatorsEmail: text('operatorsEmail', 'Email address for alerts'),
    enrolmentFromGraph: choice(
      'enrolmentFromGraph',
      'true: enrol the devices that Intune manages',
      'false',
      ['true', 'false'],
    ),
    entraComplianceAttribute: text(
      'entraComplianceAttribute',
      'Entra attribute for the compliance state, extensionAttribute1 to extensionAttribute15; empty: none',
      '',
    ),
    entraRiskAttribute: text(
      'entraRiskAttribute',
      'Entra attribute for the threat state, a different one; empty: none',
      '',
    ),
    cloudflareTeamDomain: text(
      'cloudflareTeamDomain',
      'https://<team>.cloudflareaccess.com; empty: no Cloudflare Access',
      '',
    ),
    cloudflareAccessAudiences: text(
      'cloudflareAccessAudiences',
      'AUD tags of the Access applications in front of the API, separated by spaces',
      '',
    ),
    deploymentAddressRange: text(
      'deploymentAddressRange',
      'Addresses that may deploy packages, as a CIDR range; the default is every IPv4 address',
      '0.0.0.0/0',
    ),
    monitoringNetworkAccess: choice(
      'monitoringNetworkAccess',
      'Disabled: only networks of a private link scope reach the logs; add both resources to one first',
      'Enabled',
      ['Enabled', 'Disabled'],
    ),
    extraSettings: new ArmParameter(scope, 'extraSettings', {
      type: 'object',
      description: 'Further app settings by name; one of the template is replaced',
      defaultValue: {},
    }),
    databaseAccount: text(
      'databaseAccount',
      'Name of a restored Cosmos DB account that replaces the one of the template; empty: none',
      '',
    ),
    recoveredDateTime: text(
      'recoveredDateTime',
      'When the database was last restored, such as 2026-01-31T03:00:00Z; empty: never',
      '',
    ),
  };
}
