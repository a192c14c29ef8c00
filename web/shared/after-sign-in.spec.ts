import { describe, expect, it } from '@jest/globals';
import { pageAfterSignIn } from './after-sign-in.js';

describe('pageAfterSignIn', () => {
  it.each([
    ...['/admin', '/admin/federation', '/account', '/admin/origins/a-b_c'],
    ...['/admin?scope=local&days=90', '/admin/federation?name=a%20b+c'],
  ])('leads to %s', (path) => {
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
    '?next=//evil.example',
    '//evil.example?/admin',
    '/admin?a=b#//evil.example',
    '/admin?a=b\n//evil.example',
    '/admin?to=https://evil.example',
    '/admin?a?b',
    `/admin?${'a'.repeat(501)}`,
  ])('leads to no %j', (path) => {
    expect(pageAfterSignIn(`?next=${encodeURIComponent(path)}`)).toBe('/admin');
  });
});
