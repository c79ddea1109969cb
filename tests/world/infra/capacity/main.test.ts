import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';

describe('npm run capacity', () => {
  const run = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((done) => {
      execFile(
        process.execPath,
        [join(PROJECT_ROOT, 'infra/capacity/main.ts'), ...args],
        (error, out, err) => {
          done({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
        },
      );
    });

  it('prints a row per fleet', async () => {
    const { code, out } = await run('--devices', '1e4,1e8', '--heartbeat', '15m');
    expect(code).toBe(0);
    expect(out).toMatch(/^\| 10,000 \|.*\n\| 100,000,000 \|/m);
  });

  it.each([
    ['--devices', 'many', '--devices must be a number of at least 1, not `many`'],
    ['--heartbeat', '15', '--heartbeat must be a time such as 90s, 15m or 2h, not `15`'],
    ['--events-a-request', '0', '--events-a-request must be a number of at least 1, not `0`'],
    ['--speed', '1', 'speed'],
  ])('rejects %s %s and names the allowed values', async (option, value, message) => {
    const { code, err } = await run(option, value);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
