import { Construct } from 'constructs';
import { AzureResource, HERE } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import { call, objectOf, unlessEmpty } from '../engine/expression.ts';
import type { NetworkParameters } from '../stackParameters.ts';

/**
 * The network of the app and of the private endpoints, unless the parameters name existing subnets for both. Each subnet
 * has a security group with Azure's own rules: this network and networks peered with it may come in, the internet may not.
 */
export class PrivateNetwork extends Construct {
  readonly name: string;
  readonly appSubnetId: string;
  readonly endpointSubnetId: string;
  /** The network of the private endpoints. */
  readonly endpointNetworkId: string;

  constructor(scope: Construct, id: string, name: string, parameters: NetworkParameters) {
    super(scope, id);
    const { appSubnetId, endpointSubnetId, natGatewayId } = parameters;
    this.name = name;
    const condition = call('or', call('empty', appSubnetId), call('empty', endpointSubnetId));
    const groupOf = (subnet: string): object =>
      addSecurityGroup(this, { subnet, network: name, condition });
    const network = new AzureResource(this, 'network', {
      type: 'Microsoft.Network/virtualNetworks',
      name,
      condition,
      body: {
        location: HERE,
        properties: {
          addressSpace: { addressPrefixes: ['10.64.0.0/22'] },
          subnets: [
            toAppSubnet(groupOf('app'), natGatewayId),
            toEndpointSubnet(groupOf('endpoints')),
          ],
        },
      },
    });
    this.appSubnetId = unlessEmpty(appSubnetId, appSubnetId, `${network.id}/subnets/app`);
    this.endpointSubnetId = unlessEmpty(
      endpointSubnetId,
      endpointSubnetId,
      `${network.id}/subnets/endpoints`,
    );
    const given = call('first', call('split', endpointSubnetId, '/subnets/'));
    this.endpointNetworkId = unlessEmpty(endpointSubnetId, given, network.id);
  }
}

interface SecurityGroup {
  readonly subnet: string;
  readonly network: string;
  readonly condition: string;
}

function addSecurityGroup(
  scope: Construct,
  { subnet, network, condition }: SecurityGroup,
): { readonly networkSecurityGroup: { readonly id: string } } {
  const group: ArmResource = new AzureResource(scope, `${subnet}-rules`, {
    type: 'Microsoft.Network/networkSecurityGroups',
    name: `${network}-${subnet}`,
    condition,
    body: { location: HERE, properties: { securityRules: [] } },
  });
  return { networkSecurityGroup: { id: group.id } };
}

/** Flex Consumption runs on the Container Apps platform. A NAT gateway gives its calls a fixed address. */
function toAppSubnet(group: object, natGatewayId: string): object {
  return {
    name: 'app',
    properties: {
      addressPrefix: '10.64.0.0/23',
      ...group,
      natGateway: unlessEmpty(natGatewayId, objectOf({ id: natGatewayId }), call('null')),
      delegations: [{ name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }],
    },
  };
}

/** No rule counts for a private endpoint without `privateEndpointNetworkPolicies`. Nothing in the subnet calls out. */
function toEndpointSubnet(group: object): object {
  return {
    name: 'endpoints',
    properties: {
      addressPrefix: '10.64.2.0/24',
      defaultOutboundAccess: false,
      privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
      ...group,
    },
  };
}
