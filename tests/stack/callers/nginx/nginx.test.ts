import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority, type Identity } from '../../../support/certificates.ts';
import { quietStack } from '../../../support/sharedStacks.ts';
import { missingPackages, toRemark } from '../../../support/program.ts';
import { eventually } from '../../../support/eventually.ts';
import { NGINX, startNginxSite, type NginxSite } from './nginxSite.ts';
import { reportMalware } from '../../../support/reportMalware.ts';

const missing = missingPackages({ 'nginx-light': NGINX });

describe.skipIf(missing.length > 0)(`the real nginx${toRemark(missing)}`, () => {
  const system = quietStack();
  let site: NginxSite;
  beforeAll(async () => {
    site = await startNginxSite(system.stack.description);
  });
  afterAll(() => site.stop());
  beforeEach(() => void site.asked.splice(0));
  afterEach(() => system.mend());

  const enrolled = async (): Promise<{ deviceId: string; device: Identity }> => {
    const deviceId = randomUUID();
    await system.enrolHealthy(deviceId);
    return { deviceId, device: await site.devices.issueClient(`IntuneDeviceId://${deviceId}`) };
  };

  it('allows a device, blocks it while it has malware, and allows it again', async () => {
    const { deviceId, device } = await enrolled();
    expect(await site.browse({ device })).toMatchObject({ status: 200, body: 'payroll' });
    await reportMalware(system.client, deviceId, 'opened');
    const blocked = await eventually(
      () => site.browse({ device }),
      ({ status }) => status !== 200,
    );
    expect(blocked).toMatchObject({
      status: 302,
      headers: {
        location: expect.stringContaining(
          `${system.stack.description.api}/api/remediation/`,
        ) as string,
        'x-access-reason': expect.stringMatching(/^compliantDeviceRequired,.*incidentOpen/),
        'cache-control': 'no-store',
      },
    });
    expect(blocked.body).not.toContain('payroll');
    await reportMalware(system.client, deviceId, 'resolved');
    const again = await eventually(
      () => site.browse({ device }),
      ({ status }) => status !== 302,
    );
    expect(again).toMatchObject({ status: 200, body: 'payroll' });
  });

  it('sends the application the decision’s id and reason in place of the browser’s own headers', async () => {
    const { device } = await enrolled();
    await site.browse({
      device,
      headers: { 'x-access-decision-id': 'mine', 'x-access-reason': 'mine' },
    });
    const [{ headers } = { headers: {} as IncomingHttpHeaders }] = site.asked;
    expect(headers['x-access-reason']).toBe('allowedByPolicy');
    const decisionId = String(headers['x-access-decision-id']);
    const { body } = await system.client.request('GET', `accessDecisions/${decisionId}`, {
      as: 'caller',
    });
    expect(body).toMatchObject({
      decision: 'allow',
      caller: 'proxy',
      identifiedBy: 'clientCertificate',
      resource: 'companyApp:payroll',
    });
  });

  it('sends the documented bytes, whatever the browser sent', async () => {
    const { device } = await enrolled();
    const before = site.frontEnd.received.length;
    const { status } = await site.browse({ device, method: 'POST', path: '/pay?all=1' });
    expect(status).toBe(200);
    expect(site.asked.map(({ method }) => method)).toEqual(['POST']);
    const { proxy } = system.stack.description.callerKeys;
    expect(site.frontEnd.received.slice(before)).toEqual([
      {
        method: 'GET',
        url: '/api/access/nginx/companyApp:payroll',
        rawHeaders: [
          'Authorization',
          `Bearer ${proxy}`,
          'X-Client-Certificate',
          expect.stringMatching(/^-----BEGIN%20CERTIFICATE-----%0A/),
          'X-Client-Verify',
          'SUCCESS',
          'Host',
          '127.0.0.1',
        ],
        body: '',
      },
    ]);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'rejects a %s without a certificate',
    async (method) => {
      expect((await site.browse({ method })).status).toBe(401);
      expect(site.asked).toEqual([]);
    },
  );

  it('ignores headers in which a browser claims to be another device', async () => {
    const { deviceId, device } = await enrolled();
    const other = await site.devices.issueClient('IntuneDeviceId://nobody');
    const claims = {
      'x-device-id': deviceId,
      'x-client-certificate': encodeURIComponent(device.certificate),
      'x-client-verify': 'SUCCESS',
      'x-forwarded-client-cert': `URI=IntuneDeviceId://${deviceId}`,
      authorization: `Bearer ${system.stack.description.callerKeys.proxy}`,
    };
    expect((await site.browse({ headers: claims })).status).toBe(401);
    expect((await site.browse({ device: other, headers: claims })).status).toBe(302);
    expect(site.asked).toEqual([]);
  });

  it('rejects a certificate of an unknown authority', async () => {
    const { deviceId } = await enrolled();
    const stranger = await createAuthority('Devices of Contoso');
    const device = await stranger.issueClient(`IntuneDeviceId://${deviceId}`);
    expect((await site.browse({ device })).status).toBe(400);
    expect(site.asked).toEqual([]);
  });

  it('rejects a certificate with no device or two', async () => {
    const { deviceId } = await enrolled();
    for (const uris of [
      [],
      ['https://phone.example'],
      [`IntuneDeviceId://${deviceId}`, 'IntuneDeviceId://other'],
    ]) {
      const device = await site.devices.issueClient(...uris);
      expect([uris, (await site.browse({ device })).status]).toEqual([uris, 401]);
    }
    expect(site.asked).toEqual([]);
  });

  it('answers a blocked program with 403 instead of a redirect', async () => {
    const device = await site.devices.issueClient('IntuneDeviceId://nobody');
    const { status, headers } = await site.browse({ device, headers: { accept: '*/*' } });
    expect([status, headers.location]).toEqual([403, undefined]);
    expect(headers['x-access-reason']).toBe('compliantDeviceRequired,deviceNotEnrolled');
  });

  it('does not expose the decision’s internal location', async () => {
    const { device } = await enrolled();
    expect((await site.browse({ device, path: '/_device_access' })).status).toBe(404);
  });

  it('blocks every device while the database is down', async () => {
    const { device } = await enrolled();
    await system.fail({ kind: 'status', status: 503 });
    expect((await site.browse({ device })).status).toBe(500);
    await system.mend();
    expect(site.asked).toEqual([]);
    expect((await site.browse({ device })).status).toBe(200);
  });

  it('blocks every device while the service is down', async () => {
    const { device } = await enrolled();
    await site.frontEnd.stop();
    expect((await site.browse({ device })).status).toBe(500);
    expect(site.asked).toEqual([]);
  });
});
