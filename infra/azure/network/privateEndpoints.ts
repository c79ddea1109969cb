import { Construct } from 'constructs';
import { defined } from '../../../shared/base/defined.ts';
import { AzureResource, HERE } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import { both } from '../engine/expression.ts';
import type { PrivateNetwork } from './network.ts';
import { PrivateNames } from './privateNames.ts';

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
  readonly condition?: string;
}

/** Private endpoints in one subnet. */
export class PrivateEndpoints extends Construct {
  private readonly network: PrivateNetwork;
  private readonly names: PrivateNames;

  constructor(scope: Construct, id: string, network: PrivateNetwork, dnsGroupId: string) {
    super(scope, id);
    this.network = network;
    const networkId = network.endpointNetworkId;
    this.names = new PrivateNames(this, 'dns', { networkId, groupId: dnsGroupId });
  }

  /** Makes the resource reachable from the network. Returns what must exist before it is. */
  add(access: PrivateEndpointAccess): readonly ArmResource[] {
    const { id, resource, groupId, zone, name = id, after = [], condition } = access;
    const endpoint = new AzureResource(this, id, {
      type: 'Microsoft.Network/privateEndpoints',
      name: `${this.network.name}-${name}`,
      after,
      ...defined({ condition }),
      body: {
        location: HERE,
        properties: {
          subnet: { id: this.network.endpointSubnetId },
          privateLinkServiceConnections: [
            { name: id, properties: { privateLinkServiceId: resource.id, groupIds: [groupId] } },
          ],
        },
      },
    });
    const { id: zoneId, link } = this.names.zone(zone, condition);
    const group = new AzureResource(endpoint, 'names', {
      type: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
      name: 'default',
      parent: endpoint,
      condition: both(this.names.areAdded, condition),
      body: {
        properties: {
          privateDnsZoneConfigs: [{ name: id, properties: { privateDnsZoneId: zoneId } }],
        },
      },
    });
    return [endpoint, link, group];
  }
}
