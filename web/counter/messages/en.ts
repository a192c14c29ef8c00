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
  liveNow: {
    one: '{count} person in the last five minutes',
    other: '{count} people in the last five minutes',
  },
  liveHour: {
    one: '{count} in the last hour, on this instance',
    other: '{count} in the last hour, on this instance',
  },
  historyTitle: 'The last 30 days',
  sharesTitle: 'Where they come from',
  sharesNote:
    'Instances that agreed to be shown. Whoever uses two of them is in both, so the shares can add up to more than the whole.',
  instance: 'Instance',
  share: 'Share',
  unlisted: {
    one: 'One more instance counts and is not shown.',
    other: '{count} more instances count and are not shown.',
  },
  howTitle: 'How it is counted',
  howCounted:
    'Each visit turns into a keyed fingerprint that raises one of 16,384 small numbers: a sketch of how many people there were. Sketches of several instances merge without counting anyone twice.',
  howKept:
    'No address, no browser, no cookie and no list of visitors is kept: from a sketch nobody can be told. The keys are destroyed after at most 60 days.',
  howSure: 'Such a number has an error of about one percent. It stands beside each number here.',
  howRecompute:
    'Every figure can be checked: an instance signs what it reports, and whoever holds the reports can compute the total again with “headcount verify-total”.',
  recompute: 'What it is computed from',
  api: 'The figures as JSON',
  dashboard: 'Dashboard',
} as const;
