import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../http/tokens.js';
import type { GlobalTotal, TotalsReader } from '../stats/totals-reader.js';
import { FederationNode } from './core/federation-node.js';

/** The newest total, as stats read it. */
@Injectable()
export class FederationTotals implements TotalsReader {
  constructor(
    private readonly node: FederationNode,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  get isFederated(): boolean {
    return this.config.role !== 'standalone';
  }

  latest(): GlobalTotal | null {
    return this.node.board.latest()?.total ?? null;
  }
}
