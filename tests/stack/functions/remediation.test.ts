import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { toTicket, type Ticket } from '../../../shared/core/decisions/ticket.ts';
import { ENGLISH } from '../../../shared/edge/texts/english.ts';
import { SWEDISH } from '../../../shared/edge/texts/swedish.ts';
import { OLD_TICKET_KEY, TICKET_KEY } from '../../support/quietSettings.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { costOf } from '../../support/costOf.ts';
import { eventually } from '../../support/eventually.ts';

const system = quietStack();
const newId = (): string => randomUUID();

/** Opens a link as a browser does. */
function open(link: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const path = link.replace(`${system.stack.description.api}/api/`, '');
  return system.client.request('GET', path, { headers });
}

/** The remediation link of a block of the device. Before its enrolment every device is blocked. */
async function linkOf(
  device: Readonly<Record<string, string>>,
  resource = 'wifi',
): Promise<string> {
  const { body } = await system.client.decide(device, resource);
  return String(body['remediationUrl']);
}

async function openTicket(
  changes: Partial<Ticket> = {},
  key = TICKET_KEY,
  at = new Date(),
): Promise<Answer> {
  const device = { identifiedBy: 'deviceId', value: 'nobody' } as const;
  const ticket = { device, resource: 'wifi', decisionId: newId(), owner: '', ...changes } as const;
  return open(`remediation/${await toTicket(ticket, key, at)}`);
}

async function infect(deviceId: string, status: 'opened' | 'resolved'): Promise<void> {
  const data = {
    deviceId,
    incidentId: 'malware-1',
    category: 'application',
    threatType: 'malware',
    severity: 'high',
    detectedDateTime: '2026-01-31T12:00:00Z',
  };
  await system.client.sendEvents([{ type: `sepmobile.incident.${status}`, data }]);
  const expected = status === 'opened' ? 'block' : 'allow';
  await eventually(
    () => system.client.decide({ deviceId }, 'wifi'),
    ({ body }) => body['decision'] === expected,
  );
}

describe('a device with a new owner', () => {
  const enrol = (deviceId: string, userPrincipalName: string): Promise<Answer> =>
    system.client.enrol(deviceId, {
      operatingSystem: 'Android',
      osVersion: '15',
      deviceName: `Phone of ${userPrincipalName}`,
      userPrincipalName,
    });

  it('is not shown by the link of the previous owner', async () => {
    const deviceId = newId();
    await enrol(deviceId, 'ada@contoso.example');
    const link = await linkOf({ deviceId });
    expect((await open(link)).text).toContain('Phone of ada@contoso.example');
    await enrol(deviceId, 'ADA@contoso.example');
    expect((await open(link)).status).toBe(200);
    await enrol(deviceId, 'bob@contoso.example');
    const after = await open(link);
    expect([after.status, after.text.includes('bob')]).toEqual([404, false]);
    expect((await open(await linkOf({ deviceId }))).status).toBe(200);
  });

  it('is shown, once enrolled, by the link that asked for its enrolment', async () => {
    const deviceId = newId();
    const link = await linkOf({ deviceId });
    await enrol(deviceId, 'ada@contoso.example');
    expect((await open(link)).status).toBe(200);
  });
});

