import { describe, expect, it } from 'vitest';
import type { MobileThreatDefenseConnector } from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { partnerSilentSince } from '../../../../shared/domain/compliance/partnerState.ts';
import { sampleConfiguration } from '../../../support/sampleConfiguration.ts';
import { NOW } from '../../../support/signals.ts';

describe('a partner that somebody should look at', () => {
  const sample = sampleConfiguration();
  const slackInSeconds = sample.tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
  const since = (
    changes: Partial<MobileThreatDefenseConnector>,
    seconds: number,
  ): string | undefined => {
    if (sample.connector === undefined) throw new TypeError('the sample has no connector');
    const { lastHeartbeatDateTime: _, ...connector } = sample.connector;
    return partnerSilentSince(
      { ...sample, connector: { ...connector, ...changes } },
      addSeconds(NOW, seconds),
    );
  };
  const heard = { lastHeartbeatDateTime: NOW, androidEnabled: true, iosEnabled: true };
  const allowed = 2 * 60 * 60 + slackInSeconds;

  it('is one that was heard, and has not been for two hours', () => {
    expect(since(heard, allowed)).toBeUndefined();
    expect(since(heard, allowed + 1)).toBe(NOW);
    expect(since({ ...heard, androidEnabled: false }, allowed + 1)).toBe(NOW);
  });

  it.each([
    ['is switched off', { androidEnabled: false, iosEnabled: false, lastHeartbeatDateTime: NOW }],
    ['was never heard', { androidEnabled: true, iosEnabled: true }],
  ])('is none that %s', (_, changes) => {
    expect(since(changes, allowed + 1)).toBeUndefined();
  });

  it('is none where there is no connector', () => {
    const { connector: _, ...without } = sample;
    expect(partnerSilentSince(without, addSeconds(NOW, allowed + 1))).toBeUndefined();
  });
});
