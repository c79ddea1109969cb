import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '../../../../shared/core/decisions/accessRequest.ts';
import { decideRequests } from '../../../../shared/core/decisions/decideRequests.ts';
import type { Configuration } from '../../../../shared/domain/compliance/configuration.ts';
import { advanceRecord, createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import type {
  DeviceSignal,
  IncidentDetails,
  ManagedDeviceProperties,
} from '../../../../shared/domain/vocabulary/signal.ts';
import { toDocument } from '../../../../shared/edge/remediation/toDocument.ts';
import { toRemediationPage } from '../../../../shared/edge/remediation/toRemediationPage.ts';
import { LANGUAGES, type Language } from '../../../../shared/edge/texts/languages.ts';
import { blockAfter, given, SAMPLE } from '../../../support/given.ts';
import { INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

const EN = LANGUAGES.en;
const HOSTILE = `"><script>alert('1')</script>&`;
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;';

interface Case {
  readonly incidents?: readonly Partial<IncidentDetails>[];
  readonly properties?: Partial<ManagedDeviceProperties>;
  readonly configuration?: Configuration;
  readonly request?: Partial<AccessRequest>;
  readonly language?: Language;
}

/** The page of a phone that was healthy until these incidents were opened. */
async function pageOf(changes: Case = {}): Promise<string> {
  const { incidents = [], properties = {}, configuration = SAMPLE, language = 'en' } = changes;
  const signals: readonly DeviceSignal[] = [
    signalOf({
      type: 'enrolled',
      properties: { operatingSystem: 'Android', osVersion: '15', ...properties },
    }),
    signalOf({ type: 'activated' }),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }),
  ];
  const opened = incidents.map((incident, at) =>
    signalOf({
      type: 'incidentReported',
      status: 'open',
      incident: { ...INCIDENT, incidentId: `incident-${String(at)}`, ...incident },
    }),
  );
  const healthy = advanceRecord(createDeviceRecord('phone-1'), signals, configuration, NOW);
  const record = advanceRecord(healthy, opened, configuration, NOW);
  const [decided] = await decideRequests(
    {
      config: { remediationUrl: 'https://help.example', ticketKeys: [] },
      devices: {
        load: () => Promise.resolve({ record, etag: '1' }),
        loadForAnswer: () => Promise.resolve({ record, etag: '1' }),
        findDeviceIds: () => Promise.resolve({ deviceIds: ['phone-1'], hasMore: false }),
      },
      configuration: { load: () => Promise.resolve(configuration) },
      decisions: {
        writer: '0123abcd',
        record: () => undefined,
        find: () => Promise.resolve(undefined),
      },
      milestones: { record: () => Promise.resolve(), list: () => Promise.resolve({}) },
      rateLimit: { take: () => undefined },
      log: console,
    },
    [
      {
        device: { identifiedBy: 'deviceId', value: 'phone-1' },
        resource: 'exchangeOnline',
        ...changes.request,
      },
    ],
    { caller: 'remediation', at: new Date(NOW) },
  );
  if (decided === undefined) throw new TypeError('nothing was decided');
  return String(toDocument(toRemediationPage(decided, language), language));
}

const texts = (page: string, tag: string): readonly string[] =>
  [...page.matchAll(new RegExp(`<${tag}[^>]*>\\s*([^<]*?)\\s*</${tag}>`, 'g'))].map(
    ([, text = '']) => text,
  );

