import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { Admission } from '../http/admission.js';
import { MetricsGuard } from './metrics.guard.js';

function isAsked(remoteAddress: string | undefined, config: Partial<Config>, forwardedFor?: string) {
  const demanded: string[] = [];
  const admission = { demand: async (_request: unknown, kind: string) => void demanded.push(kind) };
  const guard = new MetricsGuard(
    { metricsAllow: [], trustProxy: [], ...config } as unknown as Config,
    admission as unknown as Admission,
  );
  const request = { raw: { socket: { remoteAddress } }, headers: { 'x-forwarded-for': forwardedFor } };
  const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
  return guard.canActivate(context).then(() => demanded);
}

describe('who reads metrics without a key', () => {
  const allowed = { metricsAllow: ['10.0.0.0/8', '::1'] };

  it('is nobody by default, not even on this machine', async () => {
    expect(await isAsked('127.0.0.1', {})).toEqual(['read']);
    expect(await isAsked(undefined, allowed)).toEqual(['read']);
  });

  it('is who comes from a listed address', async () => {
    expect(await isAsked('10.1.2.3', allowed)).toEqual([]);
    expect(await isAsked('::ffff:10.1.2.3', allowed)).toEqual([]);
    expect(await isAsked('::1', allowed)).toEqual([]);
    expect(await isAsked('192.0.2.1', allowed)).toEqual(['read']);
  });

  it('is not who only says so, nor who comes through a listed proxy', async () => {
    expect(await isAsked('192.0.2.1', allowed, '10.1.2.3')).toEqual(['read']);
    const proxied = { metricsAllow: ['10.0.0.1'], trustProxy: ['10.0.0.1'] };
    expect(await isAsked('10.0.0.1', proxied, '198.51.100.7')).toEqual(['read']);
  });
});
