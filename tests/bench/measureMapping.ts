import { READERS } from '../../shared/core/eventSources/kinds/readers.ts';
import { VENDOR_FILES, vendorItems } from '../support/vendorEvents.ts';
import { atMost, type Row, type Section } from './report.ts';
import { takeTurns } from './takeTurns.ts';

const ROUNDS = 50;
const LIMIT = 3;

/** Mapping the events of each vendor, compared with parsing their JSON. */
export async function measureMapping(): Promise<Section> {
  const rows: Row[] = [];
  for (const kind of Object.keys(VENDOR_FILES) as (keyof typeof VENDOR_FILES)[])
    rows.push(...(await measureKind(kind)));
  return { title: 'Mapping an event', rows };
}

async function measureKind(kind: keyof typeof VENDOR_FILES): Promise<readonly Row[]> {
  const events = VENDOR_FILES[kind].flatMap((file) => wholeEvents(file));
  const texts = events.map((event) => JSON.stringify(event));
  const context = {
    sourceId: kind,
    arrival: { receivedDateTime: '2026-01-01T12:10:00.000Z', requestId: 'bench', index: 0 },
    overrides: { severity: { low: 'medium' } },
  };
  const reader = READERS[kind];
  let signals = 0;
  const { parse, map } = await takeTurns({
    parse: () => {
      for (let round = 0; round < ROUNDS; round += 1) for (const text of texts) JSON.parse(text);
      return ROUNDS * texts.length;
    },
    map: () => {
      for (let round = 0; round < ROUNDS; round += 1)
        for (const event of events) signals += reader(event, context).signals.length;
      return ROUNDS * texts.length;
    },
  });
  if (signals === 0) throw new TypeError(`the events of ${kind} say nothing`);
  return [
    { what: `JSON.parse, ${kind}`, figure: 1e6 / parse, unit: 'µs an event' },
    {
      what: `mapped to signals, ${kind}`,
      figure: 1e6 / map,
      unit: 'µs an event',
      ratio: { of: 'JSON.parse', value: parse / map },
      claim: atMost(parse / map, LIMIT),
    },
  ];
}

/** A cut event is no typical one. */
function wholeEvents(file: string): readonly unknown[] {
  return vendorItems(file).flatMap((item) => (item.ok && item.isCut !== true ? [item.event] : []));
}
