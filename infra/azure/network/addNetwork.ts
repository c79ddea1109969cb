import type { Construct } from 'constructs';
import type { ArmResource } from '../engine/armResource.ts';
import { call } from '../engine/expression.ts';
import { PrivateNetwork } from './network.ts';
import { PrivateEndpoints } from './privateEndpoints.ts';
import type { NetworkParameters } from '../stackParameters.ts';

/** The private network as the rest of the stack sees it. */
export interface StackNetwork {
  readonly appSubnetId: string;
  readonly endpoints: PrivateEndpoints;
  /** Whether the internet reaches the API. */
  readonly isApiPublic: string;
  /** The same as `Enabled` or `Disabled`. */
  readonly publicNetworkAccess: string;
  /** Gives the API an endpoint in the network, if the internet does not reach it. */
  addApi(site: ArmResource): void;
}

/** Adds the private network; `undefined` for a stage without its parameters. */
export function addNetwork(
  scope: Construct,
  name: string,
  parameters: NetworkParameters | undefined,
): StackNetwork | undefined {
  if (parameters === undefined) return undefined;
  const network = new PrivateNetwork(scope, 'network', name, parameters);
  const endpoints = new PrivateEndpoints(scope, 'private', network, parameters.privateDnsGroupId);
  const isApiPublic = call('equals', parameters.apiAccess, 'public');
  return {
    appSubnetId: network.appSubnetId,
    endpoints,
    isApiPublic,
    publicNetworkAccess: call('if', isApiPublic, 'Enabled', 'Disabled'),
    addApi: (site) =>
      void endpoints.add({
        id: 'api',
        resource: site,
        groupId: 'sites',
        zone: 'privatelink.azurewebsites.net',
        condition: call('not', isApiPublic),
      }),
  };
}
