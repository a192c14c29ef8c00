import shared from '../../i18n/messages/en.js';

export default {
  ...shared,
  headline: 'How many different people',
  headlineOf: 'How many different people use {name}',
  everywhere: 'Over all instances',
  here: 'On this one',
  hereOf: 'On {name}',
  inWindow1d: 'different people today',
  inWindow7d: 'different people in 7 days',
  inWindow30d: 'different people in 30 days',
  inWindowall: 'different people in all',
  freshOf: {
    one: 'From {fresh} of {count} instance with a fresh report.',
    other: 'From {fresh} of {count} instances with a fresh report.',
  },
  computed: 'Computed {time}.',
  liveTitle: 'On this instance right now',
  historyTitle: 'The last 30 days',
  sharesTitle: 'Where they come from',
  sharesNote: 'Instances that agreed to be shown. Whoever uses two is in both: shares can exceed the whole.',
  unlisted: {
    one: 'One more instance counts and is not shown.',
    other: '{count} more instances count and are not shown.',
  },
  moreInstances: { one: 'One more instance', other: '{count} more instances' },
  howTitle: 'How it is counted',
  howCounted:
    'Each visit raises at most one of 16,384 small numbers: a sketch of how many people there were. Sketches merge without counting anyone twice.',
  howKept: 'No visitor’s address and no list of visitors is stored.',
  howPrivacy: 'What is kept of a visit',
  howSure: 'The true number is in the range beside it 19 times out of 20.',
  howRecompute:
    'The total follows from signed reports. Whoever has both in a file can check and compute it again:',
  howNotPublic: 'Administrators hand it out: with a federation’s key it could tell who was there.',
  recompute: 'What each instance reports, as JSON',
  recomputeFile: 'The file, for administrators',
  api: 'The figures as JSON',
  dashboard: 'Dashboard',
} as const;
