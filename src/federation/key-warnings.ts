import type { KeyAlarm } from './core/keyings.js';
import type { StatuteAlarm } from './core/statutes.js';

/** What is wrong with keys, in words for whoever has to do something about it. */
export function keyWarning({ alarm, node, epoch }: KeyAlarm): string {
  const of = epoch === null ? '' : ` of epoch ${epoch}`;
  switch (alarm) {
    case 'other-key':
      return `${node} holds another key${of} than this node under the same name: one of the two was handed a false line`;
    case 'contradicted-keying':
      return `${node} announced two different keys${of}: neither counts; \`headcount withhold\` shuts it out`;
    case 'entropy-missing':
      return `the fresh entropy${of}, announced by ${node}, has not come: without it this node sends counts only`;
    case 'false-entropy':
      return `what ${node} sealed to this node${of} is not what it announced`;
    case 'not-endorsed':
      return `no fresh entropy is made, because ${node} would be left behind: \`headcount endorse\` or \`headcount withhold\` it`;
    case 'cut-off':
      return `${node} has started a new chain of keys without this node: it counts under the old one, in no union`;
    case 'no-roster':
      return 'no fresh entropy is made, because no roster applies: this node does not know who should get it';
  }
}

const STATUTES: Record<StatuteAlarm, string> = {
  'roster-conflict':
    'a steward signed two rosters of one number: neither applies until there is a higher one',
  'roster-expired': 'the roster has expired: nobody joins until a steward signs one',
  'roster-too-old': 'the hub shows an older roster than before: it was set back, or it lies',
  'charter-differs': 'the charter speaks of other epochs, identity or format than this node counts by',
  'charter-mismatch': 'the hub shows a charter or roster that does not follow the one known here',
};

export function statuteWarning(alarm: StatuteAlarm): string {
  return STATUTES[alarm];
}
