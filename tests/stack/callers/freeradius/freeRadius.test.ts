import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Identity } from '../../../support/certificates.ts';
import { QUARANTINE_VLAN } from '../../../support/quietSettings.ts';
import { quietStack, timedStack } from '../../../support/sharedStacks.ts';
import type { TestStack } from '../../../support/testStack.ts';
import { missingPackages, toRemark } from '../../../support/program.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  EAPOL_TEST,
  FREERADIUS,
  RADCLIENT,
  RLM_REST,
  startRadiusServer,
  type RadiusAnswer,
  type RadiusServer,
} from './radiusServer.ts';
import { reportMalware } from '../../../support/reportMalware.ts';

const missing = missingPackages({
  freeradius: FREERADIUS,
  'freeradius-rest': RLM_REST,
  'freeradius-utils': RADCLIENT,
});
const missingForCertificates = missingPackages({ eapoltest: EAPOL_TEST });

interface Phone {
  readonly deviceId: string;
  /** Twelve hex digits. */
  readonly mac: string;
}

const newMac = (): string => `02${randomBytes(5).toString('hex')}`;
const pairsOf = (mac: string): readonly string[] => mac.match(/../g) ?? [];

async function enrolHealthy(system: TestStack): Promise<Phone> {
  const [deviceId, mac] = [randomUUID(), newMac()];
  await system.enrolHealthy(deviceId, { wiFiMacAddress: pairsOf(mac).join(':') });
  return { deviceId, mac };
}

/** Logs a device in as an access point does that knows only its MAC address. */
const join = (server: RadiusServer, mac: string): Promise<RadiusAnswer> =>
  server.loginByMac({
    userName: mac,
    callingStationId: pairsOf(mac.toUpperCase()).join('-'),
    password: `secret-of-${mac}`,
  });

const ACCEPTED: RadiusAnswer = { code: 'Access-Accept', attributes: [] };
const REJECTED: RadiusAnswer = { code: 'Access-Reject', attributes: [] };

describe.skipIf(missing.length > 0)(`the real FreeRADIUS${toRemark(missing)}`, () => {
  const system = timedStack();
  let server: RadiusServer;
  beforeAll(async () => {
    server = await startRadiusServer(system.stack.description);
  });
  afterAll(() => server.stop());
  afterEach(() => system.mend());

  it('accepts a device, rejects it while it has malware, and accepts it again', async () => {
    const { deviceId, mac } = await enrolHealthy(system);
    expect(await join(server, mac)).toEqual(ACCEPTED);
    await reportMalware(system.client, deviceId, 'opened');
    const blocked = await eventually(
      () => join(server, mac),
      ({ code }) => code !== 'Access-Accept',
    );
    expect(blocked).toEqual(REJECTED);
    await reportMalware(system.client, deviceId, 'resolved');
    const again = await eventually(
      () => join(server, mac),
      ({ code }) => code !== 'Access-Reject',
    );
    expect(again).toEqual(ACCEPTED);
  });

  it('rejects a device that is not enrolled', async () => {
    expect(await join(server, newMac())).toEqual(REJECTED);
  });

  it('accepts every notation of a MAC address', async () => {
    const { mac } = await enrolHealthy(system);
    for (const callingStationId of [
      mac,
      pairsOf(mac).join(':'),
      pairsOf(mac.toUpperCase()).join('-'),
      mac.replaceAll(/(....)(?=.)/g, '$1.'),
    ]) {
      const answer = await server.loginByMac({ userName: mac, callingStationId });
      expect([callingStationId, answer]).toEqual([callingStationId, ACCEPTED]);
    }
  });

  it('rejects a user with a password, which is no device', async () => {
    const { mac } = await enrolHealthy(system);
    for (const [userName, callingStationId] of [
      ['ada', mac],
      [`${mac}x`, mac],
      [newMac(), mac],
      [mac, newMac()],
    ] as const) {
      const answer = await server.loginByMac({ userName, callingStationId });
      expect([userName, callingStationId, answer]).toEqual([userName, callingStationId, REJECTED]);
    }
  });

  it.each(['', 'nobody', '02005e0053', '%{exec:/bin/id}', 'x&certificateUri=IntuneDeviceId://x'])(
    'rejects an invalid MAC address: `%s`',
    async (text) => {
      const answer = await server.loginByMac({ userName: text, callingStationId: text });
      expect(answer).toEqual(REJECTED);
    },
  );

  it('sends the documented bytes, and never a password', async () => {
    const { mac } = await enrolHealthy(system);
    const before = server.frontEnd.received.length;
    await join(server, mac);
    const { radius } = system.stack.description.callerKeys;
    const received = server.frontEnd.received.slice(before);
    expect(received).toEqual([
      {
        method: 'GET',
        url: `/api/access/radius/wifi?mac=${mac}&certificateUri=`,
        rawHeaders: [
          'Host',
          `127.0.0.1:${String(server.frontEnd.port)}`,
          'User-Agent',
          expect.stringMatching(/^FreeRADIUS 3\./) as string,
          'Accept',
          '*/*',
          'Content-Type',
          'none',
          'X-FreeRADIUS-Section',
          'authorize',
          'X-FreeRADIUS-Server',
          'mobile_threat_defense',
          'Authorization',
          `Bearer ${radius}`,
        ],
        body: '',
      },
    ]);
    expect(JSON.stringify(server.frontEnd.received)).not.toContain('secret-of-');
  });

  describe.skipIf(missingForCertificates.length > 0)(
    `in EAP-TLS${toRemark(missingForCertificates)}`,
    () => {
      const certified = (...uris: readonly string[]): Promise<Identity> =>
        server.devices.issueClient(...uris);

      it('identifies a device by its certificate, and accepts it only while it is healthy', async () => {
        const { deviceId } = await enrolHealthy(system);
        const device = await certified(`IntuneDeviceId://${deviceId}`);
        expect(await server.loginByCertificate(device)).toMatchObject({ isAccepted: true });
        await reportMalware(system.client, deviceId, 'opened');
        const { isAccepted } = await eventually(
          () => server.loginByCertificate(device),
          (answer) => !answer.isAccepted,
        );
        expect(isAccepted).toBe(false);
        await reportMalware(system.client, deviceId, 'resolved');
        const again = await eventually(
          () => server.loginByCertificate(device),
          (answer) => answer.isAccepted,
        );
        expect(again.isAccepted).toBe(true);
      });

      it('sends the device’s URI from a certificate that also has one of an account', async () => {
        const { deviceId } = await enrolHealthy(system);
        const account = 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1001';
        const device = await certified(account, `IntuneDeviceId://${deviceId}`);
        expect(await server.loginByCertificate(device)).toMatchObject({ isAccepted: true });
        expect(server.frontEnd.received.at(-1)?.url).toBe(
          `/api/access/radius/wifi?mac=&certificateUri=IntuneDeviceId%3A%2F%2F${deviceId}`,
        );
      });

      it('rejects a certificate with no device, two devices, or an ambiguous name', async () => {
        const { deviceId } = await enrolHealthy(system);
        const before = server.frontEnd.received.length;
        for (const uris of [
          [],
          ['https://phone.example'],
          [`IntuneDeviceId://${deviceId}`, 'IntuneDeviceId://other'],
          [`https://phone.example/, URI:IntuneDeviceId://${deviceId}`],
          [`IntuneDeviceId://${deviceId}&mac=02005e005301`],
        ]) {
          const { isAccepted } = await server.loginByCertificate(await certified(...uris));
          expect([uris, isAccepted]).toEqual([uris, false]);
        }
        expect(server.frontEnd.received.slice(before)).toEqual([]);
      });

      it('rejects a certificate of an unknown authority', async () => {
        const { deviceId } = await enrolHealthy(system);
        const stranger = await createAuthority('Devices of Contoso');
        const device = await stranger.issueClient(`IntuneDeviceId://${deviceId}`);
        expect(await server.loginByCertificate(device)).toMatchObject({ isAccepted: false });
      });
    },
  );

  it('rejects every device while the database is down', async () => {
    const { mac } = await enrolHealthy(system);
    await system.fail({ kind: 'status', status: 503 });
    expect(await join(server, mac)).toEqual(REJECTED);
    await system.mend();
    expect(await join(server, mac)).toEqual(ACCEPTED);
  });

  it('rejects every device while the service is down', async () => {
    const { mac } = await enrolHealthy(system);
    await server.frontEnd.stop();
    expect(await join(server, mac)).toEqual(REJECTED);
  });
});

