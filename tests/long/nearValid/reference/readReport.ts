import { DEFENCES, type Defence, type Level, type Statement } from './statement.ts';
import {
  isAhead,
  isObject,
  readFlag,
  readMoment,
  readWord,
  saysNothing,
  type Fields,
} from './words.ts';

/** What a telemetry report of one defence says; `isUnreadable` if nobody can tell what else it held. */
interface ReadDefence {
  readonly level: Level;
  readonly isCertain: boolean;
  readonly isUnreadable: boolean;
}

const UNREADABLE: ReadDefence = { level: 0, isCertain: false, isUnreadable: true };

/** What a telemetry report says about its device. */
export function readReport(report: Fields, arrivedAt: number): readonly Statement[] {
  const observed = readMoment(report['observedDateTime']);
  const isDated = observed !== undefined && !isAhead(observed, arrivedAt);
  const at = isDated ? observed : arrivedAt;
  return DEFENCES.flatMap((defence): readonly Statement[] => {
    const value = report[defence];
    if (value === undefined || value === null) return [];
    const { level, isCertain, isUnreadable } = readDefence(defence, value);
    const mark: Statement = { kind: 'unreadable', about: defence, at };
    if (!isDated && level === 0) return isUnreadable ? [mark] : [];
    const isWhole = isDated && isCertain && !isUnreadable;
    // An undated report could replace worse news, so it only adds.
    const said: Statement = {
      kind: 'telemetry',
      defence,
      level,
      isCertain: isWhole,
      isDated: isDated && !isUnreadable,
      at,
    };
    const isNothing = isUnreadable && !isObjectWithLists(value);
    return [...(isNothing ? [] : [said]), ...(isUnreadable || !isDated ? [mark] : [])];
  });
}

function isObjectWithLists(value: unknown): boolean {
  if (!isObject(value)) return false;
  return [value['installed'], value['cves']].every(
    (list) => list === undefined || list === null || Array.isArray(list),
  );
}

function readDefence(defence: Defence, value: unknown): ReadDefence {
  if (!isObject(value)) return UNREADABLE;
  if (defence === 'physical') return readFlags(value, PHYSICAL);
  if (defence === 'network') return readNetwork(value);
  if (defence === 'application') return readList(value['installed'], readApp);
  return both(
    readList(value['cves'], readVulnerability),
    readFlags(value, [['updateAvailable', true, 1]]),
  );
}

/** The flag, its bad value, and how bad that is. */
type Flag = readonly [name: string, bad: boolean, level: Level];

const PHYSICAL: readonly Flag[] = [
  ['jailbrokenOrRooted', true, 3],
  ['passcodeEnabled', false, 2],
  ['storageEncrypted', false, 2],
  ['usbDebugging', true, 2],
  ['unknownSources', true, 2],
  ['developerMode', true, 1],
];
const ON_NETWORK: readonly Flag[] = [
  ['arpSpoofing', true, 3],
  ['rogueAccessPoint', true, 3],
];

function readFlags(report: Fields, flags: readonly Flag[]): ReadDefence {
  let level: Level = 0;
  let isCertain = true;
  for (const [name, bad, of] of flags) {
    const { value, isKnown } = readFlag(report[name], bad);
    if (value === bad) level = worse(level, of);
    isCertain &&= isKnown;
  }
  return { level, isCertain, isUnreadable: false };
}

function readNetwork(report: Fields): ReadDefence {
  const profile = readFlags(report, [['untrustedProfile', true, 3]]);
  const connected = readFlag(report['connected'], true);
  const tls = readWord<Level>(
    report['tlsInterception'],
    { none: 0, decryption: 3, stripping: 3 },
    3,
  );
  // An unknown kind of encryption costs that detail alone.
  const security = readWord<Level>(report['security'], { open: 1, wep: 1, wpa2: 0, wpa3: 0 }, 0);
  const flags = readFlags(report, ON_NETWORK);
  const here = worse(flags.level, worse(tls.value ?? 0, security.value ?? 0));
  return {
    level: worse(profile.level, connected.value === false ? 0 : here),
    isCertain: profile.isCertain && connected.isKnown && tls.isKnown && flags.isCertain,
    isUnreadable: false,
  };
}

function readList(list: unknown, readEntry: (entry: Fields) => ReadDefence): ReadDefence {
  const nothing: ReadDefence = { level: 0, isCertain: true, isUnreadable: false };
  if (list === undefined || list === null) return nothing;
  if (!Array.isArray(list)) return UNREADABLE;
  return (list as unknown[])
    .filter((entry) => entry !== null)
    .map((entry) => (isObject(entry) ? readEntry(entry) : UNREADABLE))
    .reduce(both, nothing);
}

function readApp({ verdict, source }: Fields): ReadDefence {
  const { value, isKnown } = readWord<Level>(
    verdict,
    { clean: 0, unwanted: 1, suspicious: 2, malware: 3 },
    3,
  );
  const origin = readWord<Level>(source, { sideloaded: 2, store: 0, enterprise: 0, unknown: 0 }, 0);
  return { level: value ?? origin.value ?? 0, isCertain: isKnown, isUnreadable: false };
}

/** The bands of CVSS 3.1 section 5. */
function readVulnerability({ cvss }: Fields): ReadDefence {
  const score = typeof cvss === 'string' && !saysNothing(cvss) ? Number(cvss) : cvss;
  if (typeof score !== 'number' || !(score >= 0))
    return { level: 3, isCertain: false, isUnreadable: false };
  const level = score >= 9 ? 3 : score >= 7 ? 2 : score >= 4 ? 1 : 0;
  return { level, isCertain: true, isUnreadable: false };
}

function both(a: ReadDefence, b: ReadDefence): ReadDefence {
  return {
    level: worse(a.level, b.level),
    isCertain: a.isCertain && b.isCertain,
    isUnreadable: a.isUnreadable || b.isUnreadable,
  };
}

function worse(a: Level, b: Level): Level {
  return a > b ? a : b;
}
