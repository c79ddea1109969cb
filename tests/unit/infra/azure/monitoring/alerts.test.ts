import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeAlert } from '../../../../../infra/azure/monitoring/alert.ts';
import { ALERT_RULES } from '../../../../../infra/azure/monitoring/alertRules.ts';
import type {
  ArmTemplate,
  WrittenResource,
} from '../../../../../infra/azure/engine/toArmTemplate.ts';
import { METRIC_RULES } from '../../../../../infra/azure/monitoring/metricAlerts.ts';
import { STAGES, type StageConfiguration } from '../../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../../infra/azure/synthesize.ts';
import { ConnectorError } from '../../../../../shared/base/connectorError.ts';
import { traceAudit } from '../../../../../shared/core/configuration/traceAudit.ts';
import { logFault } from '../../../../../shared/edge/http/handler.ts';

const ROOT = new URL('../../../../../', import.meta.url);
const RUNBOOK = readFileSync(new URL('infra/ops/README.md', ROOT), 'utf8');

const templateOf = (stage: StageConfiguration): ArmTemplate =>
  JSON.parse(synthesize(stage)) as ArmTemplate;

const ofType = (template: ArmTemplate, type: string): readonly WrittenResource[] =>
  Object.values(template.resources).filter((each) => each.type === type);

interface Rule {
  readonly description: string;
  readonly severity: number;
  readonly actions: unknown;
  readonly skipQueryValidation?: boolean;
}

const rulesOf = (template: ArmTemplate, type: string): readonly Rule[] =>
  ofType(template, type).map((each) => each['properties'] as Rule);

/** The text of all sources of a folder. */
function readSources(folder: string): string {
  const at = new URL(`${folder}/`, ROOT);
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(new URL(path, at), 'utf8'))
    .join('');
}

describe.each(STAGES)('the stage $stage', (stage) => {
  const template = templateOf(stage);
  const logRules = rulesOf(template, 'Microsoft.Insights/scheduledQueryRules');
  const metricRules = rulesOf(template, 'Microsoft.Insights/metricAlerts');

  it('has an alert for each rule that its tier of Service Bus has a metric for', () => {
    const metrics = METRIC_RULES.filter(({ tier }) => tier === undefined || stage.isPrivate);
    expect(metrics.length < METRIC_RULES.length).toBe(!stage.isPrivate);
    expect([...logRules, ...metricRules].map(({ description }) => description)).toEqual(
      [...ALERT_RULES, ...metrics].map(describeAlert),
    );
  });

  it('can be deployed before its logs have tables', () => {
    for (const { skipQueryValidation } of logRules) expect(skipQueryValidation).toBe(true);
    const queries = JSON.stringify(template).match(/AppRequests \||AppTraces \|/g) ?? [];
    const tolerant =
      JSON.stringify(template).match(
        /union isfuzzy=true \(datatable\([^)]+\)\[\]\), App(Req|Tra)/g,
      ) ?? [];
    expect(tolerant).toHaveLength(queries.length);
  });

  it('wakes somebody by the severe alerts only', () => {
    for (const { severity, actions } of [...logRules, ...metricRules])
      expect(JSON.stringify(actions).includes("parameters('actionGroupId')")).toBe(severity <= 1);
  });

  it('asks from outside whether the API is ready, unless the internet does not reach it', () => {
    const [test] = ofType(template, 'Microsoft.Insights/webtests');
    expect(JSON.stringify(test?.['properties'])).toContain('/api/health/ready');
    expect(test?.condition).toBe(
      stage.isPrivate ? "[equals(parameters('apiAccess'), 'public')]" : undefined,
    );
    // Application Insights shows a test by this tag.
    expect(test?.['tags']).toContain('hidden-link:');
    expect(readSources('functions')).toContain("route: 'api/health/{probe}'");
  });
});

it.each(['sweepMissed', 'unavailable'])(
  'the alert %s waits for the first success, so it is silent before the first package',
  (id) => {
    const { query = '', window } = ALERT_RULES.find((each) => each.id === id) ?? {};
    expect(query).toMatch(/where last < ago\(30m\)$|where ever > 0 and /);
    // It goes on for at least a day.
    expect(['P1D', 'P2D']).toContain(window);
  },
);

it('the alert of the silence breaker lasts as long as the breaker is open', () => {
  const { query = '', window } = ALERT_RULES.find(({ id }) => id === 'breakerOpen') ?? {};
  expect(query).toContain("Message has 'silence breaker is open'");
  // The sweep says so every five minutes, and logs take some minutes to arrive.
  expect(window).toBe('PT15M');
});

