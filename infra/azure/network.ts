import { Construct } from 'constructs';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';

/** A private endpoint of a resource, and the DNS zone of its name. */
export interface PrivateEndpointAccess {
  readonly id: string;
  readonly resource: ArmResource;
  readonly groupId: string;
  readonly zone: string;
  /** The last part of the endpoint's name, if not `id`. An endpoint never changes its resource. */
  readonly name?: string;
  /** Resources that must exist before the endpoint. */
  readonly after?: readonly ArmResource[];
}

/**
 * The network of the app, with private endpoints to all services that it uses. Each subnet has a security group with
 * Azure's own rules: this network and networks peered with it may come in, the internet may not.
 */
export class PrivateNetwork extends Construct {
  readonly appSubnetId: string;
  private readonly network: ArmResource;

  constructor(scope: Construct, id: string, name: string) {
    super(scope, id);
    const groupOf = (subnet: string): object => {
      const group = new AzureResource(this, `${subnet}-rules`, {
        type: 'Microsoft.Network/networkSecurityGroups',
        name: `${name}-${subnet}`,
        body: { location: HERE, properties: { securityRules: [] } },
      });
      return { networkSecurityGroup: { id: group.id } };
    };
    this.network = new AzureResource(this, 'network', {
      type: 'Microsoft.Network/virtualNetworks',
      name,
      body: {
        location: HERE,
        properties: {
          addressSpace: { addressPrefixes: ['10.64.0.0/22'] },
          subnets: [
            {
              name: 'app',
              properties: {
                addressPrefix: '10.64.0.0/23',
                ...groupOf('app'),
                // Flex Consumption runs on the Container Apps platform.
                delegations: [
                  { name: 'app', properties: { serviceName: 'Microsoft.App/environments' } },
                ],
              },
            },
            {
              name: 'endpoints',
              properties: {
                addressPrefix: '10.64.2.0/24',
                // Without it, no rule counts for a private endpoint.
                privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
                ...groupOf('endpoints'),
              },
            },
          ],
        },
      },
    });
    this.appSubnetId = `${this.network.id}/subnets/app`;
  }

  /** Makes the resource reachable from the network. Returns what must exist before it is. */
  addEndpoint(access: PrivateEndpointAccess): readonly ArmResource[] {
    const { id, resource, groupId, zone, name = id, after = [] } = access;
    const endpoint = new AzureResource(this, `${id}-endpoint`, {
      type: 'Microsoft.Network/privateEndpoints',
      name: `${this.network.names.join('')}-${name}`,
      after,
      body: {
        location: HERE,
        properties: {
          subnet: { id: `${this.network.id}/subnets/endpoints` },
          privateLinkServiceConnections: [
            { name: id, properties: { privateLinkServiceId: resource.id, groupIds: [groupId] } },
          ],
        },
      },
    });
    const dns = new AzureResource(this, `${id}-zone`, {
      type: 'Microsoft.Network/privateDnsZones',
      name: zone,
      body: { location: 'global' },
    });
    const link = new AzureResource(this, `${id}-link`, {
      type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
      name: 'network',
      parent: dns,
      body: {
        location: 'global',
        properties: { registrationEnabled: false, virtualNetwork: { id: this.network.id } },
      },
    });
    const names = new AzureResource(this, `${id}-names`, {
      type: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
      name: 'default',
      parent: endpoint,
      body: {
        properties: {
          privateDnsZoneConfigs: [{ name: id, properties: { privateDnsZoneId: dns.id } }],
        },
      },
    });
    return [endpoint, link, names];
  }
}
