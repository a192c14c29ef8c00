import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { type AccountsApp, type Browser, PASSWORD, problem, startAccountsApp } from './accounts-app.js';

let node: AccountsApp;
beforeEach(async () => {
  node = await startAccountsApp();
  await node.addAccount('anna');
});
afterEach(() => node.app.close());

const HOUR_MS = 3_600_000;
const codeAt = (secret: string, timestamp: number) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp });

async function failTimes(times: number, browser: Browser, name: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await browser.signIn(name, `wrong password ${i}`)).status);
  return statuses;
}

describe('signing in', () => {
  it('opens what the role opens, and never the routes of visits', async () => {
    await node.addAccount('vera', 'viewer');
    const [anna, vera] = [node.browser(), node.browser()];
    expect((await anna.signIn('anna')).body).toMatchObject({
      account: { name: 'anna', role: 'administrator' },
    });
    expect((await vera.signIn('vera')).status).toBe(200);
    const opened = async (browser: Browser) => {
      const statuses: number[] = [];
      for (const url of ['overview', 'read', 'admin'])
        statuses.push((await browser.send('GET', `/probe/${url}`)).status);
      for (const url of ['admin', 'write'])
        statuses.push((await browser.send('POST', `/probe/${url}`, {})).status);
      return statuses;
    };
    expect(await opened(anna)).toEqual([200, 200, 200, 201, 401]);
    expect(await opened(vera)).toEqual([200, 200, 403, 403, 401]);
    expect(await opened(node.browser())).toEqual([401, 401, 401, 401, 401]);
  });

  it('sets cookies that no script reads and no other site sends along', async () => {
    const { setCookies } = await node.browser().signIn('anna');
    expect(setCookies).toHaveLength(2);
    for (const cookie of setCookies) {
      expect(cookie).toMatch(
        /^headcount_(session|device)=[A-Za-z0-9_.-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
      );
    }
  });

  it('says the same of a wrong password and of an account that does not exist', async () => {
    const wrong = await node.browser().signIn('anna', 'not the password');
    const unknown = await node.browser().signIn('nobody', 'not the password');
    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ type: problem('sign-in-failed') });
    expect({ ...unknown, headers: null }).toEqual({ ...wrong, headers: null });
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(wrong.headers));
  });

  it('never takes over a session id that was planted, and begins a new one each time', async () => {
    const browser = node.browser();
    const planted = 'A'.repeat(43);
    browser.cookies.set('headcount_session', planted);
    await browser.signIn('anna');
    const first = browser.sessionCookie;
    expect(first).not.toBe(planted);
    await browser.signIn('anna');
    expect(browser.sessionCookie).not.toBe(first);
    const old = node.browser();
    old.cookies.set('headcount_session', first ?? '');
    expect((await old.send('GET', '/probe/read')).status).toBe(401);
  });

  it('opens nothing for a forged cookie', async () => {
    const browser = node.browser();
    for (const forged of ['', 'x', 'A'.repeat(43), '../..', `${'A'.repeat(43)}"`, 'B'.repeat(20_000)]) {
      browser.cookies.set('headcount_session', forged);
      expect((await browser.send('GET', '/probe/read')).status).toBe(401);
    }
  });

  it('takes one name and one password written in several ways', async () => {
    await node.addAccount('Zoë ﬁrst');
    const browser = node.browser();
    expect((await browser.signIn('ZOË FIRST')).status).toBe(200);
    expect((await browser.signIn('zoe\u0308 first', PASSWORD.replace('c', '\uff43'))).status).toBe(200);
    await expect(node.accounts.add('zoë first', 'viewer', 'test')).rejects.toMatchObject({
      kind: 'conflict',
    });
  });

  it('refuses what is too long before it is hashed', async () => {
    const browser = node.browser();
    expect((await browser.signIn('anna', 'x'.repeat(201))).status).toBe(400);
    expect((await browser.signIn('anna', 'x'.repeat(100_000))).status).toBe(413);
    expect((await browser.signIn('a'.repeat(257))).status).toBe(400);
  });
});

describe('a page of another site', () => {
  it('can neither sign in nor plant a session', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null', 'sec-fetch-site': undefined },
    ]) {
      const answer = await node
        .browser()
        .send('POST', '/v1/login', { name: 'anna', password: PASSWORD }, headers);
      expect([answer.status, answer.body.type]).toEqual([403, problem('other-site')]);
    }
    const form = await node
      .browser()
      .send('POST', '/v1/login', JSON.stringify({ name: 'anna', password: PASSWORD }), {
        'content-type': 'text/plain',
      });
    expect(form.status).toBe(400);
  });

  it('changes nothing with the cookie that a browser would send along', async () => {
    const browser = node.browser();
    await browser.signIn('anna');
    const tries: Record<string, string | undefined>[] = [
      { 'x-headcount-proof': undefined },
      { 'x-headcount-proof': 'wrong' },
      { 'x-headcount-proof': 'A'.repeat(43) },
      { origin: 'https://evil.example' },
      { origin: 'http://node.test:3001' },
      { origin: 'https://node.test:3000' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.example', origin: 'http://evil.example', 'x-headcount-proof': undefined },
    ];
    for (const headers of tries) {
      const answer = await browser.send('POST', '/probe/admin', {}, headers);
      expect([answer.status, answer.body.type]).toEqual([403, problem('other-site')]);
    }
    expect((await browser.send('POST', '/probe/admin', {})).status).toBe(201);
    const script = { origin: undefined, 'sec-fetch-site': undefined };
    expect((await browser.send('POST', '/probe/admin', {}, script)).status).toBe(201);
  });

  it('gives no proof of one session for another', async () => {
    const [one, other] = [node.browser(), node.browser()];
    await one.signIn('anna');
    await other.signIn('anna');
    other.proof = one.proof;
    expect((await other.send('POST', '/probe/admin', {})).status).toBe(403);
  });
});

