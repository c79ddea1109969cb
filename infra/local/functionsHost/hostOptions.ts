import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of `host.json` that this host applies. */
export interface HostOptions {
  readonly routePrefix: string;
  readonly maxMessageBatchSize: number;
  readonly autoCompleteMessages: boolean;
  readonly maxAutoLockRenewalInMilliseconds: number;
  readonly logLevel: string;
}

interface HostJson {
  readonly version?: string;
  readonly logging?: { readonly logLevel?: Readonly<Record<string, string>> };
  readonly extensions?: {
    readonly http?: { readonly routePrefix?: string };
    readonly serviceBus?: {
      readonly maxMessageBatchSize?: number;
      readonly autoCompleteMessages?: boolean;
      readonly maxAutoLockRenewalDuration?: string;
    };
  };
}

/** Reads `host.json`, with the real host's defaults. @throws TypeError if its version is not 2.0. */
export function readHostOptions(scriptRoot: string): HostOptions {
  const json = JSON.parse(readFileSync(join(scriptRoot, 'host.json'), 'utf8')) as HostJson;
  if (json.version !== '2.0') throw new TypeError('`host.json` must have version `2.0`');
  const { http, serviceBus } = json.extensions ?? {};
  return {
    routePrefix: http?.routePrefix ?? 'api',
    maxMessageBatchSize: serviceBus?.maxMessageBatchSize ?? 1000,
    autoCompleteMessages: serviceBus?.autoCompleteMessages ?? true,
    maxAutoLockRenewalInMilliseconds: fromTimeSpan(
      serviceBus?.maxAutoLockRenewalDuration ?? '00:05:00',
    ),
    logLevel: json.logging?.logLevel?.['default'] ?? 'Warning',
  };
}

/** Converts a .NET time span `hh:mm:ss` to milliseconds. @throws TypeError for any other text. */
export function fromTimeSpan(text: string): number {
  const match = /^(\d{1,2}):([0-5]\d):([0-5]\d)$/.exec(text);
  if (match === null) throw new TypeError(`\`${text}\` must be a time span hh:mm:ss`);
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Replaces each `%NAME%` in `text` with that setting. @throws TypeError naming a missing setting. */
export function resolveSettings(text: string, environment: NodeJS.ProcessEnv): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined) throw new TypeError(`setting \`${name}\` is not set`);
    return value;
  });
}
