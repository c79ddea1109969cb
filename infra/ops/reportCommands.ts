import { UsageError } from '../cli/command.ts';
import { toList, toResult, type OpsCommands } from './opsCommand.ts';

interface Fault {
  readonly id: string;
  readonly state: string;
  readonly meaning?: string;
  readonly heldDateTime?: string;
  readonly newlyBlockedDeviceCount?: number;
}

const PATH = 'deviceManagement/reportFaults';

/** Reports of SEP Mobile that the connector cannot read, or reads only in part. */
export const REPORT_COMMANDS: OpsCommands = {
  'report-faults list': {
    run: async ({ target }) =>
      toList(
        (await target.list(PATH)) as readonly Fault[],
        ({ id, state, meaning, heldDateTime, newlyBlockedDeviceCount = 0 }) =>
          `${id}  ${state}${heldDateTime === undefined ? '' : ` since ${heldDateTime}`}${
            meaning === undefined ? '' : ` as ${meaning}`
          }  newly blocks ${String(newlyBlockedDeviceCount)} devices`,
      ),
  },
  'report-faults resolve': {
    options: ['as', 'yes'],
    checkArgument(id, { as }) {
      requireFault(id);
      if (as === undefined)
        throw new UsageError('--as is missing: give `worst`, `nothing`, or a word of the field');
    },
    async run({ target, argument: id, options: { as, yes } }) {
      const query = yes ? '?confirm=true' : '';
      const path = `${PATH}/${encodeURIComponent(id)}${query}`;
      return toResult(await target.request('PATCH', path, { meaning: as }));
    },
  },
  'report-faults forget': {
    options: ['yes'],
    checkArgument: requireFault,
    async run({ target, argument: id, options: { yes } }) {
      const query = yes ? '?confirm=true' : '';
      await target.request('DELETE', `${PATH}/${encodeURIComponent(id)}${query}`);
      return { value: { id }, lines: [`forgotten: ${id}`] };
    },
  },
  'reports clear': {
    options: ['device'],
    checkArgument(_, { device }) {
      if (device === undefined) throw new UsageError('--device ID is missing');
    },
    async run({ target, options: { device = '' } }) {
      const path = `deviceManagement/managedDevices/${encodeURIComponent(device)}/clearUnreadableReports`;
      return toResult(await target.request('POST', path));
    },
  },
};

function requireFault(id: string): void {
  if (id === '') throw new UsageError('the fault is missing: give one from `report-faults list`');
}
