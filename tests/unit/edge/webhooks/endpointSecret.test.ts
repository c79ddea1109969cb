import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import {
  newestKey,
  OVERLAP_IN_SECONDS,
  signingSecrets,
  toSecretText,
  withNextSecret,
} from '../../../../shared/edge/webhooks/endpointSecret.ts';
import type { WebhooksConfig } from '../../../../shared/settings/readWebhooks.ts';
import type { WebhookEndpoint } from '../../../../shared/edge/webhooks/webhookEndpoint.ts';
import { NOW } from '../../../support/signals.ts';

const [OLD_KEY, NEW_KEY] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const configWith = (...masterKeys: [Buffer, ...Buffer[]]): WebhooksConfig => ({
  origin: 'https://mtd.example',
  masterKeys,
});
const CONFIG = configWith(OLD_KEY);

const FIRST: WebhookEndpoint = {
  id: 'endpoint-1',
  kind: 'webhookEndpoint',
  url: 'https://receiver.example/',
  displayName: 'receiver',
  eventTypes: ['mtd.device.changed'],
  status: 'enabled',
  createdDateTime: NOW,
  lastModifiedDateTime: NOW,
  ...newestKey(CONFIG, 1),
  previous: [],
};

const textsAt = (endpoint: WebhookEndpoint, at: string, config = CONFIG): readonly string[] =>
  signingSecrets(config, endpoint, at).map((secret) => `whsec_${secret.toString('base64')}`);

describe('the secret of an endpoint', () => {
  it('is unique and derived the same way each time', () => {
    expect(textsAt(FIRST, NOW)).toEqual([toSecretText(CONFIG, FIRST)]);
    expect(toSecretText(CONFIG, { ...FIRST, id: 'endpoint-2' })).not.toBe(
      toSecretText(CONFIG, FIRST),
    );
  });

  it('signs for another day after a rotation, however often it is rotated', () => {
    const second = withNextSecret(CONFIG, FIRST, NOW);
    const hourLater = addSeconds(NOW, 3600);
    const third = withNextSecret(CONFIG, second, hourLater);
    const [a, b, c] = [FIRST, second, third].map((each) => toSecretText(CONFIG, each));
    expect(textsAt(third, hourLater)).toEqual([c, b, a]);
    expect(textsAt(third, addSeconds(NOW, OVERLAP_IN_SECONDS))).toEqual([c, b]);
    expect(textsAt(third, addSeconds(hourLater, OVERLAP_IN_SECONDS))).toEqual([c]);
  });

  it('cannot be rotated more often than a delivery can carry signatures, until one expires', () => {
    let endpoint = FIRST;
    for (let each = 0; each < 4; each += 1) endpoint = withNextSecret(CONFIG, endpoint, NOW);
    expect(() => withNextSecret(CONFIG, endpoint, NOW)).toThrow(/4 times in a day/);
    const nextDay = addSeconds(NOW, OVERLAP_IN_SECONDS);
    expect(withNextSecret(CONFIG, endpoint, nextDay).previous).toHaveLength(1);
  });

  it('stays valid with a new master key until its own master key is removed', () => {
    const text = toSecretText(CONFIG, FIRST);
    expect(textsAt(FIRST, NOW, configWith(NEW_KEY, OLD_KEY))).toEqual([text]);
    expect(textsAt(FIRST, NOW, configWith(NEW_KEY))).toEqual([]);
  });
});