describe('the link of a decision', () => {
  it('shows the reasons and steps, and then that access is restored', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId, { deviceName: 'Ada’s phone' });
    await infect(deviceId, 'opened');
    const link = await linkOf({ deviceId });
    const blocked = await open(link);
    expect(blocked.status).toBe(200);
    for (const text of [
      ENGLISH.page.blockedTitle,
      ENGLISH.threats['malware'],
      ENGLISH.remediation.removeApp.title,
      'Ada’s phone',
    ]) {
      expect(blocked.text).toContain(text);
    }
    await infect(deviceId, 'resolved');
    const allowed = await open(link);
    expect(allowed.status).toBe(200);
    expect(allowed.text).toContain(ENGLISH.page.allowedTitle);
  });

  it('opens a page without scripts, external resources, frames, referrers or caching', async () => {
    const { headers, text } = await open(await linkOf({ deviceId: newId() }));
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(text) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(style).toContain('prefers-color-scheme: dark');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
      vary: 'Accept-Language',
      'content-language': 'en',
    });
    expect(text).not.toMatch(/<script|javascript:|\son\w+=|https?:|src=|url\(|style="/);
    expect(text.length).toBeLessThan(10_000);
  });

  it('uses the language of the reader, not of the caller', async () => {
    const link = await linkOf({ deviceId: newId() });
    const { headers, text } = await open(link, { 'accept-language': 'sv-SE, en;q=0.5' });
    expect(headers.get('content-language')).toBe('sv');
    expect(text).toContain('<html lang="sv">');
    expect(text).toContain(SWEDISH.page.blockedTitle);
    expect((await open(link, { 'accept-language': 'de' })).text).toContain('<html lang="en">');
  });

  it('shows only the device of the decision, by the identifier of the decision', async () => {
    const [first, second] = [newId(), newId()];
    const serialNumber = `SN-${newId()}`;
    const links = [await linkOf({ deviceId: first }), await linkOf({ serialNumber })] as const;
    await system.enrolHealthy(first, { deviceName: 'Phone of Ada', serialNumber });
    await system.enrolHealthy(second, { deviceName: 'Phone of Bob' });
    await infect(second, 'opened');
    const ofFirst = await open(links[0]);
    const ofSecond = await open(await linkOf({ deviceId: second }));
    expect(ofFirst.text).toContain('Phone of Ada');
    expect(ofFirst.text).not.toMatch(/Phone of Bob|harmful/);
    expect(ofSecond.text).toContain('Phone of Bob');
    expect(ofSecond.text).not.toContain('Phone of Ada');
    const bySerialNumber = await open(links[1]);
    expect(bySerialNumber.text).toContain(ENGLISH.page.allowedTitle);
    for (const { text } of [ofFirst, ofSecond, bySerialNumber]) {
      for (const id of [first, second, serialNumber]) expect(text).not.toContain(id);
    }
  });

  it('exists only for a block, since each ticket uses up some of its key', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId);
    const { body } = await system.client.decide({ deviceId }, 'wifi');
    expect([body['decision'], 'remediationUrl' in body]).toEqual(['allow', false]);
  });

  it('costs one point read, and logs a decision under the reference on the page', async () => {
    const deviceId = newId();
    const link = await linkOf({ deviceId });
    let text = '';
    const cost = await costOf(system, async () => {
      ({ text } = await open(link));
    });
    expect(cost).toEqual({ read: 1 });
    const [, decisionId = ''] = /<code>([^<]+)<\/code>/.exec(text) ?? [];
    const { body } = await system.client.request('GET', `accessDecisions/${decisionId}`, {
      as: 'caller',
    });
    expect(body).toMatchObject({
      caller: 'remediation',
      decision: 'block',
      identifiedBy: 'deviceId',
      device: `…${deviceId.slice(-4)}`,
    });
  });
});

describe('an invalid ticket', () => {
  it('gets the same answer whatever is wrong with it', async () => {
    const link = await linkOf({ deviceId: newId() });
    const ticket = link.slice(link.lastIndexOf('/') + 1);
    const bits = Buffer.from(ticket.split('.')[1] ?? '', 'base64url');
    bits[0] = (bits[0] ?? 0) ^ 1;
    const changed = ticket.replace(/\.[^.]+\./, `.${bits.toString('base64url')}.`);
    expect(changed).not.toBe(ticket);
    const hourAgo = new Date(Date.now() - 60 * 60 * 1000);
    const answers = [
      await open(`remediation/${changed}`),
      await open(`remediation/${ticket.slice(1)}`),
      await open('remediation/x'),
      await open('remediation/..%2F..%2Fopenapi.json'),
      await openTicket({}, randomBytes(32)),
      await openTicket({}, TICKET_KEY, hourAgo),
    ];
    const [first] = answers;
    expect(first?.status).toBe(404);
    expect(first?.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(first?.text).toContain(ENGLISH.page.expiredTitle);
    for (const { status, text } of answers) expect([status, text]).toEqual([404, first?.text]);
  });

  it('differs from a valid one, of either key during a rotation', async () => {
    const almostHourAgo = new Date(Date.now() - 59 * 60 * 1000);
    for (const answer of [
      await openTicket(),
      await openTicket({}, OLD_TICKET_KEY),
      await openTicket({}, TICKET_KEY, almostHourAgo),
    ]) {
      expect([answer.status, answer.text.includes(ENGLISH.page.blockedTitle)]).toEqual([200, true]);
    }
  });
});

describe('an error', () => {
  it('has a page of its own while Cosmos DB is down, and allows no device', async () => {
    const deviceId = newId();
    const link = await linkOf({ deviceId });
    await system.enrolHealthy(deviceId);
    await system.fail({ kind: 'status', status: 503 });
    const down = await open(link, { 'accept-language': 'sv' });
    await system.mend();
    expect(down.status).toBe(503);
    expect(down.headers.get('retry-after')).toBe('5');
    expect(down.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(down.headers.get('content-language')).toBe('sv');
    expect(down.text).toContain(SWEDISH.page.unavailableTitle);
    expect(down.text).not.toContain(SWEDISH.page.allowedTitle);
    expect((await open(link)).text).toContain(ENGLISH.page.allowedTitle);
  });

  it('answers a ticket that is checked too often, and affects no other', async () => {
    const device = { identifiedBy: 'deviceId', value: newId() } as const;
    const ticket: Ticket = { device, resource: 'wifi', decisionId: newId(), owner: '' };
    // Each encryption gives another text for the same ticket.
    const answers = await Promise.all(Array.from({ length: 40 }, () => openTicket(ticket)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(20);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(refused[0]?.text).toContain(ENGLISH.page.busyTitle);
    expect((await openTicket({ ...ticket, decisionId: newId() })).status).toBe(200);
  });
});
