import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { StackDescription } from '../stack/startStack.ts';
import { defined } from '../../../shared/base/defined.ts';

/** A response of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Empty if the response is not JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** An event of SEP Mobile, without the CloudEvents attributes that all events share. */
export interface SepMobileEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly time?: Date;
  readonly id?: string;
}

type ClientName = keyof StackDescription['clients'];

/** A client of a running system from outside: it uses only HTTP, tokens and signatures. */
export class OuterClient {
  private readonly stack: StackDescription;
  private readonly tokens = new Map<ClientName, Promise<string>>();
  private readonly now: () => Date;

  /** `now` is the clock of the sender of events. */
  constructor(stack: StackDescription, now = (): Date => new Date()) {
    this.stack = stack;
    this.now = now;
  }

  /** The URL of the system. */
  get api(): string {
    return this.stack.api;
  }

  /** Sends events as the SEP Mobile cloud does, signed by an independent implementation of Standard Webhooks. */
  async sendEvents(
    events: readonly SepMobileEvent[],
    secret: string = this.stack.webhookSecret,
  ): Promise<Answer> {
    return this.sendBody(
      JSON.stringify(events.map((each) => toCloudEvent(each, this.now()))),
      secret,
    );
  }

  /** Sends any body to the webhook, signed. */
  async sendBody(body: string, secret: string = this.stack.webhookSecret): Promise<Answer> {
    const id = `msg_${randomUUID()}`;
    const at = this.now();
    return this.request('POST', 'webhooks/sep-mobile', {
      body,
      headers: {
        'content-type': 'application/cloudevents-batch+json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, at, body),
      },
    });
  }

  async enrol(deviceId: string, properties: Readonly<Record<string, unknown>>): Promise<Answer> {
    return this.request('PUT', `deviceManagement/managedDevices/${encodeURIComponent(deviceId)}`, {
      as: 'admin',
      json: properties,
    });
  }

  async compliance(deviceId: string): Promise<Answer> {
    return this.request('GET', `devices/${encodeURIComponent(deviceId)}/compliance`, {
      as: 'caller',
    });
  }

  async decide(device: Readonly<Record<string, string>>, resource: string): Promise<Answer> {
    return this.request('POST', 'accessDecisions', { as: 'caller', json: { device, resource } });
  }

  /** Sends any request to the API, with a token of the client `as`. */
  async request(
    method: string,
    path: string,
    options: {
      readonly as?: ClientName;
      readonly json?: unknown;
      readonly body?: string | Uint8Array<ArrayBuffer>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Answer> {
    const { as, json } = options;
    const body = json === undefined ? options.body : JSON.stringify(json);
    // RFC 8615: well-known paths are below the root.
    const prefix = path.startsWith('.well-known/') ? '' : '/api';
    const response = await fetch(`${this.stack.api}${prefix}/${path}`, {
      method,
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(as === undefined ? {} : { authorization: `Bearer ${await this.token(as)}` }),
        ...options.headers,
      },
      ...defined({ body }),
    });
    const text = await response.text();
    const { status, headers } = response;
    const isJson = text !== '' && /\bjson\b/.test(headers.get('content-type') ?? '');
    return { status, headers, body: isJson ? (JSON.parse(text) as Answer['body']) : {}, text };
  }

  /** Returns a token of the issuer, found by discovery, with client credentials. */
  async token(name: ClientName): Promise<string> {
    const known = this.tokens.get(name) ?? this.fetchToken(name);
    this.tokens.set(name, known);
    known.catch(() => this.tokens.delete(name));
    return known;
  }

  private async fetchToken(name: ClientName): Promise<string> {
    const { issuer, audience, clients } = this.stack;
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    const { token_endpoint: endpoint } = (await discovery.json()) as { token_endpoint: string };
    const response = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clients[name].clientId,
        client_secret: clients[name].clientSecret,
        scope: `${audience}/.default`,
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  }
}

function toCloudEvent({ type, data, time, id = randomUUID() }: SepMobileEvent, now: Date): object {
  return {
    specversion: '1.0',
    id,
    source: 'https://sep-mobile.example/tenants/sample',
    type,
    time: (time ?? now).toISOString(),
    datacontenttype: 'application/json',
    data,
  };
}
