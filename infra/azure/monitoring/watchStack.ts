import type { Construct } from 'constructs';
import { Alerts } from './alerts.ts';
import { addAvailabilityTest } from './availabilityTest.ts';
import type { ArmResource } from '../engine/armResource.ts';
import type { Monitoring } from './monitoring.ts';
import { OperatorsWorkbook } from './operatorsWorkbook.ts';
import type { Services } from '../services.ts';
import type { StackParameters } from '../stackParameters.ts';

export interface Watched {
  readonly base: string;
  readonly origin: string;
  readonly services: Services;
  readonly site: ArmResource;
  readonly parameters: StackParameters;
  /** Whether the internet reaches the API; `undefined`: always. */
  readonly isApiPublic: string | undefined;
}

/** Adds logs, alerts and charts of the whole system. */
export function watchStack(scope: Construct, monitoring: Monitoring, watched: Watched): void {
  const { base, origin, services, site, parameters, isApiPublic } = watched;
  const { storage, decisionStorage, serviceBus, cosmosDb, vault } = services;
  const { applicationInsights, workspaceId } = monitoring;
  for (const resource of [storage.blobs, cosmosDb.account, vault.vault, site])
    monitoring.diagnose(resource);
  // Each append of the decision log would be a record. Nobody but the lifecycle deletes there.
  monitoring.diagnose(decisionStorage.blobs, ['StorageDelete']);
  monitoring.diagnose(serviceBus.namespace, serviceBus.logCategories);
  const owners = {
    applicationInsightsId: applicationInsights.id,
    storageAccountName: storage.account.names.join(''),
  };
  new Alerts(scope, 'alerts', {
    base,
    workspaceId,
    owners,
    serviceBus: serviceBus.namespace,
    cosmosDb: cosmosDb.account,
    vault: vault.vault,
    tier: serviceBus.tier,
    parameters,
  });
  addAvailabilityTest(scope, {
    name: `${base}-ready`,
    url: `${origin}/api/health/ready`,
    applicationInsights,
    condition: isApiPublic,
  });
  new OperatorsWorkbook(scope, 'workbook', workspaceId, owners);
}
