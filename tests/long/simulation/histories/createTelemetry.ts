import type { Chance } from './chance.ts';
import { toOddGuid } from './oddGuid.ts';
import { ABSENT, NO_TIMES, ODD_TEXTS, toOddTime, UNKNOWN_WORDS } from './oddValues.ts';
import {
  DEFENCES,
  type Defence,
  type DefenceReport,
  type EventOf,
  type Finding,
} from './simulatedEvent.ts';

/** A part of a defence's report: what is written, and what it means. */
interface Row {
  readonly written: Readonly<Record<string, unknown>>;
  readonly findings?: readonly Finding[];
  readonly isDoubtful?: true;
  /** An entry of it cannot be read. */
  readonly isUnreadable?: true;
}

const HIGH: Finding = { level: 'high' };
const MEDIUM: Finding = { level: 'medium' };
const LOW: Finding = { level: 'low' };
const ROOTED: Finding = { level: 'high', isForAdministrator: true };

/** Values in place of a flag that are neither true nor false. */
const NO_FLAGS: readonly unknown[] = ['perhaps', 'x'.repeat(5000), 7, [], {}, [true]];
const TRUE: readonly unknown[] = [true, 'true', 'Yes', 1, '1', 'on'];
const FALSE: readonly unknown[] = [false, 'false', 'No', 0, '0', 'off'];
/** Values in place of a list or an object. */
const NO_OBJECTS: readonly unknown[] = ['clean', 7, true];
const MANY = 2000;

/** `name` is a threat if it is true. */
const flag =
  (name: string, finding: Finding): ((chance: Chance) => Row) =>
  ({ random, pick }) => {
    const dice = random();
    if (dice < 0.35) return { written: { [name]: pick(TRUE) }, findings: [finding] };
    if (dice < 0.6)
      return { written: { [name]: pick(NO_FLAGS) }, findings: [finding], isDoubtful: true };
    return { written: { [name]: pick([...FALSE, ...ABSENT]) } };
  };

/** One row for each part that can be wrong. The levels are those of the catalogue of threats. */
const PARTS: Readonly<Record<Defence, readonly ((chance: Chance) => Row)[]>> = {
  physical: [
    flag('jailbrokenOrRooted', ROOTED),
    flag('usbDebugging', MEDIUM),
    flag('developerMode', LOW),
    ({ random, pick }) =>
      random() < 0.5
        ? { written: { passcodeEnabled: pick(FALSE) }, findings: [MEDIUM] }
        : { written: { passcodeEnabled: pick([...TRUE, ...ABSENT]) } },
  ],
  network: [
    flag('arpSpoofing', HIGH),
    ({ random, pick }) =>
      random() < 0.5
        ? { written: { security: 'open' }, findings: [LOW] }
        : // Only this detail is lost: it is no measure of a threat.
          { written: { security: pick(['wpa3', 'WPA2', ...ABSENT, ...UNKNOWN_WORDS]) } },
    ({ random, pick }) =>
      random() < 0.5
        ? {
            written: { tlsInterception: pick(UNKNOWN_WORDS) },
            findings: [HIGH],
            isDoubtful: true,
          }
        : { written: { tlsInterception: pick(['none', 'NONE', ...ABSENT]) } },
    ({ pick }) => ({ written: { ssid: pick(ODD_TEXTS) } }),
  ],
  application: [createApps],
  vulnerability: [flag('updateAvailable', LOW), createCves],
};

function createApps(chance: Chance): Row {
  const { random, pick, whole, happens } = chance;
  if (random() < 0.1) return { written: { installed: pick(ABSENT.filter((each) => each !== '')) } };
  // Now and then the bad entry is one among thousands.
  const others = Array.from({ length: happens(0.02) ? MANY : whole(3) }, (_, at) => ({
    bundleId: `com.good.${String(at)}`,
    verdict: 'clean',
  }));
  const entry = createApp(chance);
  const place = whole(others.length + 1);
  return { ...entry, written: { installed: others.toSpliced(place, 0, entry.written as never) } };
}

