import { describe, expect, it } from '@jest/globals';
import { pageAfterSignIn } from './after-sign-in.js';

describe('pageAfterSignIn', () => {
  it.each(['/admin', '/admin/federation', '/account', '/admin/origins/a-b_c'])('leads to %s', (path) => {
    expect(pageAfterSignIn(`?next=${encodeURIComponent(path)}`)).toBe(path);
  });

  it.each([
    '',
    '/',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/admin',
    'javascript:alert(1)',
    '/admin//evil.example/..\\',
    '/admin@evil.example',
    '/administrator',
    '/v1/logout',
  ])('leads to no %j', (path) => {
    expect(pageAfterSignIn(`?next=${encodeURIComponent(path)}`)).toBe('/admin');
  });
});
