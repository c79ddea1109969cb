import {
  CONNECTOR_DEFAULTS,
  GRAPH_CONNECTOR_DEFAULTS,
  TENANT_SETTINGS_DEFAULTS,
} from '../../shared/core/configuration/configurationDefaults.ts';
import {
  ConnectorSchema,
  TenantSettingsSchema,
} from '../../shared/core/schemas/configurationSchemas.ts';
import { toTable, type GeneratedPart } from './generatedPart.ts';

const FILE = 'shared/settings/README.md';

interface SettingSchema {
  readonly type?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

function allowedBy({ type, format, minimum, maximum }: SettingSchema): string {
  if (type === 'boolean') return '`true`, `false`';
  if (format === 'os-version') return 'a version';
  return maximum === undefined
    ? `${String(minimum)} or more`
    : `${String(minimum)} to ${String(maximum)}`;
}

function toSettings(
  properties: Readonly<Record<string, SettingSchema>>,
  defaults: Readonly<Record<string, string | number | boolean>>,
): string {
  const rows = Object.entries(defaults).map(([name, value]) => [
    `\`${name}\``,
    `\`${String(value)}\``,
    allowedBy(properties[name] ?? {}),
  ]);
  return toTable(['Property', 'Default', 'Allowed'], rows);
}

/** The settings that an administrator changes by the API, in the README of the settings. */
export const SETTINGS_PARTS: readonly GeneratedPart[] = [
  {
    file: FILE,
    name: 'tenantSettings',
    toText: () => toSettings(TenantSettingsSchema.properties, TENANT_SETTINGS_DEFAULTS),
  },
  {
    file: FILE,
    name: 'connector',
    toText: () =>
      toSettings(ConnectorSchema.properties, {
        ...CONNECTOR_DEFAULTS,
        ...GRAPH_CONNECTOR_DEFAULTS,
      }),
  },
];
