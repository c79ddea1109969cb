import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Compile } from 'typebox/compile';
import { median } from '../../infra/node/percentiles.ts';
import { checkShape } from '../../shared/base/validation/checkShape.ts';
import { CloudEventSchema, IncidentDataSchema } from '../../shared/core/ingest/eventSchemas.ts';
import { fromSepMobileEvent } from '../../shared/core/ingest/fromSepMobileEvent.ts';
import { verifyWebhookSignature } from '../../shared/core/ingest/verifyWebhookSignature.ts';
import { createIncidents } from './createIncidents.ts';
import { atLeast, atMost, type Row, type Section } from './report.ts';
import { takeTurns, type Contestant } from './takeTurns.ts';

const COUNT = 200;

/** Wrong values, one of each kind, which replace right ones. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'a value of a list': { data: { severity: 'worst' } },
  'no date-time': { data: { detectedDateTime: 'yesterday' } },
  'a character that no id has': { data: { deviceId: 'a/b' } },
  'a number for a text': { data: { deviceId: 5 } },
  'an object for a text': { data: { title: {} } },
  'four fields at once': {
    data: { deviceId: '', category: 'water', severity: 5, detectedDateTime: 'now' },
  },
  'no time in the envelope': { envelope: { time: undefined } },
  'data that is no object': { envelope: { data: 'none' } },
};

interface Fault {
  readonly envelope?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

function withFault(
  event: Readonly<Record<string, unknown>>,
  { envelope = {}, data = {} }: Fault,
): unknown {
  const changed = { ...event, data: { ...(event['data'] as object), ...data }, ...envelope };
  return JSON.parse(JSON.stringify(changed));
}

/** Verifies the signature of a body of 614 bytes and of 36 KB: this project, and the package of the standard's authors. */
export async function measureSignature(): Promise<Section> {
  const rows: Row[] = [];
  for (const [name, size, limit] of [
    ['614 B', 614, undefined],
    ['36 KB', 36 * 1024, 10],
  ] as const) {
    const secret = randomBytes(32);
    const peer = new Webhook(secret.toString('base64'));
    const at = new Date();
    const text = randomBytes(size).toString('base64').slice(0, size);
    const body = Buffer.from(text);
    const signature = peer.sign('msg_1', at, text);
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    };
    // That package parses the verified body, so it gets a JSON text of the same size.
    const json = Buffer.from(JSON.stringify(text.slice(2)));
    const signedJson = { ...headers, 'webhook-signature': peer.sign('msg_1', at, String(json)) };
    const { own, theirs } = await takeTurns({
      own: repeat(() => {
        const fault = verifyWebhookSignature(
          { id: 'msg_1', timestamp, signature, body },
          [secret],
          at,
        );
        if (fault !== undefined) throw new Error(fault);
      }),
      theirs: repeat(() => void peer.verify(json, signedJson)),
    });
    rows.push(
      {
        what: `verifyWebhookSignature, ${name}`,
        figure: own,
        unit: 'bodies/s',
        ratio: { of: 'standardwebhooks', value: own / theirs },
        ...(limit === undefined ? {} : { claim: atLeast(own / theirs, limit) }),
      },
      { what: `standardwebhooks, ${name}`, figure: theirs, unit: 'bodies/s' },
    );
  }
  return { title: 'Signature of a webhook', rows };
}

/** Validating an event, compared with parsing its JSON. */
export async function measureValidation(): Promise<Section> {
  const texts = createIncidents(COUNT).map((event) => JSON.stringify(event));
  const events = texts.map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
  const wrongs = Object.entries(FAULTS).map(
    ([name, fault]) => [name, events.map((event) => withFault(event, fault))] as const,
  );
  const arrival = { receivedDateTime: new Date().toISOString(), requestId: 'msg_1', index: 0 };
  const envelope = Compile(CloudEventSchema);
  const data = Compile(IncidentDataSchema);
  const expect = (isTrue: boolean): void => {
    if (!isTrue) throw new TypeError('an event is misjudged');
  };
  const { parse, check, accept, ...refused } = await takeTurns<string>({
    parse: repeat((at) => void JSON.parse(texts[at] ?? '')),
    check: repeat((at) => {
      expect(checkShape(envelope, events[at]).ok && checkShape(data, events[at]?.['data']).ok);
    }),
    accept: repeat((at) => expect(fromSepMobileEvent(events[at], arrival).rejections.length === 0)),
    ...Object.fromEntries(
      wrongs.map(([name, wrong]) => [
        name,
        repeat((at) => expect(fromSepMobileEvent(wrong[at], arrival).rejections.length > 0)),
      ]),
    ),
  });
  if (parse === undefined || check === undefined || accept === undefined)
    throw new TypeError('all took their turns');
  const reject = median(Object.values(refused));
  const rows: Row[] = [
    { what: 'JSON.parse', figure: 1e6 / parse, unit: 'µs an event' },
    {
      what: 'checkShape of envelope and data',
      figure: 1e6 / check,
      unit: 'µs an event',
      ratio: { of: 'JSON.parse', value: parse / check },
      claim: atMost(parse / check, 0.5),
    },
    {
      what: 'fromSepMobileEvent: checked, named and turned into a signal',
      figure: 1e6 / accept,
      unit: 'µs an event',
      ratio: { of: 'JSON.parse', value: parse / accept },
    },
    {
      what: 'the same, rejected with the reason: the median of these faults',
      figure: 1e6 / reject,
      unit: 'µs an event',
      ratio: { of: 'accepting', value: accept / reject },
      claim: atMost(accept / reject, 1.5),
    },
    ...Object.entries(refused).map(([name, rate]) => ({
      what: `  ${name}`,
      figure: 1e6 / rate,
      unit: 'µs an event',
      ratio: { of: 'accepting', value: accept / rate },
    })),
  ];
  return { title: 'Validation of an event', rows };
}

function repeat(each: (at: number) => void): Contestant {
  return () => {
    for (let at = 0; at < COUNT; at += 1) each(at);
    return COUNT;
  };
}
