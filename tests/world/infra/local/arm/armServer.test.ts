import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STAGES } from '../../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../../infra/azure/synthesize.ts';
import { createArmClient, type ArmClient } from '../../../../../infra/deploy/armClient.ts';
import { writeStack } from '../../../../../infra/deploy/stack/deploymentStack.ts';
import {
  askWhatIf,
  validate,
  type Deployment,
} from '../../../../../infra/deploy/resourceChanges.ts';
import { NO_SYSTEM, PARAMETERS, SUBSCRIPTION, useAzure } from '../../../../support/azureStandIn.ts';
import { roleNamed } from '../../../../support/deployerRoles.ts';
import { identityCredential } from '../../../../support/identityCredential.ts';

interface Resource {
  properties: Record<string, unknown>;
  dependsOn?: string[];
  sku?: object;
}

/** A template that a test changes. */
interface Changing {
  readonly parameters: Deployment['template']['parameters'];
  readonly resources: Record<string, Resource & { readonly type: string }>;
}

const standIn = useAzure(NO_SYSTEM, 'mtd');
const ALL = `/subscriptions/${SUBSCRIPTION}`;
const templates = new Map<string, string>();
let arm: ArmClient;
beforeAll(() => {
  for (const stage of STAGES) templates.set(stage.stage, synthesize(stage));
});
beforeEach(() => {
  const { state, address } = standIn.azure;
  state.groups.set(standIn.scope.toLowerCase(), { location: 'westeurope' });
  arm = createArmClient({
    endpoint: address,
    credential: identityCredential(`${address}/msi/token`),
    fetch,
    pause: () => Promise.resolve(),
    onWait: () => undefined,
  });
});

function toDeployment(stage: string, change: (template: Changing) => void = () => {}): Deployment {
  const template = JSON.parse(templates.get(stage) ?? '') as Changing;
  change(template);
  const parameters = Object.entries(PARAMETERS).map(([name, value]) => [name, { value }]);
  return {
    scope: standIn.scope,
    name: 'mtd',
    template,
    parameters: Object.fromEntries(parameters) as Deployment['parameters'],
  };
}

const resourceOf = ({ resources }: Changing, symbol: string): Resource => {
  const resource = resources[symbol];
  if (resource === undefined) throw new TypeError(`there is no ${symbol}`);
  return resource;
};

const siteConfigOf = (template: Changing): Record<string, unknown> =>
  resourceOf(template, 'appSite').properties['siteConfig'] as Record<string, unknown>;

const rolesAt = (...names: readonly string[]) =>
  names.map((name) => ({ role: roleNamed(name), scope: standIn.scope }));

