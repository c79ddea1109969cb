import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { runProcess } from '../cli/commandLine.ts';
import type { CommandIo } from '../cli/commandIo.ts';

/** Answers of a registry without advisories. */
const NOT_OFFERED: ReadonlySet<number> = new Set([404, 405, 501]);

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

const usage = `usage: npm run audit

Checks the deployed packages for known vulnerabilities.
Exit codes: 0 none is high or critical, or this registry has no advisories; 1 one is; 2 the check failed, or usage error.`;

process.exitCode = await runProcess({ script: 'audit', usage, options: {} }, ({ io }) => audit(io));

/** Returns the exit code. A registry without advisories is reported, but is not an error. */
function audit(io: CommandIo): number {
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
    for (const [name, vulnerability] of bad) io.printError(toLine(name, vulnerability));
    io.print(`audit: ${String(bad.length)} packages with a high or critical vulnerability`);
    return bad.length === 0 ? 0 : 1;
  }
  if (NOT_OFFERED.has(statusCode)) {
    io.print(`audit: not checked, this registry has no advisories: ${message ?? ''}`);
    return 0;
  }
  io.printError(`audit: failed: ${message ?? error?.message ?? stderr}`);
  return 2;
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
