import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const files = globSync('{functions,shared,infra}/**/*.ts', { cwd: ROOT });

interface Import {
  readonly file: string;
  /** A path below the root, or the name of a package. */
  readonly target: string;
}

const imports = files.flatMap((file): Import[] => {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return [...source.matchAll(/^(?:import|export)[^;]*?from '([^']+)'|^import '([^']+)'/gm)].map(
    ([, named, bare]) => {
      const target = named ?? bare ?? '';
      const isRelative = target.startsWith('.');
      return {
        file,
        target: isRelative ? relative(ROOT, join(ROOT, dirname(file), target)) : target,
      };
    },
  );
});

const offending = (isWrong: (each: Import) => boolean): string[] =>
  imports.filter(isWrong).map(({ file, target }) => `${file} imports ${target}`);

describe('the house', () => {
  it('has imports to look at', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it('keeps the domain to itself: no I/O, no Azure, no package', () => {
    expect(
      offending(
        ({ file, target }) =>
          file.startsWith('shared/domain/') && !target.startsWith('shared/domain/'),
      ),
    ).toEqual([]);
  });

  it('keeps the clock and the dice out of the domain', () => {
    const reading = files
      .filter((file) => file.startsWith('shared/domain/'))
      .filter((file) =>
        /Date\.now|new Date\(\)|Math\.random|performance\./.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
      );
    expect(reading).toEqual([]);
  });

  it('lets only functions/ know the runtime', () => {
    expect(
      offending(
        ({ file, target }) => target === '@azure/functions' && !file.startsWith('functions/'),
      ),
    ).toEqual([]);
  });

  it('lets only shared/adapters/ know the services, apart from what stands in for them', () => {
    const services = /^@azure\/(cosmos|service-bus|identity|storage-blob)$/;
    expect(
      offending(
        ({ file, target }) =>
          services.test(target) &&
          !file.startsWith('shared/adapters/') &&
          !/^infra\/(cli|deploy|local|ops)\//.test(file),
      ),
    ).toEqual([]);
  });

  it('lets nothing import functions/ or tests/, and nothing of the product import infra/', () => {
    expect(
      offending(
        ({ file, target }) =>
          /^(functions|tests)\//.test(target) ||
          (target.startsWith('infra/') && !file.startsWith('infra/')),
      ),
    ).toEqual([]);
  });

  it('holds one trigger a file, named after its function', () => {
    const misnamed = files
      .filter((file) => file.startsWith('functions/'))
      .filter((file) => {
        const name = basename(file, '.ts');
        const registered = [
          ...readFileSync(join(ROOT, file), 'utf8').matchAll(
            /app\.(?:http|timer|serviceBusQueue)\(\s*'([^']+)'/g,
          ),
        ];
        return registered.length > 1 || registered.some(([, each]) => each !== name);
      });
    expect(misnamed).toEqual([]);
  });

  it('writes to the log of the runtime through what keeps a message on its line', () => {
    const passing = files
      .filter((file) => /^(?:functions|shared)\//.test(file))
      .filter((file) => /\blog: context\b/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(passing).toEqual([]);
  });

  it('reads the environment in one file', () => {
    const reading = files
      .filter((file) => !file.startsWith('infra/'))
      .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('process.env'));
    expect(reading).toEqual(['shared/settings/config.ts']);
  });
});
