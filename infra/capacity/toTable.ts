import type { Capacity, Limit } from './model.ts';

const HEAD = [
  'Devices',
  'Signals/s',
  'RU/s',
  'Partitions',
  'Messaging units',
  'Instances',
  'Database $',
  'Queue $',
  'Functions $',
  'Telemetry $',
  'Rest $',
  '$ a month',
  '$ for 1M devices',
  'First setting to raise, from so many devices',
  'First limit of the platform, from so many devices',
];

/** The table in Markdown, one row for each fleet. */
export function toTable(capacities: readonly Capacity[]): string {
  const rows = capacities.map((each) => {
    const { database, queue, functions, telemetry, rest, total } = each.dollarsAMonth;
    return line([
      ...[each.devices, each.signalsASecond, each.requestUnitsASecond, each.partitions].map(whole),
      ...[each.messagingUnits, each.instances, database, queue, functions].map(whole),
      ...[telemetry, rest, total, (total * 1e6) / each.devices].map(whole),
      toText(each.firstSetting),
      toText(each.firstLimit),
    ]);
  });
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function toText({ what, devices }: Limit): string {
  return `${what}: ${devices.toLocaleString('en-US', { maximumSignificantDigits: 2 })}`;
}

function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
