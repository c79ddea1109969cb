import { Construct } from 'constructs';
import { AzureResource } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import { both, call, unlessEmpty } from '../engine/expression.ts';

/** A private DNS zone: one of its own, or one of the hub. */
export interface Zone {
  readonly id: string;
  /** The link of its own zone to the network. */
  readonly link: ArmResource;
}

export interface PrivateNamesProps {
  /** The network that asks for the names. */
  readonly networkId: string;
  /** The parameter: a resource group with all zones, or `policy`. */
  readonly groupId: string;
}

/**
 * The private DNS zones. A landing zone has them once, in its hub, and audits or denies further ones
 * (`Audit-PrivateLinkDnsZones` of Azure/Enterprise-Scale); a policy of it may add the names as well
 * (`Deploy-Private-DNS-Zones`).
 */
export class PrivateNames extends Construct {
  /** Whether the template adds the names to a zone. */
  readonly areAdded: string;
  private readonly props: PrivateNamesProps;
  private readonly zones = new Map<string, Zone>();

  constructor(scope: Construct, id: string, props: PrivateNamesProps) {
    super(scope, id);
    this.props = props;
    this.areAdded = call('not', call('equals', props.groupId, 'policy'));
  }

  /** The zone, created at its first use. Without `condition` it is needed in any case. */
  zone(name: string, condition?: string): Zone {
    const known = this.zones.get(name);
    if (known !== undefined) return known;
    const zone = this.addZone(name, both(call('empty', this.props.groupId), condition));
    this.zones.set(name, zone);
    return zone;
  }

  private addZone(name: string, condition: string): Zone {
    const { groupId, networkId } = this.props;
    const own = new AzureResource(this, name, {
      type: 'Microsoft.Network/privateDnsZones',
      name,
      condition,
      body: { location: 'global' },
    });
    const link = new AzureResource(own, 'link', {
      type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
      name: 'network',
      parent: own,
      condition,
      body: {
        location: 'global',
        properties: { registrationEnabled: false, virtualNetwork: { id: networkId } },
      },
    });
    const inHub = `${groupId}/providers/Microsoft.Network/privateDnsZones/${name}`;
    return { id: unlessEmpty(groupId, inHub, own.id), link };
  }
}