describe('whoever guesses', () => {
  it('is stopped after ten failures for a name, whether it exists or not, and may try again later', async () => {
    const browser = node.browser();
    expect(await failTimes(11, browser, 'anna')).toEqual([...Array(10).fill(401), 429]);
    const refused = await browser.signIn('anna');
    expect([refused.status, refused.body.type]).toEqual([429, problem('rate-limited')]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const other = node.browser('203.0.113.4');
    expect(await failTimes(11, other, 'nobody')).toEqual([...Array(10).fill(401), 429]);
    node.clock.advance(HOUR_MS / 4);
    expect((await browser.signIn('anna')).status).toBe(200);
  });

  it('does not lock the owner out of a browser that was signed in before', async () => {
    const owner = node.browser('203.0.113.9');
    await owner.signIn('anna');
    await owner.send('POST', '/v1/logout', {});
    await failTimes(11, node.browser(), 'anna');
    expect((await node.browser('192.0.2.1').signIn('anna')).status).toBe(429);
    expect((await owner.signIn('anna')).status).toBe(200);
    const copied = node.browser();
    for (const [name, value] of owner.cookies) if (name.includes('device')) copied.cookies.set(name, value);
    expect(await failTimes(11, copied, 'anna')).toEqual([...Array(10).fill(401), 429]);
  });

  it('leaves one line in the audit log, and none for a name that does not exist', async () => {
    await failTimes(13, node.browser('203.0.113.1'), 'anna');
    await failTimes(13, node.browser('203.0.113.2'), 'nobody');
    const told = (await node.records.audit.newest(50)).filter(({ action }) => action === 'sign-in failures');
    expect(told.map(({ subject }) => subject)).toEqual([{ account: 'anna', network: null }]);
  });

  it('is stopped at its address, whatever the names', async () => {
    const browser = node.browser('2001:db8:1:2::5');
    for (let i = 0; i < 30; i++) expect((await browser.signIn(`name ${i}`)).status).toBe(401);
    expect((await node.browser('2001:db8:1:2::6').signIn('anna')).status).toBe(429);
    expect((await node.browser('2001:db8:1:3::6').signIn('anna')).status).toBe(200);
  }, 30_000);

  it('wins nothing by asking a hundred times at once', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, i) => node.browser().signIn('anna', `wrong password ${i}`)),
    );
    expect(statuses.filter(({ status }) => status === 401)).toHaveLength(10);
  });
});

describe('a second factor', () => {
  let browser: Browser;
  let secret: string;
  let recoveryCodes: string[];

  beforeEach(async () => {
    browser = node.browser();
    await browser.signIn('anna');
    const begun = await browser.send('POST', '/v1/account/second-factor', { password: PASSWORD });
    secret = begun.body.secret as string;
    const code = codeAt(secret, node.clock.nowMs());
    const done = await browser.send('PUT', '/v1/account/second-factor', { code });
    expect(done.status).toBe(200);
    recoveryCodes = done.body.recoveryCodes as string[];
  });

  it('asks for a code, and takes each once', async () => {
    const other = node.browser();
    const without = await other.signIn('anna');
    expect([without.status, without.body.type]).toEqual([401, problem('code-needed')]);
    expect((await other.signIn('anna', PASSWORD, '000000')).status).toBe(401);
    const used = codeAt(secret, node.clock.nowMs());
    expect((await other.signIn('anna', PASSWORD, used)).status).toBe(401);
    node.clock.advance(30_000);
    const code = codeAt(secret, node.clock.nowMs());
    const both = await Promise.all([1, 2].map(() => node.browser().signIn('anna', PASSWORD, code)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('does not tell whether a code is right to whoever has no password', async () => {
    node.clock.advance(30_000);
    const code = codeAt(secret, node.clock.nowMs());
    const answer = await node.browser().signIn('anna', 'not the password', code);
    expect(answer.body.type).toBe(problem('sign-in-failed'));
    expect((await node.browser().signIn('anna', PASSWORD, code)).status).toBe(200);
  });

  it('lets a recovery code in once, however it is typed', async () => {
    expect(recoveryCodes).toHaveLength(10);
    const typed = recoveryCodes[3]!.toUpperCase().replaceAll('-', ' ');
    expect((await node.browser().signIn('anna', PASSWORD, typed)).status).toBe(200);
    expect((await node.browser().signIn('anna', PASSWORD, typed)).status).toBe(401);
    const account = await browser.send('GET', '/v1/account');
    expect(account.body.secondFactor).toEqual({ recoveryCodesLeft: 9 });
  });

  it('limits guesses of the code as those of the password', async () => {
    const guesser = node.browser('203.0.113.3');
    for (let i = 0; i < 10; i++) await guesser.signIn('anna', PASSWORD, String(100_000 + i));
    expect((await guesser.signIn('anna', PASSWORD, '123456')).status).toBe(429);
  });

  it('goes with the password only', async () => {
    const remove = (password: string) =>
      browser.send('POST', '/v1/account/second-factor/remove', { password });
    expect((await remove('not the password')).status).toBe(401);
    expect((await remove(PASSWORD)).body.secondFactor).toBeNull();
    expect((await node.browser().signIn('anna')).status).toBe(200);
  });
});
