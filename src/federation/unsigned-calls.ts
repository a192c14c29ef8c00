import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { type AddressedRequest, ClientAddress, callerOf, networkOf } from '../http/client-address.js';
import { RateLimit } from '../http/rate-limit.js';
import { CLOCK, CONFIG } from '../http/tokens.js';
import { Refusal } from '../protocol/refusal.js';

const CALLS_PER_MINUTE = 10;

/** Calls that nobody known has signed are cheap to make, so an address may make only a few in a minute. */
@Injectable()
export class UnsignedCalls {
  private readonly calls = new RateLimit(CALLS_PER_MINUTE, randomInt(2 ** 32));
  private readonly cards = new RateLimit(CALLS_PER_MINUTE, randomInt(2 ** 32));
  private readonly addresses: ClientAddress;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.addresses = new ClientAddress(config.trustProxy);
  }

  /** A call that names no key that is known here. Throws Refusal `rate-limited`. */
  take(request: FastifyRequest): void {
    if (!this.allows(request)) throw new Refusal('rate-limited');
  }

  /** Whether its address may make one more of them. */
  allows(request: AddressedRequest): boolean {
    return this.isWithin(this.calls, request);
  }

  /** Whether its address may read the card once more, which anyone may. */
  allowsCard(request: FastifyRequest): boolean {
    return this.isWithin(this.cards, request);
  }

  /** What requests from one place of the network have in common: IPv4 /24, IPv6 /48. Null on the own socket. */
  placeOf(request: FastifyRequest): string | null {
    const address = this.addresses.ofRequest(request);
    return address === null ? null : networkOf(address);
  }

  private isWithin(limit: RateLimit, request: AddressedRequest): boolean {
    const address = this.addresses.ofRequest(request);
    return address === null || limit.allows(callerOf(address), this.clock.nowMs());
  }
}