describe('the runbook', () => {
  const headings = [...RUNBOOK.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  /** In GitHub's form (github.com/gjtorikian/html-pipeline, table of contents). */
  const anchors = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

  it.each([...ALERT_RULES, ...METRIC_RULES])('has a section for the alert "$title"', (alert) => {
    expect(headings.filter((heading) => heading === alert.title)).toHaveLength(1);
    const [, anchor = ''] = /infra\/ops\/README\.md#(\S+)$/.exec(describeAlert(alert)) ?? [];
    expect(anchors.filter((each) => each === anchor)).toHaveLength(1);
  });
});

it('alerts sum the requests that each record stands for, because the log is sampled', () => {
  const ofRequests = ALERT_RULES.filter(({ query }) => query.startsWith('AppRequests'));
  for (const { query } of ofRequests.filter((each) => each.query.includes('percentile')))
    expect(query).toContain('percentilew(DurationMs, ItemCount, 99)');
  // A query for the last record need not count.
  const unweighted = ofRequests.filter(
    ({ query }) => !query.includes('ItemCount') && !query.includes('last = max(TimeGenerated)'),
  );
  expect(ofRequests.length).toBeGreaterThan(3);
  expect(unweighted).toEqual([]);
});

it('alerts search for messages that the code logs', () => {
  const phrases = ALERT_RULES.flatMap(({ query }) =>
    [...query.matchAll(/Message has '(.+?)'/g)].map(([, phrase = '']) => phrase),
  );
  const code = readSources('shared') + readSources('functions');
  expect(phrases).toHaveLength(10);
  expect(phrases.filter((phrase) => !code.includes(phrase))).toEqual([]);
});

it('alerts and charts search for lines that begin as the code writes them', async () => {
  const lines: string[] = [];
  const log = { warn: (line: string) => void lines.push(line), error: () => undefined };
  for (const code of ['unauthenticated', 'accessDenied', 'settingInvalid'] as const)
    logFault(new ConnectorError(code, 'a cause'), log);
  const audit = { record: () => Promise.resolve(), list: () => Promise.resolve({ items: [] }) };
  await traceAudit(audit, log).record({
    id: 'id',
    activityDateTime: '2026-01-31T12:00:00.000Z',
    activityType: 'update settings',
    activityResult: 'success',
    actor: {},
    resourceType: 'settings',
    resourceId: 'default',
    isConfirmed: true,
  });
  const queries = JSON.stringify([
    ...ALERT_RULES.map(({ query }) => query),
    ...STAGES.map((stage) => synthesize(stage)),
  ]);
  const beginnings = new Set(
    [...queries.matchAll(/Message !?startswith '([^']+)'/g)].map(([, text = '']) => text),
  );
  expect(beginnings.size).toBe(4);
  expect([...beginnings].filter((text) => !lines.some((line) => line.startsWith(text)))).toEqual(
    [],
  );
  // The query reads the JSON behind the beginning.
  const { query = '' } = ALERT_RULES.find(({ id }) => id === 'confirmedChange') ?? {};
  const [, start = ''] = /parse_json\(substring\(Message, (\d+)\)\)/.exec(query) ?? [];
  expect(JSON.parse(lines.at(-1)?.slice(Number(start)) ?? '')).toMatchObject({ isConfirmed: true });
});

it('somebody is woken where callers are rejected, requests are stored, or a check is skipped', () => {
  const ids = ALERT_RULES.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['refusedCallers', 'quarantine', 'confirmedChange']));
});

it('somebody is woken where reports do not count because they were too large', () => {
  const { query = '' } = ALERT_RULES.find(({ id }) => id === 'reportsTooLarge') ?? {};
  expect(query).toContain("ResultCode == '413'");
  const [, names = ''] = /Name in \(([^)]+)\)/.exec(query) ?? [];
  expect(names).toBe("'receivePartnerWebhook', 'ingestTelemetry'");
  const code = readSources('functions');
  for (const name of names.split(', ')) expect(code).toContain(`app.http(${name}`);
});

it('alerts never use the host’s `Success` of an HTTP trigger', () => {
  const folder = new URL('../../../../../functions/', import.meta.url);
  const answering = globSync('**/*.ts', { cwd: fileURLToPath(folder) })
    .filter((name) => readFileSync(new URL(name, folder), 'utf8').includes('app.http('))
    .map((name) => `'${basename(name, '.ts')}'`);
  const wrong = ALERT_RULES.filter(
    ({ query }) => query.includes('Success') && answering.some((name) => query.includes(name)),
  );
  expect(answering.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});