function createApp({ random, pick }: Chance): Omit<Row, 'written'> & { readonly written: unknown } {
  const bundleId = pick(['com.app', ...ODD_TEXTS]);
  const dice = random();
  if (dice < 0.2) return { written: { bundleId, verdict: 'malware' }, findings: [HIGH] };
  if (dice < 0.3) return { written: { bundleId, verdict: ' Suspicious' }, findings: [MEDIUM] };
  if (dice < 0.4) return { written: { bundleId, source: 'sideloaded' }, findings: [MEDIUM] };
  if (dice < 0.6)
    return {
      written: { bundleId, verdict: pick(UNKNOWN_WORDS) },
      findings: [HIGH],
      isDoubtful: true,
    };
  if (dice < 0.75)
    return { written: pick([...NO_OBJECTS, []]), isDoubtful: true, isUnreadable: true };
  return { written: pick([null, { bundleId, verdict: 'clean' }, { bundleId, verdict: null }]) };
}

function createCves({ random, pick }: Chance): Row {
  const id = pick(['CVE-2026-1', ...ODD_TEXTS]);
  const one = (cvss: unknown): Row['written'] => ({ cves: [{ id, cvss }] });
  const dice = random();
  if (dice < 0.2) return { written: one(pick([9.8, '9.8', 10, 11, 1e308])), findings: [HIGH] };
  if (dice < 0.3) return { written: one(pick([7, '8.9'])), findings: [MEDIUM] };
  if (dice < 0.4) return { written: one(4), findings: [LOW] };
  if (dice < 0.6)
    return {
      // A score that is missing cannot be read either.
      written: one(pick(['critical', '9,8', -1, true, [], {}, undefined, null])),
      findings: [HIGH],
      isDoubtful: true,
    };
  if (dice < 0.75)
    return { written: { cves: [pick(NO_OBJECTS)] }, isDoubtful: true, isUnreadable: true };
  return { written: pick([one(0), { cves: [] }, { cves: null }]) };
}

type SaidTelemetry = Pick<
  EventOf<'telemetry'>,
  'type' | 'wire' | 'reports' | 'unreadable' | 'isUndated'
>;

/** A telemetry report about some of the defences, as a sender of another version may write it. */
export function createTelemetry(
  {
    deviceId,
    observed,
    mayBeUndated,
  }: {
    readonly deviceId: string;
    readonly observed: number;
    readonly mayBeUndated: boolean;
  },
  chance: Chance,
): SaidTelemetry {
  const { pick, happens, whole } = chance;
  const reports: Partial<Record<Defence, DefenceReport>> = {};
  const unreadable: Defence[] = [];
  const written: Record<string, unknown> = {};
  for (const defence of DEFENCES) {
    if (happens(0.5)) continue;
    if (happens(0.1)) {
      written[defence] = pick([...NO_OBJECTS, [], '']);
      unreadable.push(defence);
      continue;
    }
    const rows = PARTS[defence]
      .filter(() => happens(0.5))
      .slice(0, 1 + whole(2))
      .map((create) => create(chance));
    written[defence] = Object.assign({}, ...rows.map((row) => row.written));
    const isDoubtful = rows.some((row) => row.isDoubtful === true);
    reports[defence] = { findings: rows.flatMap(({ findings = [] }) => findings), isDoubtful };
    if (rows.some((row) => row.isUnreadable === true)) unreadable.push(defence);
  }
  const isUndated = mayBeUndated && happens(0.4);
  const time = isUndated ? pick(NO_TIMES) : toTime(observed, chance);
  return {
    type: 'telemetry',
    wire: { deviceId: toOddGuid(deviceId, chance), observedDateTime: time, ...written },
    reports,
    unreadable,
    ...(isUndated ? { isUndated } : {}),
  };
}

function toTime(observed: number, { happens, pick }: Chance): string {
  return happens(0.3) ? pick(toOddTime)(observed) : new Date(observed).toISOString();
}