describe.skipIf(missing.length > 0)(
  `the real FreeRADIUS with a quarantine${toRemark(missing)}`,
  () => {
    const system = quietStack();
    let server: RadiusServer;
    beforeAll(async () => {
      server = await startRadiusServer(system.stack.description);
    });
    afterAll(() => server.stop());

    const QUARANTINED: RadiusAnswer = {
      code: 'Access-Accept',
      attributes: [
        'Tunnel-Type:0 = VLAN',
        'Tunnel-Medium-Type:0 = IEEE-802',
        `Tunnel-Private-Group-Id:0 = "${QUARANTINE_VLAN}"`,
      ],
    };

    it('moves an enrolled device to the quarantine while it has malware, and back', async () => {
      const { deviceId, mac } = await enrolHealthy(system);
      expect(await join(server, mac)).toEqual(ACCEPTED);
      await reportMalware(system.client, deviceId, 'opened');
      const blocked = await eventually(
        () => join(server, mac),
        ({ attributes }) => attributes.length > 0,
      );
      expect(blocked).toEqual(QUARANTINED);
      await reportMalware(system.client, deviceId, 'resolved');
      const again = await eventually(
        () => join(server, mac),
        ({ attributes }) => attributes.length === 0,
      );
      expect(again).toEqual(ACCEPTED);
    });

    it.skipIf(missingForCertificates.length > 0)(
      `moves it there by its certificate too${toRemark(missingForCertificates)}`,
      async () => {
        const deviceId = randomUUID();
        await system.client.enrol(deviceId, { operatingSystem: 'iOS', osVersion: '18' });
        const device = await server.devices.issueClient(`IntuneDeviceId://${deviceId}`);
        const { isAccepted, output } = await server.loginByCertificate(device);
        expect(isAccepted).toBe(true);
        const name = Buffer.from(QUARANTINE_VLAN).toString('hex');
        expect(output).toMatch(
          new RegExp(`Attribute 81 \\(Tunnel-Private-Group-Id\\).*\\s+Value: ${name}`),
        );
      },
    );

    it('rejects an unenrolled device', async () => {
      expect(await join(server, newMac())).toEqual(REJECTED);
    });
  },
);
