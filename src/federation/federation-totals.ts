import { Injectable } from '@nestjs/common';
import type { GlobalTotal, TotalsReader } from '../stats/totals-reader.js';
import { FederationNode } from './core/federation-node.js';

/** The newest total, as stats read it. */
@Injectable()
export class FederationTotals implements TotalsReader {
  constructor(private readonly node: FederationNode) {}

  get isFederated(): boolean {
    return this.node.role !== 'standalone';
  }

  latest(): GlobalTotal | null {
    const shown = this.node.shownTotal();
    return shown && { ...shown.signed.total, instances: shown.instances };
  }
}
