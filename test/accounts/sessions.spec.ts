import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AccountsApp,
  ADMIN_KEY,
  type Browser,
  PASSWORD,
  problem,
  startAccountsApp,
} from './accounts-app.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NEW_PASSWORD = 'a quite different sentence';

let node: AccountsApp;
beforeEach(async () => {
  node = await startAccountsApp();
  await node.addAccount('anna');
});
afterEach(() => node.app.close());

const isSignedIn = async (browser: Browser) => (await browser.send('GET', '/probe/read')).status === 200;

async function signedIn(name = 'anna', address?: string): Promise<Browser> {
  const browser = node.browser(address);
  expect((await browser.signIn(name)).status).toBe(200);
  return browser;
}

describe('a session', () => {
  it('ends when it was not used for a day, and after two weeks in any case', async () => {
    const [idle, busy] = [await signedIn(), await signedIn()];
    node.clock.advance(DAY_MS - 1);
    expect(await isSignedIn(busy)).toBe(true);
    node.clock.advance(1);
    expect(await isSignedIn(idle)).toBe(false);
    for (let days = 1; days < 14; days++) {
      expect(await isSignedIn(busy)).toBe(true);
      node.clock.advance(DAY_MS - HOUR_MS);
    }
    expect(await isSignedIn(busy)).toBe(true);
    node.clock.advance(13 * HOUR_MS);
    expect(await isSignedIn(busy)).toBe(false);
  });

  it('is listed with its browser and network, and ended one by one or all others at once', async () => {
    const [here, there] = [await signedIn(), await signedIn('anna', '203.0.113.77')];
    const third = await signedIn();
    const { body } = await here.send('GET', '/v1/account');
    const sessions = body.sessions as { id: string; current: boolean; network: string; device: string }[];
    expect(sessions).toHaveLength(3);
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    const other = sessions.find(({ network }) => network === '203.0.113.0/24');
    expect(other?.device).toBe('Firefox on Linux');
    expect((await here.send('DELETE', `/v1/account/sessions/${other?.id}`)).status).toBe(200);
    expect(await isSignedIn(there)).toBe(false);
    await here.send('DELETE', '/v1/account/sessions');
    expect([await isSignedIn(here), await isSignedIn(third)]).toEqual([true, false]);
  });

  it("can't be ended by another account", async () => {
    await node.addAccount('vera', 'viewer');
    const [anna, vera] = [await signedIn(), await signedIn('vera')];
    const [session] = (await anna.send('GET', '/v1/account')).body.sessions as { id: string }[];
    expect((await vera.send('DELETE', `/v1/account/sessions/${session?.id}`)).status).toBe(404);
    expect(await isSignedIn(anna)).toBe(true);
  });

  it('ends by signing out, and its cookie goes', async () => {
    const browser = await signedIn();
    const kept = browser.sessionCookie ?? '';
    const { setCookies } = await browser.send('POST', '/v1/logout', {});
    expect(setCookies).toEqual(['headcount_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict']);
    browser.cookies.set('headcount_session', kept);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('ends with its account and with a change of the role', async () => {
    await node.addAccount('vera', 'viewer');
    await node.addAccount('wim', 'administrator');
    const [vera, wim] = [await signedIn('vera'), await signedIn('wim')];
    await node.accounts.remove('vera', 'test');
    await node.accounts.setRole('WIM', 'viewer', 'test');
    expect([await isSignedIn(vera), await isSignedIn(wim)]).toEqual([false, false]);
  });

  it('is no more than twenty for an account', async () => {
    const first = await signedIn();
    for (let i = 0; i < 20; i++) {
      node.clock.advance(1);
      await signedIn();
    }
    expect(await isSignedIn(first)).toBe(false);
    expect(await node.records.sessions.listOf((await node.accounts.list())[0]!.id)).toHaveLength(20);
  }, 20_000);

  it('is nothing where a wrong key is presented', async () => {
    const browser = await signedIn();
    const answer = await browser.send('GET', '/probe/read', undefined, { authorization: 'Bearer wrong' });
    expect([answer.status, answer.body.type]).toEqual([401, problem('key-unknown')]);
    const withKey = await browser.send(
      'POST',
      '/probe/admin',
      {},
      {
        ...{ authorization: `Bearer ${ADMIN_KEY}`, 'x-headcount-proof': undefined },
      },
    );
    expect(withKey.status).toBe(201);
  });
});

describe('behind HTTPS', () => {
  it('has cookies that only this host over HTTPS can set', async () => {
    await node.app.close();
    node = await startAccountsApp({ publicUrl: 'https://count.example', trustProxy: ['10.0.0.1'] });
    await node.addAccount('anna');
    const page = { host: 'count.example', origin: 'https://count.example' };
    const browser = node.browser('10.0.0.1');
    const signIn = () => browser.send('POST', '/v1/login', { name: 'anna', password: PASSWORD }, page);
    for (const cookie of (await signIn()).setCookies) expect(cookie).toMatch(/^__Host-headcount_.*; Secure$/);
    expect((await browser.send('GET', '/probe/read', undefined, page)).status).toBe(200);
    const planted = node.browser('10.0.0.1');
    planted.cookies.set('headcount_session', browser.sessionCookie ?? '');
    expect((await planted.send('GET', '/probe/read', undefined, page)).status).toBe(401);
  });

  it('believes X-Forwarded-Proto of a trusted proxy and of nobody else', async () => {
    await node.app.close();
    node = await startAccountsApp({ trustProxy: ['10.0.0.1'] });
    await node.addAccount('anna');
    const page = { host: 'a.example', origin: 'https://a.example', 'x-forwarded-proto': 'https' };
    const body = { name: 'anna', password: PASSWORD };
    const trusted = await node.browser('10.0.0.1').send('POST', '/v1/login', body, page);
    expect(trusted.setCookies[0]).toMatch(/^__Host-/);
    const stranger = await node.browser('10.0.0.2').send('POST', '/v1/login', body, page);
    expect(stranger.body.type).toBe(problem('other-site'));
  });
});

describe('a password', () => {
  it('is changed with the old one, and then every other session ends and this one has a new id', async () => {
    const [here, other] = [await signedIn(), await signedIn()];
    const former = here.sessionCookie;
    const change = (current: string) =>
      here.send('PUT', '/v1/account/password', { current, password: NEW_PASSWORD });
    expect((await change('not the password')).status).toBe(401);
    expect((await change(PASSWORD)).status).toBe(200);
    expect(here.sessionCookie).not.toBe(former);
    expect([await isSignedIn(here), await isSignedIn(other)]).toEqual([true, false]);
    expect((await node.browser().signIn('anna')).status).toBe(401);
    expect((await node.browser().signIn('anna', NEW_PASSWORD)).status).toBe(200);
    expect((await here.send('POST', '/probe/admin', {})).status).toBe(201);
  });

  it.each([
    ['short', 'elevenchars'],
    ['short when normalised', `${'e\u0301'.repeat(6)}abcd`],
    ['long', 'abcde '.repeat(34)],
    ['one character again and again', 'aaaaaaaaaaaaaaaa'],
    ['the name', 'anna-anna-anna'],
  ])('may not be %s', async (_what, password) => {
    const browser = await signedIn();
    const answer = await browser.send('PUT', '/v1/account/password', { current: PASSWORD, password });
    expect([400, 422]).toContain(answer.status);
  });
});

describe('the first account', () => {
  beforeEach(async () => {
    await node.app.close();
    node = await startAccountsApp();
  });

  it('is made by the link of this start, once', async () => {
    const token = node.setUp.takeToken() ?? '';
    expect(node.setUp.takeToken()).toBeNull();
    const [one, two] = [node.browser(), node.browser()];
    expect((await one.send('GET', '/v1/session')).body.setUpOpen).toBe(true);
    const make = (browser: Browser, given: string) =>
      browser.send('POST', '/v1/setup', { token: given, name: 'anna', password: PASSWORD });
    expect((await make(one, 'A'.repeat(43))).body.type).toBe(problem('link-unknown'));
    const foreign = { origin: 'https://evil.example' };
    const body = { token, name: 'eve', password: PASSWORD };
    expect((await one.send('POST', '/v1/setup', body, foreign)).status).toBe(403);
    const made = await Promise.all([make(one, token), make(two, token)]);
    expect(made.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    expect(await node.accounts.list()).toHaveLength(1);
    expect((await make(node.browser(), token)).body.type).toBe(problem('link-unknown'));
    expect((await node.browser().send('GET', '/v1/session')).body.setUpOpen).toBe(false);
    expect((await node.browser().signIn('anna')).body.account).toEqual({
      ...{ name: 'anna', role: 'administrator' },
    });
  });

  it('closes the link also when it was added from the command line', async () => {
    const token = node.setUp.takeToken() ?? '';
    await node.addAccount('anna');
    const body = { token, name: 'eve', password: PASSWORD };
    expect((await node.browser().send('POST', '/v1/setup', body)).body.type).toBe(problem('link-unknown'));
  });
});

describe('accounts', () => {
  it('are opened by a link, once and within a day', async () => {
    const browser = await signedIn();
    const added = await browser.send('POST', '/v1/admin/accounts', { name: 'Vera', role: 'viewer' });
    expect(added.status).toBe(201);
    const token = (added.body.path as string).split('#link=')[1];
    const vera = node.browser();
    const open = () => vera.send('POST', '/v1/login/link', { token, password: NEW_PASSWORD });
    expect((await open()).body.account).toEqual({ name: 'Vera', role: 'viewer' });
    expect((await open()).body.type).toBe(problem('link-unknown'));
    const late = await browser.send('POST', '/v1/admin/accounts', { name: 'Late' });
    node.clock.advance(DAY_MS);
    const lateToken = (late.body.path as string).split('#link=')[1];
    const answer = await node
      .browser()
      .send('POST', '/v1/login/link', { token: lateToken, password: NEW_PASSWORD });
    expect(answer.body.type).toBe(problem('link-unknown'));
    expect((await node.browser().signIn('Late', NEW_PASSWORD)).status).toBe(401);
  });

  it('lose password, second factor and sessions by a reset', async () => {
    const browser = await signedIn();
    const { token } = await node.accounts.reset('ANNA', 'command line');
    expect(await isSignedIn(browser)).toBe(false);
    expect((await node.browser().signIn('anna')).status).toBe(401);
    const back = node.browser();
    await back.send('POST', '/v1/login/link', { token, password: NEW_PASSWORD });
    expect(await isSignedIn(back)).toBe(true);
  });

  it('always keep an administrator', async () => {
    await node.addAccount('vera', 'viewer');
    const browser = await signedIn();
    const demote = () => browser.send('PUT', '/v1/admin/accounts/anna/role', { role: 'viewer' });
    expect((await demote()).status).toBe(409);
    expect((await browser.send('DELETE', '/v1/admin/accounts/anna')).status).toBe(409);
    await node.addAccount('bob');
    const both = await Promise.allSettled([
      node.accounts.remove('anna', 'test'),
      node.accounts.setRole('bob', 'viewer', 'test'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each(['', '   ', 'a\u202eb', 'a\u0000b', 'a\nb', 'x'.repeat(65)])('refuse the name %j', async (name) => {
    const browser = await signedIn();
    expect((await browser.send('POST', '/v1/admin/accounts', { name })).status).toBe(400);
  });

  it('leave every change in the audit log, with who made it and no secret', async () => {
    const browser = await signedIn();
    await browser.send('POST', '/v1/admin/accounts', { name: 'vera' });
    await browser.send('PUT', '/v1/admin/accounts/vera/role', { role: 'administrator' });
    await browser.send('DELETE', '/v1/admin/accounts/vera');
    const told = (await node.records.audit.newest(3)).map(({ action, by }) => [action, by]);
    expect(told).toEqual([
      ['remove account', 'account anna'],
      ['change role', 'account anna'],
      ['add account', 'account anna'],
    ]);
    expect(JSON.stringify(await node.records.audit.newest(50))).not.toMatch(/argon2|\b[A-Za-z0-9_-]{43}\b/);
  });
});
