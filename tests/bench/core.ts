import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Compile } from 'typebox/compile';
import { checkShape } from '../../shared/ingest/checkShape.ts';
import {
  CloudEventSchema,
  fromSepMobileEvent,
  IncidentDataSchema,
} from '../../shared/ingest/fromSepMobileEvent.ts';
import { verifyWebhookSignature } from '../../shared/ingest/verifyWebhookSignature.ts';
import { createIncidents } from './events.ts';
import { atLeast, atMost, type Row, type Section } from './report.ts';
import { takeTurns, type Contestant } from './takeTurns.ts';

const COUNT = 200;

/** The signature of a body of 614 bytes and of 36 KB: ours, and the package of the standard's authors. */
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
    // It parses what it has verified: for it the body is a JSON text of that size.
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

/** The check of an event, against the reading of its text. */
export async function measureValidation(): Promise<Section> {
  const texts = createIncidents(COUNT).map((event) => JSON.stringify(event));
  const events = texts.map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
  const wrong = events.map((event) => ({
    ...event,
    data: { ...(event['data'] as object), severity: 'worst' },
  }));
  const arrival = { receivedDateTime: new Date().toISOString(), requestId: 'msg_1', index: 0 };
  const envelope = Compile(CloudEventSchema);
  const data = Compile(IncidentDataSchema);
  const expect = (isTrue: boolean): void => {
    if (!isTrue) throw new TypeError('an event is taken for what it is not');
  };
  const { parse, check, accept, reject } = await takeTurns({
    parse: repeat((at) => void JSON.parse(texts[at] ?? '')),
    check: repeat((at) => {
      expect(checkShape(envelope, events[at]).ok && checkShape(data, events[at]?.['data']).ok);
    }),
    accept: repeat((at) => expect(fromSepMobileEvent(events[at], arrival).ok)),
    reject: repeat((at) => expect(!fromSepMobileEvent(wrong[at], arrival).ok)),
  });
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
      what: 'the same, refused with what is wrong',
      figure: 1e6 / reject,
      unit: 'µs an event',
      ratio: { of: 'accepting', value: accept / reject },
      claim: atMost(accept / reject, 1.5),
    },
  ];
  return { title: 'Validation of an event', rows };
}

function repeat(each: (at: number) => void): Contestant {
  return () => {
    for (let at = 0; at < COUNT; at += 1) each(at);
    return COUNT;
  };
}
