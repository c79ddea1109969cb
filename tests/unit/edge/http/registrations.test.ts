import { globSync, readFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../../../functions');

/** The methods of each registered HTTP trigger, by file. */
const registered = globSync('**/*.ts', { cwd: ROOT })
  .map((file): readonly [string, readonly string[]] => {
    const source = readFileSync(resolve(ROOT, file), 'utf8');
    const [, list = ''] = /app\.http\([\s\S]*?methods: \[([^\]]*)\]/.exec(source) ?? [];
    return [file, [...list.matchAll(/'([A-Z-]+)'/g)].map(([, method = '']) => method)];
  })
  .filter(([, methods]) => methods.length > 0);

describe('a registration of an HTTP trigger', () => {
  it('is found in more than 50 files', () => {
    expect(registered.length).toBeGreaterThan(50);
  });

  it.each(registered)('names HEAD if it names GET: %s', (_, methods) => {
    expect(methods.includes('HEAD')).toBe(methods.includes('GET'));
  });

  it('of Envoy names every method that Node.js can pass on', () => {
    const [, methods = []] = registered.find(([file]) => file.endsWith('authorizeEnvoy.ts')) ?? [];
    const isPassedOn = (method: string): boolean => {
      try {
        return new Request('http://mtd.example', { method }).method === method;
      } catch {
        return false;
      }
    };
    expect(methods.toSorted()).toEqual(METHODS.filter(isPassedOn).toSorted());
    expect(METHODS.filter((method) => !isPassedOn(method))).toEqual(['CONNECT', 'TRACE']);
  });
});