describe('the stand-in for Azure', () => {
  it.each(STAGES)('takes the template of $stage', async ({ stage, isLocked }) => {
    const { outputs } = await writeStack(arm, toDeployment(stage), isLocked);
    expect(outputs['functionAppName']).toMatch(new RegExp(`^mtd-${stage}-\\w{13}$`));
    expect(outputs['databaseAccountName']).toBe(`${outputs['functionAppName'] ?? ''}-db`);
  });

  it.each([
    ['ftpsState', 'Disabled', 'FtpsState'],
    ['linuxFxVersion', 'Node|22', 'LinuxFxVersion'],
    ['alwaysOn', false, 'AlwaysOn'],
    ['use32BitWorkerProcess', false, 'Use32BitWorkerProcess'],
    ['preWarmedInstanceCount', 1, 'PreWarmedInstanceCount'],
    ['functionAppScaleLimit', 1, 'FunctionAppScaleLimit'],
    ['netFrameworkVersion', 'v4.0', 'NetFrameworkVersion'],
    ['functionsRuntimeScaleMonitoringEnabled', false, 'FunctionsRuntimeScaleMonitoringEnabled'],
    ['minimumElasticInstanceCount', 1, 'MinimumElasticInstanceCount'],
    ['appSettings', [{ name: 'TZ', value: 'UTC' }], 'AppSettings.TZ'],
  ])('refuses siteConfig.%s on Flex Consumption', async (name, value, named) => {
    const deployment = toDeployment('dev', (template) => {
      siteConfigOf(template)[name] = value;
    });
    await expect(writeStack(arm, deployment, false)).rejects.toThrow(
      new RegExp(`51021 .*Site\\.SiteConfig\\.${named}`),
    );
  });

  it('takes the same properties on another plan', async () => {
    const deployment = toDeployment('dev', (template) => {
      resourceOf(template, 'appPlan').sku = { name: 'EP1' };
      siteConfigOf(template)['ftpsState'] = 'Disabled';
    });
    expect((await writeStack(arm, deployment, false)).provisioningState).toBe('succeeded');
  });

  it('refuses a log alert over a table without records, unless Azure skips the check and the query bears it', async () => {
    const query = "AppRequests | where Name == 'x'";
    const withRule = (skipQueryValidation: boolean, text: string): Deployment =>
      toDeployment('dev', (template) => {
        const { properties } = resourceOf(template, 'alertsSweepMissed');
        Object.assign(properties, { skipQueryValidation, criteria: { allOf: [{ query: text }] } });
      });
    const fuzzy = `union isfuzzy=true (datatable(Name:string)[]), ${query}`;
    for (const refused of [withRule(true, query), withRule(false, fuzzy)])
      await expect(writeStack(arm, refused, false)).rejects.toThrow("named 'AppRequests'");
    await writeStack(arm, withRule(true, fuzzy), false);
    standIn.azure.state.tables.add('AppRequests');
    await writeStack(arm, withRule(false, query), false);
  });

  it('answers 412 where two new resources of a Cosmos DB account do not wait for each other', async () => {
    const deployment = toDeployment('prod', (template) => {
      const assignment = resourceOf(template, 'cosmosDbDataContributor');
      assignment.dependsOn = ['cosmosDbAccount', 'identity'];
    });
    await expect(writeStack(arm, deployment, true)).rejects.toThrow(
      /PreconditionFailed .*exclusive lock on this service mtd-prod-\w+-db/,
    );
  });

  it('refuses locks, role assignments and deny settings to Contributor', async () => {
    const { state } = standIn.azure;
    const deployment = toDeployment('prod');
    state.assignments = rolesAt('Contributor');
    await expect(validate(arm, deployment, 'Provider')).rejects.toThrow(
      /InvalidTemplateDeployment.*roleAssignments\/write/,
    );
    await expect(writeStack(arm, deployment, true)).rejects.toMatchObject({
      status: 403,
      code: 'DeploymentStackActionForbidden',
    });
    state.assignments = rolesAt('Contributor', 'Role Based Access Control Administrator');
    await expect(writeStack(arm, deployment, false)).rejects.toThrow(
      /AuthorizationFailed .*Microsoft\.Authorization\/locks\/write/,
    );
    expect(state.resources.size).toBeGreaterThan(0);
  });

  it('refuses a type of an unregistered provider, and a delegation to Microsoft.App without it', async () => {
    const { state } = standIn.azure;
    state.providers = new Set();
    state.assignments = ['Contributor', 'Role Based Access Control Administrator'].map((name) => ({
      role: roleNamed(name),
      scope: standIn.scope,
    }));
    await expect(writeStack(arm, toDeployment('dev'), false)).rejects.toThrow(
      /MissingSubscriptionRegistration/,
    );
    // Who may register gets the providers of the template's types, but not that of the delegation.
    state.assignments = [{ role: roleNamed('Owner'), scope: ALL }];
    await expect(writeStack(arm, toDeployment('prod'), false)).rejects.toThrow(
      /InternalServerError .*Microsoft\.Web\/sites/,
    );
  });

  it('answers what-if to a reader only at the validation level for it', async () => {
    const { state } = standIn.azure;
    const role = roleNamed('Mobile Threat Defense What-If');
    state.assignments = [...rolesAt('Reader'), { role, scope: standIn.scope }];
    const deployment = toDeployment('dev');
    for (const ask of [validate, askWhatIf]) {
      await expect(ask(arm, deployment, 'Provider')).rejects.toThrow('Authorization failed');
      await ask(arm, deployment, 'ProviderNoRbac');
    }
    state.assignments = rolesAt('Reader');
    await expect(askWhatIf(arm, deployment, 'ProviderNoRbac')).rejects.toMatchObject({
      status: 403,
    });
  });

  it('refuses zones and storage accounts that the region does not have', async () => {
    const { region } = standIn.azure.state;
    Object.assign(region, { flexConsumptionZones: false, cosmosDbZones: false });
    region.storageAccountLimit = 1;
    const deployment = toDeployment('prod');
    await expect(writeStack(arm, deployment, false)).rejects.toThrow(
      'MaxStorageAccountsCountPerSubscriptionExceeded',
    );
    region.storageAccountLimit = 250;
    await expect(writeStack(arm, deployment, false)).rejects.toThrow('high demand');
    region.cosmosDbZones = true;
    await expect(writeStack(arm, deployment, false)).rejects.toThrow('Zone redundancy');
  });

  it('evaluates no function that it does not know, and no parameter of another type', async () => {
    const unknown = toDeployment('dev', ({ resources }) => {
      Object.assign(resources['identity'] ?? {}, { name: "[newGuid('x')]" });
    });
    await expect(validate(arm, unknown, 'Provider')).rejects.toThrow("'newGuid' is not valid");
    const deployment = toDeployment('dev');
    const parameters = { ...deployment.parameters, extraSettings: { value: 'text' } };
    await expect(validate(arm, { ...deployment, parameters }, 'Provider')).rejects.toThrow(
      "Expected 'object'",
    );
  });
});
