import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { ConfigError, loadConfig } from './load-config.js';
import { settings } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'headcount-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function yamlFile(content: string): string {
  const path = join(folder, `${Math.random()}.yaml`);
  writeFileSync(path, content);
  return path;
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    return (error as ConfigError).problems;
  }
  return [];
}

describe('loadConfig', () => {
  it('has a default for everything, and federates with nobody', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      port: 3000,
      dataDir: './data',
      role: 'standalone',
      counting: true,
      visitor: 'ip-ua',
    });
    expect(config.trustProxy).toEqual([]);
  });

  it.each(['false', '0', 'no', 'off', 'FALSE'])('reads %s as false', (word) => {
    expect(loadConfig({ HEADCOUNT_COMPAT_PUBLIC_READS: word }).compatPublicReads).toBe(false);
    expect(loadConfig({ HEADCOUNT_HONOUR_DNT: word }).honourDoNotTrack).toBe(false);
  });

  it.each(['true', '1', 'yes', 'on'])('reads %s as true', (word) => {
    expect(loadConfig({ HEADCOUNT_COMPAT_PUBLIC_READS: word }).compatPublicReads).toBe(true);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', HEADCOUNT_NAME: ' ' })).toMatchObject({ port: 3000, name: null });
  });

  it('derives the role from hub and peers, but never makes a hub', () => {
    expect(loadConfig({ HEADCOUNT_HUB: 'https://hub.example' }).role).toBe('member');
    const mesh = {
      HEADCOUNT_PEERS: 'https://a.example,https://b.example',
      HEADCOUNT_PUBLIC_URL: 'https://c.example',
    };
    expect(loadConfig(mesh).role).toBe('peer');
  });

  it('splits a pinned node id from the URL', () => {
    const id = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';
    expect(loadConfig({ HEADCOUNT_HUB: `https://hub.example/base/#${id}` }).hub).toEqual([
      { url: 'https://hub.example/base', nodeId: id },
    ]);
  });

  it('reports every mistake at once, each with the name of its variable', () => {
    const problems = problemsOf({
      PORT: '80000',
      HEADCOUNT_COUNTING: 'maybe',
      HEADCOUNT_TRUST_PROXY: '10.0.0.0/33',
      HEADCOUNT_REPORT_INTERVAL: 'soon',
      HEADCOUNT_HUB: 'ftp://hub.example',
      HEADCOUNT_PEER: 'https://typo.example',
      DATABASE_URL: 'postgres://localhost/headcount',
    });
    const variables = problems.map((problem) => problem.split(':')[0]).sort();
    expect(variables).toEqual([
      'DATABASE_URL',
      'HEADCOUNT_COUNTING',
      'HEADCOUNT_HUB',
      'HEADCOUNT_PEER',
      'HEADCOUNT_REPORT_INTERVAL',
      'HEADCOUNT_TRUST_PROXY',
      'PORT',
    ]);
  });

  it('reads thresholds as decimal numbers within their bounds', () => {
    const given = { HEADCOUNT_HOLD_PROBABILITY: '1e-9', HEADCOUNT_ALERT_MARGINAL_RISE: '0.5' };
    expect(loadConfig(given)).toMatchObject({ holdProbability: 1e-9, alertMarginalRise: 0.5, holdSigmas: 5 });
    for (const wrong of ['2', '-0.1', '0x1', 'Infinity', '1e999', '.', 'half']) {
      expect(problemsOf({ HEADCOUNT_HOLD_PROBABILITY: wrong })).toEqual([
        'HEADCOUNT_HOLD_PROBABILITY: expected a number from 0 to 0.01',
      ]);
    }
  });

  it.each([
    ['a hub without a public URL', { HEADCOUNT_ROLE: 'hub' }, 'HEADCOUNT_PUBLIC_URL'],
    ['a member without a hub', { HEADCOUNT_ROLE: 'member' }, 'HEADCOUNT_HUB'],
    [
      'both hub and peers',
      { HEADCOUNT_HUB: 'https://a.example', HEADCOUNT_PEERS: 'https://b.example' },
      'HEADCOUNT_HUB',
    ],
    ['a node that counts nothing and is no hub', { HEADCOUNT_COUNTING: 'false' }, 'HEADCOUNT_COUNTING'],
    [
      'a stand-alone node with a hub',
      { HEADCOUNT_ROLE: 'standalone', HEADCOUNT_HUB: 'https://a.example' },
      'HEADCOUNT_ROLE',
    ],
    [
      'itself among its peers',
      { HEADCOUNT_PEERS: 'https://a.example,https://b.example', HEADCOUNT_PUBLIC_URL: 'https://b.example' },
      'HEADCOUNT_PEERS',
    ],
    [
      'more than three hubs',
      { HEADCOUNT_HUB: 'https://a.example,https://b.example,https://c.example,https://d.example' },
      'HEADCOUNT_HUB',
    ],
    ['one hub twice', { HEADCOUNT_HUB: 'https://a.example,https://a.example/' }, 'HEADCOUNT_HUB'],
    ['credentials in a URL', { HEADCOUNT_HUB: 'https://me:secret@hub.example' }, 'HEADCOUNT_HUB'],
    ['a short key', { HEADCOUNT_ADMIN_KEY: 'admin' }, 'HEADCOUNT_ADMIN_KEY'],
  ])('refuses %s', (_, environment, variable) => {
    expect(problemsOf(environment).join('\n')).toContain(variable);
  });

  it('reports contradictions beside other mistakes, but not those that follow from them', () => {
    const both = problemsOf({ PORT: 'x', HEADCOUNT_ROLE: 'hub' });
    expect(both.map((problem) => problem.split(':')[0])).toEqual(['PORT', 'HEADCOUNT_PUBLIC_URL']);
    expect(problemsOf({ HEADCOUNT_ROLE: 'member', HEADCOUNT_HUB: 'ftp://hub.example' })).toHaveLength(1);
  });

  it('reads YAML, and lets the environment win', () => {
    const path = yamlFile(
      'port: 4000\nname: From file\ntrustProxy: [127.0.0.1, 10.0.0.0/8]\nreportInterval: 1m\n',
    );
    const config = loadConfig({ HEADCOUNT_CONFIG: path, PORT: '5000' });
    expect(config).toMatchObject({ port: 5000, name: 'From file', reportIntervalMs: 60_000 });
    expect(config.trustProxy).toEqual(['127.0.0.1', '10.0.0.0/8']);
  });

  it('names an unknown field, a field of the wrong kind and a file that is not there', () => {
    expect(problemsOf({ HEADCOUNT_CONFIG: yamlFile('prot: 4000\nhost: [1]\n') })).toHaveLength(2);
    expect(problemsOf({ HEADCOUNT_CONFIG: join(folder, 'none.yaml') })[0]).toContain('HEADCOUNT_CONFIG');
  });

  it('has an example file that names every setting and loads', () => {
    const path = join(import.meta.dirname, '../../config/headcount.example.yaml');
    const commented = new Set(
      [...parseYamlComments(path).matchAll(/^#? ?([a-zA-Z]+):/gm)].map((match) => match[1]),
    );
    expect(Object.keys(settings).filter((name) => !commented.has(name))).toEqual([]);
    expect(() => loadConfig({ HEADCOUNT_CONFIG: path })).not.toThrow();
  });
});

function parseYamlComments(path: string): string {
  const content = readFileSync(path, 'utf8');
  parseYaml(content);
  return content;
}
