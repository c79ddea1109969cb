import type { Capacity } from './model.ts';

const HEAD = [
  'Devices',
  'Signals/s',
  'RU/s',
  'Partitions',
  'Service Bus',
  'Instances',
  'Database $',
  'Queue $',
  'Functions $',
  '$ a month',
  '$ a month for 1M devices',
  'First limit, from about so many devices',
];

/** The table, as Markdown. */
export function toTable(capacities: readonly Capacity[]): string {
  const rows = capacities.map((each) => {
    const { database, queue, functions, total } = each.dollarsAMonth;
    return line([
      whole(each.devices),
      whole(each.signalsASecond),
      whole(each.requestUnitsASecond),
      whole(each.partitions),
      each.tier === 'standard' ? 'standard' : `premium, ${String(each.messagingUnits)} MU`,
      whole(each.instances),
      whole(database),
      whole(queue),
      whole(functions),
      whole(total),
      whole((total * 1e6) / each.devices),
      `${each.firstLimit.what}: ${rough(each.firstLimit.devices)}`,
    ]);
  });
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function rough(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 2 });
}
