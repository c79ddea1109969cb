import { describe, expect, it } from 'vitest';
import { compareOsVersions } from '../../../../shared/domain/vocabulary/osVersion.ts';

it.each([
  'android '.repeat(2000),
  'i'.repeat(10_000),
  `1${' '.repeat(10_000)}x`,
  `1 (a1${'a'.repeat(10_000)}`,
  `1${' (aaa)'.repeat(2000)}!`,
])('is read in time that grows with its length', (text) => {
  expect(compareOsVersions(text, '1')).toBeUndefined();
});

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
    ['18.1 (22B83)', 'is the same as', '18.1'],
    ['18.1(22B83)', 'is older than', '18.1.1'],
    ['14.4.1 (23E224)', 'is older than', '14.4.2'],
    ['16 (2026-05-01)', 'is the same as', '16'],
    ['Android 16 (2026-05-01)', 'is the same as', '16'],
    ['16 (API 36)', 'is the same as', '16'],
    ['16 (QPR2)', 'is the same as', '16'],
    ['16 QPR2', 'is the same as', '16'],
    ['14 (One UI 6.1)', 'is the same as', '14'],
    ['13 (Tiramisu)', 'is the same as', '13'],
    ['Version 18.1 (Build 22B83)', 'is the same as', '18.1'],
    ['18.1 Build 22B83', 'is the same as', '18.1'],
    ['iPhone OS 18.1', 'is the same as', '18.1'],
    ['iOS Version 18.1', 'is the same as', '18.1'],
    ['12', 'is older than', '12L'],
    ['Android 12L', 'is older than', '13'],
    ['18.1', 'is older than', '18.1 (a) (22B83)'],
    ['18.1 (22B83) (a)', 'is the same as', '18.1 (a)'],
    ['R', 'cannot be compared with', '11'],
    ['L', 'cannot be compared with', '12'],
    ['UpsideDownCake', 'cannot be compared with', '14'],
    ['(22B83)', 'cannot be compared with', '18'],
    ['22B83', 'cannot be compared with', '18'],
    ['2026-05-01', 'cannot be compared with', '16'],
    ['iPhone14,2', 'cannot be compared with', '14'],
    ['iPhone 15', 'cannot be compared with', '15'],
    ['16 (', 'cannot be compared with', '16'],
    ['16 ()', 'cannot be compared with', '16'],
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
