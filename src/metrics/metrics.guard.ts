import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { AddressSet } from '../http/address-set.js';
import { Admission } from '../http/admission.js';
import { ClientAddress } from '../http/client-address.js';
import { CONFIG } from '../http/tokens.js';

/** Whoever asks from a listed address, or with a key. The address is the client's, not a trusted proxy's. */
@Injectable()
export class MetricsGuard implements CanActivate {
  private readonly allowed: AddressSet;
  private readonly clients: ClientAddress;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly admission: Admission,
  ) {
    this.allowed = new AddressSet(config.metricsAllow);
    this.clients = new ClientAddress(config.trustProxy);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const address = this.clients.ofRequest(request);
    if (address === null || !this.allowed.has(address)) await this.admission.demand(request, 'read');
    return true;
  }
}
