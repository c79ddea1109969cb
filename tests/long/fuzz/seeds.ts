import { defined } from '../../../shared/base/defined.ts';
import type { Operation } from '../../../shared/edge/openApi/operation.ts';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest, type ExampleRequest } from '../../support/exampleRequest.ts';
import type { Keys } from './fuzzRequest.ts';
import type { Kind, Made } from './made.ts';

/** An operation of the OpenAPI document, with its example. */
export interface Seed {
  readonly operation: Operation;
  readonly example: ExampleRequest;
  /** The parts of the example to replace. */
  readonly blanks: readonly Blank[];
}

interface Blank {
  readonly text: string;
  readonly kind: Kind | 'healthyDevice' | 'watchedPhone' | 'receiver' | 'evaluation';
  /** The operations concerned; absent: all. */
  readonly path?: RegExp;
  /** The share of requests that keep the example, which is valid too. */
  readonly stays: number;
}

/** A phone with an open incident. Nothing that the requests report makes it better off. */
export const WATCHED_PHONE = 'watched-phone';
/** An enrolled, healthy device. */
export const HEALTHY_DEVICE = 'healthy-phone';
export const HEALTHY_MAC_ADDRESS = '02:00:5e:00:53:02';
const DECIDING = /^\/(access|nac)/;
const REPORTING = /^\/(webhooks|telemetry)/;

const exampleOf = (path: string): string => {
  const found = OPERATIONS.find((each) => each.path.startsWith(path))?.parameters?.[0]?.example;
  if (found === undefined) throw new TypeError(`\`${path}\` has no example`);
  return String(found);
};

/** The examples name missing resources, which created ones replace. */
const BLANKS: readonly Blank[] = [
  { text: exampleOf('/ssf/poll/{'), kind: 'stream', stays: 0.05 },
  { text: exampleOf('/webhookEndpoints/{'), kind: 'endpoint', stays: 0.05 },
  { text: exampleOf('/quarantine/{'), kind: 'quarantined', stays: 0.05 },
  { text: exampleOf('/accessDecisions/{'), kind: 'decision', stays: 0.05 },
  { text: exampleOf('/remediation/{'), kind: 'ticket', stays: 0.05 },
  { text: 'android-baseline', kind: 'compliancePolicy', stays: 0.5 },
  { text: 'ios-baseline', kind: 'compliancePolicy', stays: 0.5 },
  { text: 'require-compliant-device', kind: 'accessPolicy', stays: 0.5 },
  { text: 'example-phone', kind: 'device', path: /^\/deviceManagement/, stays: 0.7 },
  { text: 'example-phone', kind: 'healthyDevice', path: DECIDING, stays: 0.3 },
  { text: 'example-phone', kind: 'watchedPhone', path: REPORTING, stays: 0.4 },
  { text: 'phone-1', kind: 'watchedPhone', path: /clearUnreadableReports/, stays: 0.3 },
  { text: '02-00-5E-00-53-01', kind: 'healthyDevice', path: DECIDING, stays: 0.3 },
  { text: '02005E005301', kind: 'healthyDevice', path: DECIDING, stays: 0.3 },
  { text: 'https://receiver.invalid/hook', kind: 'receiver', stays: 0.2 },
  { text: 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl', kind: 'evaluation', stays: 0.1 },
];

export const SEEDS: readonly Seed[] = OPERATIONS.map((operation) => {
  const example = exampleRequest(operation);
  const whole = JSON.stringify(example);
  const blanks = BLANKS.filter(
    ({ text, path }) => whole.includes(text) && (path?.test(operation.path) ?? true),
  );
  return { operation, example, blanks };
});

/** The example with existing resources, chosen by `chance` from 0 to 1. */
export function fillIn(
  { example, blanks }: Seed,
  keys: Keys,
  made: Made,
  chance: number,
): ExampleRequest {
  let { path, headers, body } = example;
  for (const { text, kind, stays } of blanks) {
    if (chance < stays) continue;
    const found = toText(text, kind, keys, made, (chance - stays) / (1 - stays));
    if (found === undefined) continue;
    path = path.replace(text, encodeURIComponent(found));
    body = body?.replace(text, () => JSON.stringify(found).slice(1, -1));
    headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace(text, () => found)]),
    );
  }
  return { method: example.method, path, headers, ...defined({ body }) };
}

function toText(
  text: string,
  kind: Blank['kind'],
  keys: Keys,
  made: Made,
  chance: number,
): string | undefined {
  switch (kind) {
    case 'receiver':
      return keys.webhookReceiver;
    case 'evaluation':
      return keys.evaluation;
    case 'watchedPhone':
      return WATCHED_PHONE;
    case 'healthyDevice':
      return text === 'example-phone' ? HEALTHY_DEVICE : text.replace(/1$/, '2');
    default:
      return made.find(kind, chance);
  }
}
