import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** The running processes with their parents, without zombies. */
function processes(): ReadonlyMap<number, number> {
  const found = readdirSync('/proc').flatMap((name): readonly [number, number][] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' ? [] : [[Number(name), Number(parent)]];
    } catch {
      return [];
    }
  });
  return new Map(found);
}

/** The processes that `pid` has started, and their descendants. */
export function descendantsOf(pid: number): readonly number[] {
  const all = [...processes()];
  const below = (parent: number): readonly number[] =>
    all.filter(([, each]) => each === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Resolves when none of them runs any more. */
export async function haveEnded(pids: readonly number[]): Promise<boolean> {
  await eventually(
    () => {
      const running = processes();
      return pids.filter((pid) => running.has(pid));
    },
    (left) => left.length === 0,
  );
  return true;
}
