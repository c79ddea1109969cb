import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventStream } from '../../../../shared/edge/eventStreams/eventStream.ts';
import {
  HeaderSealedError,
  openHeader,
  sealStream,
} from '../../../../shared/edge/eventStreams/sealedHeader.ts';
import { resealStreams } from '../../../../shared/edge/eventStreams/resealStreams.ts';
import type { SsfConfig } from '../../../../shared/settings/readSsf.ts';
import { NOW } from '../../../support/signals.ts';

const createKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const [OLD_KEY, NEW_KEY] = [createKey(), createKey()];
const configWith = (...signingKeys: [KeyObject, ...KeyObject[]]): SsfConfig => ({
  issuer: 'https://mtd.example',
  signingKeys,
});
const HEADER = 'Bearer receiver-secret';

const streamOf = (delivery: EventStream['delivery']): EventStream => ({
  id: 'stream-1',
  kind: 'eventStream',
  ownerId: 'receiver',
  aud: 'receiver',
  events_requested: [],
  delivery,
  status: 'enabled',
  createdDateTime: NOW,
});
const CLEAR = streamOf({
  method: 'urn:ietf:rfc:8935',
  endpoint_url: 'https://receiver.example/',
  authorization_header: HEADER,
});
const SEALED = sealStream(configWith(OLD_KEY), CLEAR);

describe('the header of a push stream', () => {
  it('is sealed, each time differently, and opened again', () => {
    expect(JSON.stringify(SEALED)).not.toContain('receiver-secret');
    expect(SEALED.delivery).not.toHaveProperty('authorization_header');
    expect(SEALED).not.toEqual(sealStream(configWith(OLD_KEY), CLEAR));
    expect(openHeader(configWith(OLD_KEY), SEALED)).toBe(HEADER);
    expect(openHeader(configWith(OLD_KEY), CLEAR)).toBe(HEADER);
  });

  it('stays as it is if it is sealed by the newest key, or there is none', () => {
    const poll = streamOf({ method: 'urn:ietf:rfc:8936' });
    const bare = streamOf({ method: 'urn:ietf:rfc:8935', endpoint_url: 'https://r.example/' });
    for (const stream of [SEALED, poll, bare])
      expect(sealStream(configWith(OLD_KEY), stream)).toBe(stream);
    expect(openHeader(configWith(OLD_KEY), poll)).toBeUndefined();
    expect(openHeader(configWith(OLD_KEY), bare)).toBeUndefined();
  });

  it('is opened by either key during a rotation, and then sealed by the new one', () => {
    for (const config of [configWith(OLD_KEY, NEW_KEY), configWith(NEW_KEY, OLD_KEY)])
      expect(openHeader(config, SEALED)).toBe(HEADER);
    const renewed = sealStream(configWith(NEW_KEY, OLD_KEY), SEALED);
    expect(openHeader(configWith(NEW_KEY), renewed)).toBe(HEADER);
    expect(() => openHeader(configWith(NEW_KEY), SEALED)).toThrow(HeaderSealedError);
    expect(sealStream(configWith(NEW_KEY), SEALED)).toBe(SEALED);
  });

  it('cannot be moved to another stream, or changed', () => {
    expect(() => openHeader(configWith(OLD_KEY), { ...SEALED, id: 'stream-2' })).toThrow(
      HeaderSealedError,
    );
    const { delivery } = SEALED;
    if (!('sealed_header' in delivery)) throw new TypeError('not sealed');
    const value = `${delivery.sealed_header?.value.slice(0, -2) ?? ''}AA`;
    for (const changed of [value, '', 'AAAA'])
      expect(() =>
        openHeader(configWith(OLD_KEY), {
          ...SEALED,
          delivery: {
            ...delivery,
            sealed_header: { key_id: delivery.sealed_header?.key_id ?? '', value: changed },
          },
        }),
      ).toThrow(HeaderSealedError);
  });
});

describe('resealStreams', () => {
  const run = async (ssf: SsfConfig, ...streams: EventStream[]): Promise<EventStream[]> => {
    const saved: EventStream[] = [];
    await resealStreams({
      config: { ssf },
      documents: {
        listKind: () => Promise.resolve(streams.map((document) => ({ document, etag: '1' }))),
        saveDocument: (document: EventStream) => {
          saved.push(document);
          return Promise.resolve({ document, etag: '2' });
        },
      },
      eventStreams: { forget: () => undefined },
    } as never);
    return saved;
  };

  it('seals anew what the old key sealed, while two keys are set', async () => {
    const [saved, ...others] = await run(configWith(NEW_KEY, OLD_KEY), SEALED);
    expect(others).toEqual([]);
    expect(saved && openHeader(configWith(NEW_KEY), saved)).toBe(HEADER);
  });

  it('leaves headers in clear to the next change of their stream, and does nothing with one key', async () => {
    expect(await run(configWith(NEW_KEY, OLD_KEY), CLEAR)).toEqual([]);
    expect(await run(configWith(NEW_KEY), SEALED)).toEqual([]);
  });
});
