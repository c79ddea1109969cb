import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { toRemediationFaultReply } from '../../../shared/edge/remediation/toRemediationFaultReply.ts';
import { toTicket } from '../../../shared/core/decisions/ticket.ts';
import { LANGUAGES, type Language } from '../../../shared/edge/texts/languages.ts';
import { TICKET_KEY } from '../../support/quietSettings.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { eventually } from '../../support/eventually.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** The folder for screenshots; without it none are taken. */
const { SCREENSHOTS } = process.env;

const SIZES = {
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
  desktop: { viewport: { width: 1280, height: 800 } },
} as const satisfies Record<string, BrowserContextOptions>;
const LOCALES = { en: 'en-GB', sv: 'sv-SE' } as const satisfies Record<Language, string>;

/** The rules of axe: WCAG 2.2 to AA, and best practices. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describe.skipIf(!existsSync(CHROMIUM))(`the remediation page in ${CHROMIUM}`, () => {
  const system = quietStack();
  let browser: Browser;
  beforeAll(async () => {
    if (SCREENSHOTS !== undefined) mkdirSync(SCREENSHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  });
  afterAll(() => browser.close());

  /** Uses a page in a context of its own. */
  async function within<T>(
    options: BrowserContextOptions,
    use: (page: Page, context: BrowserContext) => Promise<T>,
  ): Promise<T> {
    const context = await browser.newContext(options);
    try {
      return await use(await context.newPage(), context);
    } finally {
      await context.close();
    }
  }

  async function report(deviceId: string, type: string, data: object = {}): Promise<void> {
    await system.client.sendEvents([{ type: `sepmobile.${type}`, data: { deviceId, ...data } }]);
  }

  const MALWARE = {
    incidentId: 'malware',
    category: 'application',
    threatType: 'malware',
    severity: 'high',
    detectedDateTime: '2026-01-31T12:00:00Z',
  };
  const OPEN_WIFI = {
    ...MALWARE,
    incidentId: 'wifi',
    category: 'network',
    threatType: 'sslStripping',
  };

  async function untilDecided(deviceId: string, decision: 'allow' | 'block'): Promise<string> {
    const { body } = await eventually(
      () => system.client.decide({ deviceId }, 'exchangeOnline'),
      (answer) => answer.body['decision'] === decision,
    );
    return String(body['remediationUrl']);
  }

  /** The link of a phone on which malware was found. */
  async function blockedLink(deviceId: string = randomUUID()): Promise<string> {
    await system.enrolHealthy(deviceId, { deviceName: 'Pixel 9 of Ada' });
    await report(deviceId, 'incident.opened', MALWARE);
    return untilDecided(deviceId, 'block');
  }

  async function allowedLink(): Promise<string> {
    const deviceId = randomUUID();
    // Only a block has a link. It stays valid after the enrolment that it asked for.
    const link = await untilDecided(deviceId, 'block');
    await system.enrolHealthy(deviceId, { deviceName: 'Pixel 9 of Ada' });
    return link;
  }

  /** Sets how long an Android device keeps its access after it fails its policy. */
  async function setGracePeriod(gracePeriodHours: number): Promise<void> {
    const actions = [{ actionType: 'block', gracePeriodHours }];
    const json = { scheduledActionsForRule: [{ scheduledActionConfigurations: actions }] };
    const path = 'deviceManagement/deviceCompliancePolicies/android-baseline';
    const { status } = await system.client.request('PATCH', path, { as: 'admin', json });
    if (status !== 200) throw new Error(`the policy was answered with ${String(status)}`);
  }

  /** Taps `check again` and waits for the answer. */
  async function checkAgain(page: Page): Promise<void> {
    await Promise.all([page.waitForEvent('load'), page.getByRole('button').tap()]);
  }

  /** The violations that axe finds. The debugger injects axe, since the page's policy forbids scripts. */
  async function violations(page: Page, rules: readonly string[]): Promise<readonly string[]> {
    const results = await page.evaluate<AxeResults, string[]>(
      (runOnly) => (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly }),
      [...rules],
    );
    expect(results.passes.length).toBeGreaterThan(0);
    return results.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`,
    );
  }

  /** A page to inspect: the name of its screenshot, its link, and an answer in place of the system's. */
  interface Seen {
    readonly name: string;
    readonly link: string;
    readonly size: keyof typeof SIZES;
    readonly language: Language;
    readonly answer?: HttpReply;
  }

  /** The heading of the page, and the findings of axe. In both colour schemes. */
  async function look(seen: Seen): Promise<readonly [string | null, readonly string[]]> {
    const { name, link, size, language, answer } = seen;
    return within({ ...SIZES[size], locale: LOCALES[language] }, async (page) => {
      if (answer !== undefined) {
        await page.route(link, (route) =>
          route.fulfill({ headers: {}, ...answer, body: String(answer.body ?? '') }),
        );
      }
      await page.goto(link);
      await page.evaluate(axe.source);
      const found: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const file = `${name}-${size}-${language}-${colorScheme}.png`;
        if (SCREENSHOTS !== undefined)
          await page.screenshot({ path: join(SCREENSHOTS, file), fullPage: true });
        // Nothing but colours differs in the dark.
        const rules = colorScheme === 'light' ? RULES : ['color-contrast'];
        found.push(...(await violations(page, rules)).map((each) => `${colorScheme}: ${each}`));
      }
      return [await page.getByRole('heading', { level: 1 }).textContent(), found];
    });
  }

  /** A request for the page in a language. */
  function requestIn(language: Language): HttpRequest {
    return {
      method: 'GET',
      url: '',
      headers: new Headers({ 'accept-language': language }),
      params: {},
      query: new URLSearchParams(),
      body: null,
    };
  }

  describe.each([
    ['phone', 'sv'],
    ['desktop', 'en'],
  ] as const)('on a %s in %s', (size, language) => {
    const { page: words } = LANGUAGES[language];

    it('has no accessibility violation', async () => {
      const deviceId = randomUUID();
      const blocked = await blockedLink(deviceId);
      await report(deviceId, 'incident.opened', OPEN_WIFI);
      await eventually(
        () => system.client.compliance(deviceId),
        ({ body }) => (body['openIncidents'] as unknown[]).length === 2,
      );
      const as = { size, language };
      expect(await look({ ...as, name: 'blocked', link: blocked })).toEqual([
        words.blockedTitle,
        [],
      ]);
      const allowed = await allowedLink();
      expect(await look({ ...as, name: 'allowed', link: allowed })).toEqual([
        words.allowedTitle,
        [],
      ]);
    });

    it('has none when expired, unavailable or busy', async () => {
      const as = { size, language };
      const link = await allowedLink();
      const expired = `${system.stack.description.api}/api/remediation/x`;
      expect(await look({ ...as, name: 'expired', link: expired })).toEqual([
        words.expiredTitle,
        [],
      ]);
      await system.fail({ kind: 'status', status: 503 });
      const unavailable = await look({ ...as, name: 'unavailable', link });
      await system.mend();
      expect(unavailable).toEqual([words.unavailableTitle, []]);
      const tooOften = new ConnectorError('activityLimitReached', 'checked too often');
      const answer = toRemediationFaultReply(tooOften, 'id', new Date(), requestIn(language));
      expect(await look({ ...as, name: 'busy', link, answer })).toEqual([words.busyTitle, []]);
    });

    it('has none in a grace period', async () => {
      await setGracePeriod(24);
      const deviceId = randomUUID();
      const link = await untilDecided(deviceId, 'block');
      await system.enrolHealthy(deviceId, { deviceName: 'Pixel 9 of Ada' });
      await report(deviceId, 'incident.opened', MALWARE);
      await eventually(
        () => system.client.decide({ deviceId }, 'exchangeOnline'),
        (answer) => answer.body['complianceState'] === 'inGracePeriod',
      );
      const grace = await look({ name: 'grace', link, size, language });
      await setGracePeriod(0);
      expect(grace).toEqual([words.graceTitle, []]);
    });
  });

  it('leads from blocked to allowed without scripts', async () => {
    const deviceId = randomUUID();
    const link = await blockedLink(deviceId);
    const { page: words, remediation, threats } = LANGUAGES.en;
    await within({ ...SIZES.phone, locale: 'en-GB', javaScriptEnabled: false }, async (page) => {
      const heading = page.getByRole('heading', { level: 1 });
      await page.goto(link);
      expect(await heading.textContent()).toBe(words.blockedTitle);
      expect(await page.getByRole('listitem').allTextContents()).toEqual([
        threats['malware'],
        ...remediation.removeApp.steps,
      ]);
      await checkAgain(page);
      expect(await heading.textContent()).toBe(words.blockedTitle);
      await report(deviceId, 'incident.resolved', MALWARE);
      await untilDecided(deviceId, 'allow');
      await checkAgain(page);
      expect(await heading.textContent()).toBe(words.allowedTitle);
      expect(await page.getByRole('button').count()).toBe(0);
    });
  });

  it('works by keyboard: the first stop is `check again`, with a visible focus', async () => {
    const link = await blockedLink();
    await within({ ...SIZES.desktop, locale: 'en-GB' }, async (page) => {
      const reference = page.locator('code');
      const focused = page.locator(':focus');
      await page.goto(link);
      for (const key of ['Enter', 'Space']) {
        const before = await reference.textContent();
        await page.keyboard.press('Tab');
        expect(await focused.textContent()).toBe(LANGUAGES.en.page.checkAgain);
        const outline = await page.evaluate('getComputedStyle(document.activeElement).outline');
        expect(outline).toMatch(/solid 3px$/);
        await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);
        expect(await reference.textContent()).not.toBe(before);
      }
    });
  });

  it('requests only itself, and violates no rule of its own policy', async () => {
    const link = await blockedLink();
    await within({ ...SIZES.phone, locale: 'sv-SE' }, async (page, context) => {
      const asked: string[] = [];
      const said: string[] = [];
      context.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      await page.goto(link);
      await checkAgain(page);
      expect(asked).toEqual([link, `${link}?`]);
      expect(said).toEqual([]);
      // The browser applied its style.
      expect(await page.evaluate('getComputedStyle(document.body).margin')).toBe('0px');
    });
  });

  it('runs no injected script', async () => {
    const link = await blockedLink();
    await within({ ...SIZES.desktop, locale: 'en-GB' }, async (page) => {
      await page.goto(link);
      await page.evaluate(`
        const script = document.createElement('script');
        script.textContent = 'document.title = "changed"';
        document.body.append(script);
      `);
      expect(await page.title()).toBe(LANGUAGES.en.page.blockedTitle);
    });
  });

  it('fits a screen of 320 pixels, also with very long names', async () => {
    const deviceId = randomUUID();
    await system.enrolHealthy(deviceId, { deviceName: 'W'.repeat(500) });
    const ticket = await toTicket(
      {
        device: { identifiedBy: 'deviceId', value: deviceId },
        resource: `companyApp:${'m'.repeat(200)}`,
        decisionId: randomUUID(),
        owner: '',
      },
      TICKET_KEY,
      new Date(),
    );
    const links = [
      await blockedLink(),
      `${system.stack.description.api}/api/remediation/${ticket}`,
    ];
    for (const link of links) {
      for (const locale of Object.values(LOCALES)) {
        await within({ viewport: { width: 320, height: 640 }, locale }, async (page) => {
          await page.goto(link);
          const [clientWidth, scrollWidth] = await page.evaluate<[number, number]>(
            '[document.documentElement.clientWidth, document.documentElement.scrollWidth]',
          );
          expect(clientWidth).toBeGreaterThan(290);
          expect(scrollWidth).toBe(clientWidth);
        });
      }
    }
  });

  it('has a button that is large enough for touch', async () => {
    const link = await blockedLink();
    await within(SIZES.phone, async (page) => {
      await page.goto(link);
      const box = await page.getByRole('button').boundingBox();
      expect(box?.height).toBeGreaterThanOrEqual(44);
      expect(box?.width).toBeGreaterThanOrEqual(200);
    });
  });
});
