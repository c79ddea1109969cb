import { USUAL_LOAD } from '../capacity/load.ts';
import { toCapacity, type Capacity, type Limit } from '../capacity/model.ts';
import { toTable, type GeneratedPart } from './generatedPart.ts';

const FLEETS = [1e4, 1e5, 1e6, 1e7, 1e8];

const whole = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 0 });

function toNeeds(capacities: readonly Capacity[]): string {
  return toTable(
    ['Devices', 'Signals/s', 'RU/s', 'Partitions', 'Messaging units', 'Instances'],
    capacities.map((each) =>
      [
        each.devices,
        each.signalsASecond,
        each.requestUnitsASecond,
        each.partitions,
        each.messagingUnits,
        each.instances,
      ].map(whole),
    ),
  );
}

function toPrices(capacities: readonly Capacity[]): string {
  return toTable(
    ['Devices', 'Database', 'Queue', 'Functions', 'Telemetry', 'Rest', 'Total', 'For 1M devices'],
    capacities.map(({ devices, dollarsAMonth }) => {
      const { database, queue, functions, telemetry, rest, total } = dollarsAMonth;
      const each = (total * 1e6) / devices;
      return [devices, database, queue, functions, telemetry, rest, total, each].map(whole);
    }),
  );
}

function toLimit(name: string, { what, devices }: Limit): string {
  const count = devices.toLocaleString('en-US', { maximumSignificantDigits: 2 });
  return `- ${name}: ${what}, from ${count} devices.`;
}

/** Limits depend on the load of one device, not on the number of devices. */
function toLimits([first]: readonly Capacity[]): string {
  if (first === undefined) return '';
  return [
    toLimit('First setting to raise', first.firstSetting),
    toLimit('First limit of the platform', first.firstLimit),
  ].join('\n');
}

/** The needs and costs of fleets of several sizes, in the README of the capacity model. */
export const CAPACITY_PART: GeneratedPart = {
  file: 'infra/capacity/README.md',
  name: 'capacity',
  toText: () => {
    const capacities = FLEETS.map((devices) => toCapacity({ ...USUAL_LOAD, devices }));
    return [
      'What the fleet needs:',
      toNeeds(capacities),
      'What it costs, in dollars a month:',
      toPrices(capacities),
      toLimits(capacities),
    ].join('\n\n');
  },
};
