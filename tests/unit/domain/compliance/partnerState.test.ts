import { describe, expect, it } from 'vitest';
import type { MobileThreatDefenseConnector } from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import {
  partnerSilentSince,
  partnerStateOf,
} from '../../../../shared/domain/compliance/partnerState.ts';
import { INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { given, healthyDeviceOn, SAMPLE, stateAndCodes } from '../../../support/given.ts';

describe('partnerStateOf', () => {
  const noPlatform: Partial<MobileThreatDefenseConnector> = {
    androidEnabled: false,
    iosEnabled: false,
  };
  const stateAt = (changes: Partial<MobileThreatDefenseConnector>, now = NOW): string => {
    const { connector } = given({ connector: changes });
    if (connector === undefined) throw new TypeError('no connector');
    return partnerStateOf(connector, now);
  };
  const { lastHeartbeatDateTime: _, ...neverSeen } = SAMPLE.connector ?? {};
  const week = 7 * 24 * 60 * 60;

  it('returns notSetUp if the partner never reported and no platform is enabled', () => {
    expect(
      partnerStateOf({ ...neverSeen, ...noPlatform } as MobileThreatDefenseConnector, NOW),
    ).toBe('notSetUp');
  });

  it('returns available once the partner has reported', () => {
    expect(stateAt(noPlatform)).toBe('available');
  });

  it('returns enabled with one enabled platform, even before the first report', () => {
    expect(stateAt({ androidEnabled: false })).toBe('enabled');
    expect(partnerStateOf(neverSeen as MobileThreatDefenseConnector, NOW)).toBe('enabled');
  });

  it('returns unresponsive one second after the threshold', () => {
    const seen = { lastHeartbeatDateTime: NOW };
    expect(stateAt(seen, addSeconds(NOW, week))).toBe('enabled');
    expect(stateAt(seen, addSeconds(NOW, week + 1))).toBe('unresponsive');
  });
});

describe('the state of the connector', () => {
  const week = 7 * 24 * 60 * 60;

  it.each([
    [true, 'noncompliant', 'partnerUnresponsive'],
    [false, 'compliant', 'compliant'],
  ])('unresponsive, with missing data blocked: %s, makes devices %s', (isBlocked, state, code) => {
    const configuration = given({
      connector: {
        lastHeartbeatDateTime: NOW,
        androidDeviceBlockedOnMissingPartnerData: isBlocked,
      },
    });
    const device = healthyDeviceOn('android');
    expect(stateAndCodes({ device }, configuration, addSeconds(NOW, week))[0]).toBe('compliant');
    const now = addSeconds(NOW, week + 1);
    expect(stateAndCodes({ device }, configuration, now).slice(0, 2)).toEqual([state, code]);
  });

  it.each([
    ['android', { androidEnabled: false }, 'connectorDisabledForPlatform'],
    ['android', { iosEnabled: false }, 'compliant'],
    ['iOS', { iosEnabled: false }, 'connectorDisabledForPlatform'],
    ['iOS', { androidEnabled: false }, 'compliant'],
  ] as const)('on %s with %j: %s', (platform, toggles, code) => {
    const device = healthyDeviceOn(platform);
    expect(stateAndCodes({ device }, given({ connector: toggles }), NOW)).toContain(code);
  });

  it('on a disabled platform keeps known incidents but does not count them', () => {
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
    );
    const configuration = given({
      connector: { androidEnabled: false, androidDeviceBlockedOnMissingPartnerData: false },
    });
    const evaluation = evaluateCompliance({ device }, configuration, NOW);
    expect(evaluation.complianceState).toBe('compliant');
    expect(evaluation.openIncidents).toHaveLength(1);
  });
});

describe('partnerSilentSince', () => {
  const slackInSeconds = SAMPLE.tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
  const since = (
    changes: Partial<MobileThreatDefenseConnector>,
    seconds: number,
  ): string | undefined => {
    if (SAMPLE.connector === undefined) throw new TypeError('the sample has no connector');
    const { lastHeartbeatDateTime: _, ...connector } = SAMPLE.connector;
    return partnerSilentSince(
      { ...SAMPLE, connector: { ...connector, ...changes } },
      addSeconds(NOW, seconds),
    );
  };
  const seen = { lastHeartbeatDateTime: NOW, androidEnabled: true, iosEnabled: true };
  const allowed = 2 * 60 * 60 + slackInSeconds;

  it('returns the last contact once two hours and the slack have passed', () => {
    expect(since(seen, allowed)).toBeUndefined();
    expect(since(seen, allowed + 1)).toBe(NOW);
    expect(since({ ...seen, androidEnabled: false }, allowed + 1)).toBe(NOW);
  });

  it.each([
    ['is disabled', { androidEnabled: false, iosEnabled: false, lastHeartbeatDateTime: NOW }],
    ['never reported', { androidEnabled: true, iosEnabled: true }],
  ])('returns undefined if the partner %s', (_, changes) => {
    expect(since(changes, allowed + 1)).toBeUndefined();
  });

  it('returns undefined without a connector', () => {
    const { connector: _, ...without } = SAMPLE;
    expect(partnerSilentSince(without, addSeconds(NOW, allowed + 1))).toBeUndefined();
  });
});
