import { generate } from 'selfsigned';
import { describe, expect, it } from 'vitest';
import { fromClientCertificate } from '../../../../shared/edge/callers/fromClientCertificate.ts';

const ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const URI = `IntuneDeviceId://${ID}`;
const SID = 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-3623811015-1013';
const identified = { identifiedBy: 'clientCertificate', value: ID };

const read = (headers: Readonly<Record<string, string>>): unknown =>
  fromClientCertificate({ get: (name) => headers[name] ?? null });

const envoy = (header: string): unknown => read({ 'x-forwarded-client-cert': header });

async function nginx(uris: readonly string[], verify = 'SUCCESS'): Promise<unknown> {
  const { cert } = await generate([{ name: 'commonName', value: 'phone' }], {
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'phone.example' },
          ...uris.map((value) => ({ type: 6 as const, value })),
        ],
      },
    ],
  });
  return read({ 'x-client-certificate': encodeURIComponent(cert), 'x-client-verify': verify });
}

describe('a client certificate in the header of Envoy', () => {
  it.each([
    `By=spiffe://proxy;Hash=ab12;URI=${URI}`,
    `Hash=ab12;Subject="CN=phone, O=\\"Contoso; Ltd\\"";URI=${URI}`,
    `URI="${URI}"`,
    `uri=https://phone.example;URI=${URI};DNS=phone.example`,
    `By=a;URI=IntuneDeviceId://other,By=b;URI=${URI}`,
    `Hash=a;URI=IntuneDeviceId://other, Hash=b;URI=${URI}`,
    `Hash=ab;URI=${URI};URI=${SID}`,
    `Hash=ab;URI=${SID};URI=${URI}`,
    `Hash=ab;URI=${URI};URI="${SID}"`,
    `Hash=ab;URI="${SID}";URI=${URI}`,
    `Hash=ab;URI=${URI};URI=urn:a(b;None;c),d;DNS=x,y`,
    `By=urn:a;By=${SID};Hash=ab;Cert="-----BEGIN%20";Subject="";URI=${URI}`,
    `Hash=ab;URI=IntuneDeviceId://${ID.toUpperCase()}`,
    `Hash=ab;URI=IntuneDeviceId://{${ID}};URI=${URI}`,
  ])('identifies the device: %s', (header) => {
    expect(envoy(header)).toEqual(identified);
  });

  it.each([
    '',
    'Hash=ab12',
    `Subject="CN=x;URI=${URI}"`,
    `Subject="CN=x,URI=${URI}"`,
    `Subject="CN=\\";URI=${URI};x=\\""`,
    `URI=x${URI}`,
    `URI=${URI}/admin`,
    'URI=IntuneDeviceId://',
    `URI=${URI};URI=IntuneDeviceId://other`,
    `Hash=ab;URI=${URI};URI=${SID};URI=IntuneDeviceId://other`,
    `Hash=ab;URI=IntuneDeviceId://other;URI=x,URI=${URI}`,
    `Hash=ab;URI=${URI},Hash=cd`,
    `Hash=ab;URI=x"y;URI=${URI}`,
    `Subject="CN=x"y;URI=${URI}`,
    `URI=${URI};Subject="CN=x`,
    `URI=${URI},2022`,
    `URI=IntuneDeviceId://{${ID}`,
  ])('is ignored: %s', (header) => {
    expect(envoy(header)).toBeUndefined();
  });
});

it.each([
  `URI=${' '.repeat(20_000)}"`,
  `URI=${', '.repeat(20_000)}"`,
  `URI=${'a;'.repeat(20_000)}`,
])('a long header of Envoy is read in time that grows with its length', (header) => {
  expect(envoy(header)).toBeUndefined();
});

describe('a client certificate in the headers of nginx', () => {
  it('identifies the device by the URI among its subject alternative names', async () => {
    expect(await nginx([URI])).toEqual(identified);
    expect(await nginx(['https://phone.example', URI])).toEqual(identified);
    expect(await nginx([SID, URI])).toEqual(identified);
    expect(await nginx([URI, SID])).toEqual(identified);
  });

  it.each([
    ['without a URI of Intune', ['https://phone.example']],
    ['with the URIs of two devices', [URI, 'IntuneDeviceId://other']],
    ['with a name that looks like two', [`https://x, URI:${URI}`]],
    ['with a name that looks like two and continues', [`https://x, URI:${URI}, y`]],
  ])('is ignored %s', async (_, uris) => {
    expect(await nginx(uris)).toBeUndefined();
  });

  it.each(['NONE', 'FAILED:unable to verify', ''])(
    'is ignored if nginx reports `%s`',
    async (verify) => {
      expect(await nginx([URI], verify)).toBeUndefined();
    },
  );

  it.each(['', '%', 'no certificate', encodeURIComponent('-----BEGIN CERTIFICATE-----')])(
    'is ignored if it is not a certificate: `%s`',
    (text) => {
      expect(read({ 'x-client-certificate': text, 'x-client-verify': 'SUCCESS' })).toBeUndefined();
    },
  );
});
