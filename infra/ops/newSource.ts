import { defined } from '../../shared/base/defined.ts';
import { isPulledKind, type EventSourceKind } from '../../shared/domain/vocabulary/eventSource.ts';
import { UsageError } from '../cli/command.ts';
import { readCount } from '../cli/readCount.ts';
import type { OpsOptions } from './opsCommand.ts';
import { readKind } from './sourcePaths.ts';

/** Most senders can set a header of their own. */
const DEFAULT_HEADER = 'x-api-key';

/** A source as the API takes it. */
export interface NewSource {
  readonly id: string;
  readonly kind: EventSourceKind;
  readonly displayName: string;
  readonly isEnabled: true;
  readonly requiredPlatforms?: readonly string[];
  readonly silenceWindowInSeconds?: number;
  readonly detectionLifetimeInHours?: number;
  readonly authentication?: { readonly headerName?: string; readonly queryName?: string };
  readonly connection?: Readonly<Record<string, string>>;
}

/** The source that the options describe. @throws UsageError for an option that does not fit the kind. */
export function toNewSource(id: string, options: OpsOptions): NewSource {
  const kind = readKind(options.kind);
  const { required, lifetime, 'silence-window': window } = options;
  return {
    id,
    kind,
    displayName: options.name ?? id,
    isEnabled: true,
    ...defined({
      requiredPlatforms: required?.split(','),
      silenceWindowInSeconds:
        window === undefined ? undefined : readCount('silence-window', window, 1),
      detectionLifetimeInHours:
        lifetime === undefined ? undefined : readCount('lifetime', lifetime, 1),
      authentication: toAuthentication(kind, options),
      connection: toConnection(kind, options),
    }),
  };
}

function toAuthentication(
  kind: EventSourceKind,
  { header, query }: OpsOptions,
): NewSource['authentication'] {
  const isGiven = header !== undefined || query !== undefined;
  if (isPulledKind(kind) || kind === 'cloudEvents') {
    if (isGiven) throw new UsageError(`--header and --query are not for the kind ${kind}`);
    return undefined;
  }
  if (header !== undefined && query !== undefined)
    throw new UsageError('give --header or --query, not both');
  return query === undefined ? { headerName: header ?? DEFAULT_HEADER } : { queryName: query };
}

/** The options of the kinds that are fetched, by the name of the property. */
const CONNECTION_OPTIONS = {
  sesEventExport: { endpoint: 'endpoint', stream: 'streamId', channel: 'channelId' },
  sesBlob: { container: 'containerUrl', prefix: 'prefix' },
} as const;
const REQUIRED_OPTIONS: ReadonlySet<string> = new Set(['stream', 'channel', 'container']);

function toConnection(kind: EventSourceKind, options: OpsOptions): NewSource['connection'] {
  const own: Readonly<Record<string, string>> = isPulledKind(kind) ? CONNECTION_OPTIONS[kind] : {};
  for (const option of ['endpoint', 'stream', 'channel', 'container', 'prefix'] as const) {
    if (options[option] !== undefined && !Object.hasOwn(own, option))
      throw new UsageError(`--${option} is not for the kind ${kind}`);
    if (options[option] === undefined && Object.hasOwn(own, option) && REQUIRED_OPTIONS.has(option))
      throw new UsageError(`the kind ${kind} needs --${option}`);
  }
  const given = Object.entries(own).flatMap(([option, property]) => {
    const value = options[option as keyof OpsOptions];
    return typeof value === 'string' ? [[property, value] as const] : [];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
