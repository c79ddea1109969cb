import type { Construct } from 'constructs';
import { ArmParameter, type ArmParameterProps } from './engine/armParameter.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

const NONE = { type: 'string', defaultValue: '' } as const;
const NEEDED = { type: 'string', minLength: 1 } as const;

/** The parameters of each stage. Those with a default value may be left out. */
const PARAMETERS = {
  tokenIssuer: {
    ...NEEDED,
    description: 'Issuer of the accepted tokens: https://login.microsoftonline.com/{tenant}/v2.0',
  },
  tokenAudience: { ...NEEDED, description: 'Required aud claim of the tokens' },
  operatorsEmail: { ...NEEDED, description: 'Email address for alerts' },
  actionGroupId: {
    ...NONE,
    description: 'Id of an existing action group that wakes somebody, for severities 0 and 1',
  },
  enrolmentFromGraph: {
    type: 'string',
    description: 'true: enrol the devices that Intune manages',
    defaultValue: 'false',
    allowedValues: ['true', 'false'],
  },
  entraComplianceAttribute: {
    ...NONE,
    description:
      'Entra attribute for the compliance state, extensionAttribute1 to extensionAttribute15; empty: none',
  },
  entraRiskAttribute: {
    ...NONE,
    description: 'Entra attribute for the threat state, a different one; empty: none',
  },
  cloudflareTeamDomain: {
    ...NONE,
    description: 'https://<team>.cloudflareaccess.com; empty: no Cloudflare Access',
  },
  cloudflareAccessAudiences: {
    ...NONE,
    description: 'AUD tags of the Access applications in front of the API, separated by spaces',
  },
  extraSettings: {
    type: 'object',
    description: 'Further app settings by name; one of the template is replaced',
    defaultValue: {},
  },
  databaseAccount: {
    ...NONE,
    description: 'Name of a restored Cosmos DB account that replaces the own one; empty: none',
  },
  recoveredDateTime: {
    ...NONE,
    description: 'When the database was last restored, such as 2026-01-31T03:00:00Z; empty: never',
  },
  deploymentAddressRange: {
    type: 'string',
    description:
      'Addresses that may deploy packages, as a CIDR range; the default is every IPv4 address',
    defaultValue: '0.0.0.0/0',
  },
  workspaceId: {
    ...NONE,
    description: 'Id of an existing Log Analytics workspace; empty: one of its own',
  },
  monitoringNetworkAccess: {
    type: 'string',
    description:
      'Disabled: only networks of a private link scope reach the logs; add both resources to one first',
    defaultValue: 'Enabled',
    allowedValues: ['Enabled', 'Disabled'],
  },
  tags: { type: 'object', description: 'Tags of every resource', defaultValue: {} },
} as const satisfies Readonly<Record<string, ArmParameterProps>>;

/** Further parameters of a stage with a private network. */
const NETWORK_PARAMETERS = {
  apiAccess: {
    type: 'string',
    description: 'private: only networks that reach the private endpoint reach API and deployment',
    defaultValue: 'public',
    allowedValues: ['public', 'private'],
  },
  appSubnetId: {
    ...NONE,
    description:
      'Id of an existing subnet for the app, delegated to Microsoft.App/environments; empty: one of its own',
  },
  endpointSubnetId: {
    ...NONE,
    description: 'Id of an existing subnet for the private endpoints; empty: one of its own',
  },
  natGatewayId: {
    ...NONE,
    description: 'Id of an existing NAT gateway for its own subnet of the app; empty: none',
  },
  privateDnsGroupId: {
    ...NONE,
    description:
      'Id of the resource group with existing private DNS zones; policy: a policy adds the names; empty: zones of its own',
  },
} as const satisfies Readonly<Record<string, ArmParameterProps>>;

/** Further parameters of a stage that spans zones. */
const ZONE_PARAMETERS = {
  planZoneRedundant: {
    type: 'bool',
    description: 'false where the region has no zones for Flex Consumption',
    defaultValue: true,
  },
  databaseZoneRedundant: {
    type: 'bool',
    description: 'false where the region has no zones left for Cosmos DB, or was restored without',
    defaultValue: true,
  },
} as const satisfies Readonly<Record<string, ArmParameterProps>>;

type Values<T> = Readonly<Record<keyof T, string>>;

/** Tokens for the values, by name. */
export interface StackParameters extends Values<typeof PARAMETERS> {
  /** Absent without a private network. */
  readonly network: NetworkParameters | undefined;
  /** Absent in one zone. */
  readonly zones: Values<typeof ZONE_PARAMETERS> | undefined;
}

export type NetworkParameters = Values<typeof NETWORK_PARAMETERS>;

/** Adds the parameters to the stack. */
export function addParameters(scope: Construct, stage: StageConfiguration): StackParameters {
  return {
    ...addAll(scope, PARAMETERS),
    network: stage.isPrivate ? addAll(scope, NETWORK_PARAMETERS) : undefined,
    zones: stage.isZoneRedundant ? addAll(scope, ZONE_PARAMETERS) : undefined,
  };
}

function addAll<T extends Readonly<Record<string, ArmParameterProps>>>(
  scope: Construct,
  all: T,
): Values<T> {
  return Object.fromEntries(
    Object.entries(all).map(([id, props]) => [id, new ArmParameter(scope, id, props).value]),
  ) as Values<T>;
}
