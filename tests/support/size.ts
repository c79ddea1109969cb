/**
 * The size of the tests in `tests/long`. `npm test` runs the small size, which has every kind of fault. `npm run
 * test:long` sets `TEST_SIZE=full`.
 */
interface Size {
  /** Phones that follow Intune. Graph answers in pages: faults hit the same pages in both sizes. */
  readonly fleet: { readonly phones: number; readonly pageSize: number };
  /** Histories that the simulation plays. */
  readonly histories: number;
  /** Every how many of the faults in the product the simulation has to find. */
  readonly faultStep: number;
  /** The fleet whose stored views follow a changed policy, and their rate. */
  readonly policyChange: { readonly devices: number; readonly devicesPerSecond: number };
  readonly chaos: { readonly events: number; readonly kills: number };
  readonly fuzzedRequests: number;
  readonly outages: { readonly events: number; readonly secondsAnOutage: number };
  /** Near-valid events in this process, and plans of such events over HTTP. */
  readonly nearValid: { readonly events: number; readonly plansOverHttp: number };
  /** Whether each public endpoint has its readers alone, after all of them together. */
  readonly readsEachEndpoint: boolean;
  /** Events that are fetched while the worker is killed and its position expires. */
  readonly sources: {
    readonly events: number;
    readonly kills: number;
    readonly expiries: number;
    readonly cutsInPercent: number;
  };
  readonly publications: {
    readonly devices: number;
    readonly rounds: number;
    /** Of the worker. */
    readonly kills: number;
    /** Of the receiver. */
    readonly restarts: number;
    /** Whether the receiver stops failing when all is sent. */
    readonly endsCalm: boolean;
  };
  /** Whether the successor of a killed worker waits until the leases of its timers end. */
  readonly waitsForLeases: boolean;
  /** Whether the whole system is started where parts of it are enough. */
  readonly startsWholeSystems: boolean;
}

const SMALL: Size = {
  fleet: { phones: 400, pageSize: 10 },
  histories: 60,
  faultStep: 14,
  policyChange: { devices: 300, devicesPerSecond: 150 },
  chaos: { events: 300, kills: 3 },
  fuzzedRequests: 200,
  outages: { events: 200, secondsAnOutage: 1 },
  nearValid: { events: 300, plansOverHttp: 5 },
  readsEachEndpoint: false,
  sources: { events: 1500, kills: 3, expiries: 2, cutsInPercent: 30 },
  publications: { devices: 10, rounds: 4, kills: 1, restarts: 1, endsCalm: true },
  waitsForLeases: false,
  startsWholeSystems: false,
};

const FULL: Size = {
  fleet: { phones: 20_000, pageSize: 500 },
  histories: 2000,
  faultStep: 1,
  policyChange: { devices: 5000, devicesPerSecond: 1000 },
  chaos: { events: 5000, kills: 10 },
  fuzzedRequests: 4000,
  outages: { events: 2000, secondsAnOutage: 20 },
  nearValid: { events: 10_000, plansOverHttp: 40 },
  readsEachEndpoint: true,
  sources: { events: 100_000, kills: 100, expiries: 20, cutsInPercent: 5 },
  publications: { devices: 250, rounds: 20, kills: 6, restarts: 3, endsCalm: false },
  waitsForLeases: true,
  startsWholeSystems: true,
};

export const SIZE = process.env['TEST_SIZE'] === 'full' ? FULL : SMALL;
