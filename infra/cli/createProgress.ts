import type { CommandIo } from './commandIo.ts';

const BAR_LENGTH = 30;

/** A progress bar. Only a terminal shows it. */
export interface Progress {
  show(done: number, total: number): void;
  end(): void;
}

export function createProgress({ redraw }: Pick<CommandIo, 'redraw'>): Progress {
  let isShown = false;
  return {
    show(done, total) {
      if (redraw === undefined) return;
      isShown = true;
      const filled = Math.min(BAR_LENGTH, Math.round((done / Math.max(1, total)) * BAR_LENGTH));
      const bar = '#'.repeat(filled).padEnd(BAR_LENGTH);
      redraw(`\r[${bar}] ${String(done)} of ${String(total)}`);
    },
    end() {
      if (isShown) redraw?.('\n');
    },
  };
}
