import { describe, expect, it } from 'vitest';
import { compareOsVersions } from '../../../../shared/domain/vocabulary/osVersion.ts';

describe('compareOsVersions', () => {
  it.each([
    ['4.1', 'is older than', '4.10'],
    ['4.2', 'is older than', '4.10'],
    ['9', 'is older than', '10'],
    ['16', 'is the same as', '16.0'],
    ['16.0', 'is the same as', '16.0.0'],
    ['16.0.1', 'is older than', '16.0.1 (a)'],
    ['16.0.1 (a)', 'is older than', '16.0.1 (b)'],
    ['16.0.1 (a)', 'is older than', '16.0.2'],
    ['16.0.1(a)', 'is the same as', '16.0.1 (A)'],
    ['Android 14', 'is the same as', '14'],
    ['iOS 18.1', 'is older than', '18.1.1'],
    ['iPadOS 18.1', 'is the same as', 'iOS 18.1'],
    ['08', 'is the same as', '8'],
    ['1.0.0.0.1', 'is older than', '1.0.0.0.2'],
    ['', 'cannot be compared with', '1'],
    ['1.', 'cannot be compared with', '1'],
    ['1..2', 'cannot be compared with', '1'],
    ['-1', 'cannot be compared with', '1'],
    ['1e3', 'cannot be compared with', '1'],
    ['16.0.1 (ab)', 'cannot be compared with', '16'],
    ['1.2.3.4.5.6.7', 'cannot be compared with', '1'],
    ['99999999999', 'cannot be compared with', '1'],
    ['Tiramisu', 'cannot be compared with', '13'],
  ])('%s %s %s', (a, relation, b) => {
    const words = (order: number | undefined): string => {
      if (order === undefined) return 'cannot be compared with';
      return order === 0 ? 'is the same as' : order < 0 ? 'is older than' : 'is newer than';
    };
    expect(words(compareOsVersions(a, b))).toBe(relation);
    const reversed = relation.replace('older', 'newer');
    expect(words(compareOsVersions(b, a))).toBe(reversed);
  });
});