describe('the page of a blocked device', () => {
  it.each(['en', 'sv'] as const)('gives the reasons and the steps in %s', async (language) => {
    const { page, threats, remediation } = LANGUAGES[language];
    const html = await pageOf({ incidents: [{}], language });
    expect(html).toContain(`<html lang="${language}">`);
    expect(texts(html, 'title')).toEqual([page.blockedTitle]);
    expect(texts(html, 'h1')).toEqual([page.blockedTitle]);
    expect(texts(html, 'h2')).toEqual([page.why, page.whatToDo]);
    expect(texts(html, 'h3')).toEqual([remediation.removeApp.title]);
    expect(texts(html, 'li')).toEqual([threats['malware'], ...remediation.removeApp.steps]);
    expect(texts(html, 'button')).toEqual([page.checkAgain]);
    expect(html).toContain(`<time datetime="${NOW}">`);
  });

  it('lists each kind of threat once, with its remedy', async () => {
    const incidents = [
      {},
      { title: 'again' },
      { threatType: 'openWifi', category: 'network' as const },
    ];
    const html = await pageOf({ incidents });
    expect(texts(html, 'li').slice(0, 2)).toEqual([EN.threats['malware'], EN.threats['openWifi']]);
    expect(texts(html, 'h3')).toEqual([
      EN.remediation.removeApp.title,
      EN.remediation.useSaferNetwork.title,
    ]);
  });

  it.each(['neverSeen', 'constructor', 'toString', '__proto__', HOSTILE])(
    'has a sentence for a threat of the unknown type `%s`',
    async (threatType) => {
      const html = await pageOf({ incidents: [{ threatType, category: 'physical' }] });
      expect(texts(html, 'li')[0]).toBe(EN.threatOf.physical);
      expect(html).not.toContain(threatType);
    },
  );

  it('reveals nothing that is meant for administrators', async () => {
    const [policy] = SAMPLE.conditionalAccessPolicies;
    if (policy === undefined) throw new TypeError('the sample has a policy');
    const html = await pageOf({
      incidents: [{ title: 'Trojan.Secret', resource: 'com.secret.app' }],
      configuration: {
        ...SAMPLE,
        conditionalAccessPolicies: [{ ...policy, id: 'id-of-it', displayName: 'Name of it' }],
      },
      request: { userPrincipalName: 'ada@contoso.example' },
      properties: { userPrincipalName: 'ada@contoso.example', serialNumber: 'SERIAL' },
    });
    expect(html).toContain(EN.threats['malware']);
    expect(html).not.toMatch(/secret|id-of-it|Name of it|ada@|SERIAL|incidentOpen|phone-1/i);
  });

  it('refers the user to the support desk if the user can do nothing', async () => {
    const html = await pageOf({ configuration: { ...SAMPLE, problems: ['a broken document'] } });
    expect(texts(html, 'li')).toEqual([EN.page.whyUnknown]);
    expect(html).toContain(EN.page.nothingToDo);
    expect(html).not.toContain('broken');
  });

  it('escapes every name and step of an organisation', async () => {
    const html = await pageOf({
      incidents: [{}],
      properties: { deviceName: HOSTILE },
      request: { resource: `companyApp:${HOSTILE}` },
      configuration: {
        ...SAMPLE,
        threatOverrides: [{ threatType: 'malware', version: 1, remediationSteps: [HOSTILE] }],
      },
    });
    expect(html.split(ESCAPED).length - 1).toBe(3);
    expect(html).not.toContain('<script');
    expect(texts(html, 'li')).toContain(ESCAPED);
    expect(html).toContain(`Company app <bdi>${ESCAPED}</bdi>`);
  });
});

describe('the name of the device', () => {
  const properties = { deviceName: 'Ada’s phone', wiFiMacAddress: '02:00:5e:00:53:01' };

  it.each(['deviceId', 'clientCertificate'] as const)('is shown for a %s', async (identifiedBy) => {
    const device = { identifiedBy, value: 'phone-1' };
    expect(await pageOf({ properties, request: { device } })).toContain('Ada’s phone');
  });

  it('is not shown for an identifier that may now belong to another device', async () => {
    const device = { identifiedBy: 'wiFiMacAddress', value: '02:00:5E:00:53:01' } as const;
    const html = await pageOf({ properties, request: { device } });
    expect(texts(html, 'h1')).toEqual([EN.page.allowedTitle]);
    expect(html).not.toContain('Ada’s phone');
  });
});

describe('the page of an allowed device', () => {
  it('confirms access and asks for nothing', async () => {
    const html = await pageOf();
    expect(texts(html, 'h1')).toEqual([EN.page.allowedTitle]);
    expect(html).toContain(EN.page.allowedText);
    expect([texts(html, 'h2'), texts(html, 'button')]).toEqual([[], []]);
  });

  it('gives the end of a grace period and what to do before it', async () => {
    const html = await pageOf({
      incidents: [{}],
      configuration: given({ policy: blockAfter(24) }),
    });
    expect(texts(html, 'h1')).toEqual([EN.page.graceTitle]);
    expect(html).toContain('<time datetime="2026-01-02T12:10:00.000Z">');
    expect(texts(html, 'h3')).toEqual([EN.remediation.removeApp.title]);
    expect(texts(html, 'button')).toEqual([EN.page.checkAgain]);
  });
});
