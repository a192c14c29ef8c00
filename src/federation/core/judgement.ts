import { isIssuedLate, type Report } from '../../protocol/report.js';
import { decodeHyll } from '../../sketch/hyll.js';
import { relativeError } from '../../sketch/interval.js';
import type { Decision, LedgerReport } from '../../storage/ledger.js';

const SIGMAS = 5;

/**
 * What the rules say of an accepted report. They look only at the origin's own reports. A held one is kept, and the
 * last counted one goes on counting.
 *
 * @param counted The report that counts so far; a held one in between changes nothing.
 * @param sketches Canonical HYLL bytes of the sketches it names, by digest.
 */
export function judge(
  arriving: LedgerReport,
  counted: LedgerReport | null,
  sketches: ReadonlyMap<string, Uint8Array>,
): Decision {
  const { origin, day, seq, report, receivedAtMs: atMs } = arriving;
  const isHeld = counted !== null && isLateChange(report, counted.report, sketches);
  const [rule, verdict] = isHeld ? (['late-change', 'hold'] as const) : (['accepted', 'count'] as const);
  return { origin, day, seq, rule, verdict, by: 'rule', atMs };
}

/**
 * A day's figures are final 48 h after its end: whoever changes them later is asked why. A node that was off at the
 * time may still close its day, that is, say the same again and add the sketch under the next epoch's key, as long
 * as that sketch is of as many people.
 */
function isLateChange(report: Report, standing: Report, sketches: ReadonlyMap<string, Uint8Array>): boolean {
  if (!isIssuedLate(report) || report.backfill === true) return false;
  if (report.hits !== standing.hits || report.uniques !== standing.uniques) return true;
  if (report.withdrawn !== standing.withdrawn) return true;
  return Object.entries(report.sketches).some(([keyName, digest]) => {
    const known = standing.sketches[keyName];
    return known === undefined ? !isOfAsMany(sketches.get(digest), report.uniques) : known !== digest;
  });
}

function isOfAsMany(hyll: Uint8Array | undefined, uniques: number): boolean {
  if (!hyll) return false;
  const deviation = Math.SQRT2 * relativeError(uniques) * uniques;
  return Math.abs(decodeHyll(hyll).estimate() - uniques) <= SIGMAS * deviation + 1;
}
