import type { OuterClient } from './outerClient.ts';
import {
  access,
  change,
  event,
  healthyDevice,
  INSTRUCTIONS,
  send,
  state,
  until,
  type Report,
} from './play.ts';

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

/** An administrator changes the configuration, and the next answer follows it. */
export async function playPolicies(client: OuterClient, report: Report): Promise<void> {
  await healthyDevice(client, DEVICE, report);
  await playIntegrationModes(client, report);
  await playGrace(client, report);
  await playDefences(client, report);
  await playReportOnly(client, report);
  await playWhatIf(client, report);
}

interface ExpectedAccess {
  readonly title: string;
  readonly expected: string;
  readonly resources?: readonly string[];
}

async function expectAccess(
  client: OuterClient,
  report: Report,
  { title, expected, resources = MAIL }: ExpectedAccess,
): Promise<void> {
  const startedAt = performance.now();
  const outcome = await until(() => access(client, DEVICE, resources), expected, startedAt);
  report({ title: `${title}: ${resources.join(', ')}`, expected, ...outcome });
}

/** Opens an incident on the device; returns a function that resolves it. */
async function openIncident(
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
  const countOpen = async (): Promise<string> => {
    const { body } = await client.compliance(DEVICE);
    return String((body['openIncidents'] as unknown[]).length);
  };
  await until(countOpen, '1');
  return async () => {
    const resolvedDateTime = new Date().toISOString();
    await send(client, event('incident.resolved', { ...incident, resolvedDateTime }));
    await until(countOpen, '0');
  };
}

async function playIntegrationModes(client: OuterClient, report: Report): Promise<void> {
  await change(client, 'PATCH', CONNECTOR, { reportSecurityIncidents: false });
  const resolve = await openIncident(client, 'application', 'malware');
  await expectAccess(client, report, {
    title: 'Basic integration ignores incidents',
    expected: 'allow',
  });
  await change(client, 'PATCH', CONNECTOR, { reportSecurityIncidents: true });
  await expectAccess(client, report, {
    title: 'Full integration evaluates the same incident',
    expected: `block: ${INSTRUCTIONS.removeApp}`,
  });
  await resolve();
  await expectAccess(client, report, { title: 'incident resolved', expected: 'allow' });
}

async function playGrace(client: OuterClient, report: Report): Promise<void> {
  await change(client, 'PATCH', POLICY, blockAfter(24));
  const resolve = await openIncident(client, 'application', 'spyware');
  const stateAndDecision = async (): Promise<string> =>
    `${await state(client, DEVICE)}, ${(await access(client, DEVICE, MAIL)).split(':')[0] ?? ''}`;
  const during = 'inGracePeriod, allow';
  report({
    title: 'threat found, grace period of 24 h',
    expected: during,
    ...(await until(stateAndDecision, during)),
  });
  await change(client, 'PATCH', POLICY, blockAfter(0));
  const after = 'noncompliant, block';
  report({
    title: 'grace period removed',
    expected: after,
    ...(await until(stateAndDecision, after)),
  });
  await resolve();
}

async function playDefences(client: OuterClient, report: Report): Promise<void> {
  // The device may have any threat; only resources that a network attack endangers are blocked.
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
  const resolve = await openIncident(client, 'network', 'sslStripping');
  const named = ['wifi', 'sharePointOnline'];
  await expectAccess(client, report, {
    title: 'network threat, resources of the policy',
    expected: `block: ${INSTRUCTIONS.leaveNetwork}`,
    resources: named,
  });
  await expectAccess(client, report, {
    title: 'network threat, other resources',
    expected: 'allow',
    resources: ['exchangeOnline', 'oneDrive'],
  });
  await resolve();
  await expectAccess(client, report, {
    title: 'network threat resolved',
    expected: 'allow',
    resources: named,
  });
  await change(client, 'DELETE', `${ACCESS_POLICIES}/${String(id)}`);
  await change(client, 'PATCH', POLICY, { deviceThreatProtectionRequiredSecurityLevel: 'low' });
}

async function playReportOnly(client: OuterClient, report: Report): Promise<void> {
  const { id } = await change(client, 'POST', ACCESS_POLICIES, {
    displayName: 'Trial: block mail on every device',
    state: 'enabledForReportingButNotEnforced',
    conditions: { applications: { includeApplications: MAIL } },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  });
  const decide = async (): Promise<string> => {
    const { body } = await client.decide({ deviceId: DEVICE }, 'exchangeOnline');
    const [trial] = body['reportOnlyPolicies'] as readonly { readonly result: string }[];
    return `${String(body['decision'])}, trial result ${trial?.result ?? 'none'}`;
  };
  const expected = 'allow, trial result reportOnlyFailure';
  report({ title: 'report-only policy', expected, ...(await until(decide, expected)) });
  await change(client, 'DELETE', `${ACCESS_POLICIES}/${String(id)}`);
}

async function playWhatIf(client: OuterClient, report: Report): Promise<void> {
  await send(client, event('device.risk', { deviceId: DEVICE, riskLevel: 'low' }));
  const draft = { id: 'android-baseline', deviceThreatProtectionRequiredSecurityLevel: 'secured' };
  const preview = async (): Promise<string> => {
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
    const wouldBe = found?.whatIf.complianceState ?? 'unchanged';
    return `would be ${wouldBe}, is ${await state(client, DEVICE)}`;
  };
  const expected = 'would be noncompliant, is compliant';
  report({
    title: 'what if the policy allowed only `secured`: device with risk low',
    expected,
    ...(await until(preview, expected)),
  });
}
