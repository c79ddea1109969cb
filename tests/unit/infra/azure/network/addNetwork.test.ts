import { describe, expect, it } from 'vitest';
import type {
  ArmTemplate,
  WrittenResource,
} from '../../../../../infra/azure/engine/toArmTemplate.ts';
import { STAGES } from '../../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../../infra/azure/synthesize.ts';

const templateOf = (name: 'dev' | 'prod'): ArmTemplate => {
  const stage = STAGES.find((each) => each.stage === name);
  if (stage === undefined) throw new Error('there is no stage');
  return JSON.parse(synthesize(stage)) as ArmTemplate;
};

const PROD = templateOf('prod');
const ofType = (type: string): readonly WrittenResource[] =>
  Object.values(PROD.resources).filter((each) => each.type === `Microsoft.Network/${type}`);
const propertiesOf = (resource: WrittenResource | undefined): Readonly<Record<string, unknown>> =>
  (resource?.['properties'] ?? {}) as Readonly<Record<string, unknown>>;

const OWN_NETWORK = "[or(empty(parameters('appSubnetId')), empty(parameters('endpointSubnetId')))]";
const PRIVATE_API = "not(equals(parameters('apiAccess'), 'public'))";

it('development has no network, and no parameter of one', () => {
  const { resources, parameters } = templateOf('dev');
  const types = Object.values(resources).map(({ type }) => type);
  expect(types.filter((type) => type.startsWith('Microsoft.Network/'))).toEqual([]);
  expect(Object.keys(parameters).filter((name) => /subnet|dns|nat|apiAccess/i.test(name))).toEqual(
    [],
  );
});

describe('with existing subnets', () => {
  it('there is no network of its own', () => {
    for (const each of [...ofType('virtualNetworks'), ...ofType('networkSecurityGroups')])
      expect(each.condition).toBe(OWN_NETWORK);
  });

  it('the app and the endpoints are in them, and own DNS zones serve their network', () => {
    const { virtualNetworkSubnetId } = propertiesOf(PROD.resources['appSite']);
    expect(virtualNetworkSubnetId).toMatch(/^\[if\(.*, parameters\('appSubnetId'\)\)\]$/);
    for (const endpoint of ofType('privateEndpoints'))
      expect(JSON.stringify(propertiesOf(endpoint)['subnet'])).toContain(
        "/subnets/endpoints'), parameters('endpointSubnetId'))]",
      );
    for (const link of ofType('privateDnsZones/virtualNetworkLinks'))
      expect(JSON.stringify(propertiesOf(link)['virtualNetwork'])).toContain(
        "first(split(parameters('endpointSubnetId'), '/subnets/'))",
      );
  });
});

it('a NAT gateway serves the subnet of the app', () => {
  const { subnets } = propertiesOf(ofType('virtualNetworks')[0]) as {
    readonly subnets: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
  expect(subnets.map(({ properties }) => properties['natGateway'])).toEqual([
    "[if(empty(parameters('natGatewayId')), null(), createObject('id', parameters('natGatewayId')))]",
    undefined,
  ]);
});

describe('with the DNS zones of a hub', () => {
  it('there are no zones of its own', () => {
    const own = [...ofType('privateDnsZones'), ...ofType('privateDnsZones/virtualNetworkLinks')];
    expect(own).toHaveLength(10);
    for (const { condition } of own)
      expect(condition).toMatch(/^\[(and\()?empty\(parameters\('privateDnsGroupId'\)\)/);
  });

  it('names go to the zones of the hub, unless a policy adds them', () => {
    for (const group of ofType('privateEndpoints/privateDnsZoneGroups')) {
      expect(group.condition).toContain("not(equals(parameters('privateDnsGroupId'), 'policy'))");
      expect(JSON.stringify(propertiesOf(group))).toContain(
        "concat(parameters('privateDnsGroupId'), '/providers/Microsoft.Network/privateDnsZones/privatelink.",
      );
    }
  });
});

it('a private API has an endpoint in place of its public address', () => {
  expect(propertiesOf(PROD.resources['appSite'])['publicNetworkAccess']).toBe(
    "[if(equals(parameters('apiAccess'), 'public'), 'Enabled', 'Disabled')]",
  );
  const conditional = ofType('privateEndpoints').filter(({ condition }) => condition !== undefined);
  expect(conditional.map(({ condition }) => condition)).toEqual([`[${PRIVATE_API}]`]);
  expect(JSON.stringify(conditional)).toContain('"sites"');
  const zone = ofType('privateDnsZones').find(({ name }) => name.includes('azurewebsites'));
  expect(zone?.condition).toContain(PRIVATE_API);
});
