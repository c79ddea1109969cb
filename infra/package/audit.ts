import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Answers of a registry without advisories. */
const NOT_OFFERED: readonly number[] = [404, 405, 501];

/** The output of `npm audit --json`: a report or an error. */
interface Report {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  readonly statusCode?: number;
  readonly message?: string;
}

interface Vulnerability {
  readonly severity: string;
  /** Advisories, or names of vulnerable packages that this one depends on. */
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

/**
 * `npm run audit` exits with 1 if a deployed package has a known high or critical vulnerability, and with 2 if the check
 * failed. A registry without advisories is reported, but is not an error.
 */
const { stdout, stderr, error } = spawnSync(
  'npm',
  ['audit', '--omit=dev', '--audit-level=high', '--json'],
  { cwd: resolve(import.meta.dirname, '../..'), encoding: 'utf8' },
);
const { vulnerabilities, statusCode = 0, message } = readReport(stdout);
if (vulnerabilities !== undefined) {
  const bad = Object.entries(vulnerabilities).filter(([, { severity }]) =>
    ['high', 'critical'].includes(severity),
  );
  for (const [name, vulnerability] of bad) console.error(toLine(name, vulnerability));
  console.log(`audit: ${String(bad.length)} packages with a high or critical vulnerability`);
  process.exitCode = bad.length === 0 ? 0 : 1;
} else if (NOT_OFFERED.includes(statusCode)) {
  console.log(`audit: not checked, this registry has no advisories: ${message ?? ''}`);
} else {
  console.error(`audit: failed: ${message ?? error?.message ?? stderr}`);
  process.exitCode = 2;
}

function readReport(text: string): Report {
  try {
    return (JSON.parse(text) as Report | null) ?? {};
  } catch {
    return {};
  }
}

function toLine(name: string, { severity, via }: Vulnerability): string {
  const causes = via.map((each) =>
    typeof each === 'string' ? `through ${each}` : `${each.title} ${each.url}`,
  );
  return `audit: ${name} (${severity}): ${causes.join(', ')}`;
}
