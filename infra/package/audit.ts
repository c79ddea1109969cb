import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** What a registry answers that has no such service. */
const NOT_OFFERED: readonly number[] = [404, 405, 501];

/** What `npm audit --json` writes: a report, or what went wrong. */
interface Report {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  readonly statusCode?: number;
  readonly message?: string;
}

interface Vulnerability {
  readonly severity: string;
  /** Advisories, and the names of packages by which others came to it. */
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

/**
 * `npm run audit`: ends with 1 where a package that is deployed has a known vulnerability that is high or critical, with
 * 2 where that could not be found out. A registry that keeps no advisories cannot be asked: that is said, and is no fault.
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
  console.log(
    `audit: ${String(bad.length)} packages with a vulnerability that is high or critical`,
  );
  process.exitCode = bad.length === 0 ? 0 : 1;
} else if (NOT_OFFERED.includes(statusCode)) {
  console.log(`audit: not checked, this registry has no advisories: ${message ?? ''}`);
} else {
  console.error(`audit: could not be done: ${message ?? error?.message ?? stderr}`);
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
    typeof each === 'string' ? `by ${each}` : `${each.title} ${each.url}`,
  );
  return `audit: ${name} (${severity}): ${causes.join(', ')}`;
}
