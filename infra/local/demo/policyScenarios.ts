import type { OuterClient } from './outerClient.ts';
import { access, change, event, healthyDevice, send, state, until, type Report } from './play.ts';

const POLICY = 'deviceManagement/deviceCompliancePolicies/android-baseline';
const CONNECTOR = 'deviceManagement/mobileThreatDefenseConnectors/default';
const ACCESS_POLICIES = 'identity/conditionalAccess/policies';
const DEVICE = 'demo-managed';
const MAIL = ['exchangeOnline'];

const blockAfter = (gracePeriodHours: number): object => ({
  scheduledActionsForRule: [
    { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours }] },
  ],
});

/** What an administrator says, and what it does to the next answer. */
export async function playPolicies(client: OuterClient, report: Report): Promise<void> {
  await healthyDevice(client, DEVICE, report);
  await integrationModes(client, report);
  await grace(client, report);
  await defences(client, report);
  await reportOnly(client, report);
  await whatIf(client, report);
}

async function expectAccess(
  client: OuterClient,
  report: Report,
  title: string,
  expected: string,
  resources: readonly string[] = MAIL,
): Promise<void> {
  const startedAt = performance.now();
  const outcome = await until(() => access(client, DEVICE, resources), expected, startedAt);
  report({ title: `${title} → ${resources.join(', ')}`, expected, ...outcome });
}

/** An incident on the device; what it returns resolves it. */
async function open(
  client: OuterClient,
  category: string,
  threatType: string,
): Promise<() => Promise<void>> {
  const incident = {
    deviceId: DEVICE,
    incidentId: `managed-${threatType}`,
    category,
    threatType,
    severity: 'high',
    detectedDateTime: new Date().toISOString(),
  };
  await send(client, event('incident.opened', incident));
  const isOpen = async (): Promise<string> => {
    const { body } = await client.compliance(DEVICE);
    return String((body['openIncidents'] as unknown[]).length);
  };
  await until(isOpen, '1');
  return async () => {
    const resolvedDateTime = new Date().toISOString();
    await send(client, event('incident.resolved', { ...incident, resolvedDateTime }));
    await until(isOpen, '0');
  };
}

async function integrationModes(client: OuterClient, report: Report): Promise<void> {
  await change(client, 'PATCH', CONNECTOR, { reportSecurityIncidents: false });
  const resolve = await open(client, 'application', 'malware');
  await expectAccess(client, report, 'Basic integration: an incident is not reported', 'allow');
  await change(client, 'PATCH', CONNECTOR, { reportSecurityIncidents: true });
  const blocked = 'block: Remove the app that SEP Mobile names';
  await expectAccess(client, report, 'Full integration: the same incident counts', blocked);
  await resolve();
  await expectAccess(client, report, 'Full integration: it is resolved', 'allow');
}

async function grace(client: OuterClient, report: Report): Promise<void> {
  await change(client, 'PATCH', POLICY, blockAfter(24));
  const resolve = await open(client, 'application', 'spyware');
  const seen = async (): Promise<string> =>
    `${await state(client, DEVICE)}, ${(await access(client, DEVICE, MAIL)).split(':')[0] ?? ''}`;
  const during = 'inGracePeriod, allow';
  report({ title: 'grace of 24 h: a threat', expected: during, ...(await until(seen, during)) });
  await change(client, 'PATCH', POLICY, blockAfter(0));
  const after = 'noncompliant, block';
  report({ title: 'no grace any more', expected: after, ...(await until(seen, after)) });
  await resolve();
}

async function defences(client: OuterClient, report: Report): Promise<void> {
  // The device as a whole may have threats; only what an attacked network endangers is closed.
  await change(client, 'PATCH', POLICY, { deviceThreatProtectionRequiredSecurityLevel: 'high' });
  const { id } = await change(client, 'POST', ACCESS_POLICIES, {
    displayName: 'Attacked networks',
    state: 'enabled',
    conditions: {
      applications: { includeApplications: ['wifi', 'sharePointOnline'] },
      deviceThreat: { defences: ['network'], minimumLevel: 'medium' },
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  });
  const resolve = await open(client, 'network', 'sslStripping');
  const blocked = 'block: Leave the network';
  const closed = ['wifi', 'sharePointOnline'];
  await expectAccess(client, report, 'a network threat closes', blocked, closed);
  const stays = ['exchangeOnline', 'oneDrive'];
  await expectAccess(client, report, 'a network threat leaves open', 'allow', stays);
  await resolve();
  await expectAccess(client, report, 'the network is left', 'allow', closed);
  await change(client, 'DELETE', `${ACCESS_POLICIES}/${String(id)}`);
  await change(client, 'PATCH', POLICY, { deviceThreatProtectionRequiredSecurityLevel: 'low' });
}

async function reportOnly(client: OuterClient, report: Report): Promise<void> {
  const { id } = await change(client, 'POST', ACCESS_POLICIES, {
    displayName: 'Trial: nobody reads mail',
    state: 'enabledForReportingButNotEnforced',
    conditions: { applications: { includeApplications: MAIL } },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  });
  const ask = async (): Promise<string> => {
    const { body } = await client.decide({ deviceId: DEVICE }, 'exchangeOnline');
    const [trial] = body['reportOnlyPolicies'] as readonly { readonly result: string }[];
    return `${String(body['decision'])}, trial: ${trial?.result ?? 'none'}`;
  };
  const expected = 'allow, trial: reportOnlyFailure';
  report({ title: 'a policy that only reports', expected, ...(await until(ask, expected)) });
  await change(client, 'DELETE', `${ACCESS_POLICIES}/${String(id)}`);
}

async function whatIf(client: OuterClient, report: Report): Promise<void> {
  await send(client, event('device.risk', { deviceId: DEVICE, riskLevel: 'low' }));
  const draft = { id: 'android-baseline', deviceThreatProtectionRequiredSecurityLevel: 'secured' };
  const ask = async (): Promise<string> => {
    const { body } = await client.request(
      'POST',
      'deviceManagement/deviceCompliancePolicies/whatIf',
      { as: 'admin', json: draft },
    );
    const changes = body['value'] as readonly {
      readonly deviceId: string;
      readonly whatIf: { readonly complianceState: string };
    }[];
    const found = changes.find(({ deviceId }) => deviceId === DEVICE);
    return `${found?.whatIf.complianceState ?? 'unchanged'}, and is ${await state(client, DEVICE)}`;
  };
  const expected = 'noncompliant, and is compliant';
  report({
    title: 'what if the ceiling were `secured`: a phone at risk low would be',
    expected,
    ...(await until(ask, expected)),
  });
}
