import type { FuzzedRequest, Seen } from './exchange.ts';
import { HEALTHY_DEVICE } from './seeds.ts';

/** Kinds of resource with an id from the server or from us. */
export type Kind =
  | 'stream'
  | 'endpoint'
  | 'quarantined'
  | 'decision'
  | 'ticket'
  | 'compliancePolicy'
  | 'accessPolicy'
  | 'device';

const MAX_ETAGS = 100;

/** How many of a kind are remembered. The oldest is forgotten, and deleted if `below` says where. */
const KINDS: Readonly<Record<Kind, { readonly most: number; readonly below?: string }>> = {
  // A receiver has at most ten.
  stream: { most: 5, below: 'ssf/streams?stream_id=' },
  // Each receives each transition.
  endpoint: { most: 3, below: 'webhookEndpoints/' },
  quarantined: { most: 30 },
  decision: { most: 50 },
  ticket: { most: 50 },
  compliancePolicy: { most: 5, below: 'deviceManagement/deviceCompliancePolicies/' },
  accessPolicy: { most: 5, below: 'identity/conditionalAccess/policies/' },
  // Each is written to Entra repeatedly.
  device: { most: 20, below: 'deviceManagement/managedDevices/' },
};
const MAKERS: Readonly<Record<string, readonly [Kind, string]>> = {
  'ssf/streams': ['stream', 'stream_id'],
  webhookEndpoints: ['endpoint', 'id'],
  'deviceManagement/deviceCompliancePolicies': ['compliancePolicy', 'id'],
  'identity/conditionalAccess/policies': ['accessPolicy', 'id'],
};

/** The existing resources, learnt from the answers. Bounded, however long the run is. */
export class Made {
  private readonly ids = new Map<Kind, string[]>();
  private readonly etags = new Map<string, string>();
  private readonly surplus: string[] = [];

  /** One resource of a kind; `undefined` if none is known. */
  find(kind: Kind, chance: number): string | undefined {
    const known = this.ids.get(kind) ?? [];
    return known[Math.floor(chance * known.length)];
  }

  /** The last ETag of the path. */
  etagOf(path: string): string | undefined {
    return this.etags.get(path);
  }

  /** Paths of surplus resources, each once, for deletion. */
  takeSurplus(): readonly string[] {
    return this.surplus.splice(0);
  }

  learn({ method, path }: FuzzedRequest, { status, headers, body }: Seen): void {
    if (status < 200 || status > 299) return;
    const [own = ''] = path.split('?');
    if (headers.etag !== undefined) this.keepEtag(path, headers.etag);
    if (method === 'DELETE') return this.forget(path);
    const [kind, name] = MAKERS[own] ?? [];
    if (method === 'POST' && kind !== undefined) this.add(kind, member(body, name ?? ''));
    if (method === 'PUT' && status === 201 && own.startsWith(KINDS.device.below ?? ''))
      this.add('device', decodeURIComponent(own.slice(KINDS.device.below?.length)));
    if (own === 'accessDecisions')
      for (const each of Array.isArray(body) ? (body as unknown[]).slice(0, 3) : [body]) {
        this.add('decision', member(each, 'decisionId'));
        this.add('ticket', member(each, 'remediationUrl')?.split('/').at(-1));
      }
    if (own === 'quarantine')
      for (const each of (body as { value?: readonly unknown[] } | undefined)?.value ?? [])
        this.add('quarantined', member(each, 'name'));
  }

  private add(kind: Kind, id: string | undefined): void {
    const known = this.ids.get(kind) ?? [];
    // The healthy device has to stay.
    if (id === undefined || id === HEALTHY_DEVICE || known.includes(id)) return;
    this.ids.set(kind, known);
    known.push(id);
    const { most, below } = KINDS[kind];
    if (known.length <= most) return;
    const oldest = encodeURIComponent(known.shift() ?? '');
    if (below?.includes('olicies') === true) this.surplus.push(`${below}${oldest}?confirm=true`);
    else if (below !== undefined) this.surplus.push(`${below}${oldest}`);
  }

  private forget(path: string): void {
    const deleted = new Set(decodeURIComponent(path).split(/[/?=&]/));
    for (const [kind, known] of this.ids)
      this.ids.set(
        kind,
        known.filter((id) => !deleted.has(id)),
      );
  }

  private keepEtag(path: string, etag: string): void {
    this.etags.delete(path);
    this.etags.set(path, etag);
    const [oldest = ''] = this.etags.keys();
    if (this.etags.size > MAX_ETAGS) this.etags.delete(oldest);
  }
}

function member(value: unknown, name: string): string | undefined {
  const found = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof found === 'string' ? found : undefined;
}
