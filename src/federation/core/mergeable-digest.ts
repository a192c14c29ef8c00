import type { Report } from '../../protocol/report.js';

/**
 * The digest of the sketch of a report that may be united or compared with those of other origins. Under another identity
 * scheme a person has another id, whatever the key is called, so such a report is counted and its sketches are left alone.
 * @param identity The federation's scheme.
 */
export function mergeableDigest(
  report: Pick<Report, 'identity' | 'sketches'>,
  keyName: string,
  identity: string,
): string | undefined {
  return report.identity === identity ? report.sketches[keyName] : undefined;
}
