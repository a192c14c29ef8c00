import shared from '../../i18n/messages/en.js';
import privacy from '../../privacy/messages/en.js';
import accounts from '../accounts/messages/en.js';
import federation from '../federation/messages/en.js';
import overview from '../overview/messages/en.js';
import settings from '../settings/messages/en.js';

export default {
  ...shared,
  ...privacy,
  ...accounts,
  ...overview,
  ...federation,
  ...settings,
  title: 'Dashboard',
  overview: 'Overview',
  publicPage: 'Public page',
  apiDescription: 'API',
  ownAccount: 'Your account: {name}',
  navigation: 'Sections',
  everywhere: 'Over all instances',
  here: 'On this node',
  historyTitle: 'History',
  close: 'Close',
  noSuchPage: 'There is no such page',
  sharedView: 'A view that was shared with you. It can be read and not changed.',
  refusedAway: 'The node does not answer. Nothing was changed.',
  refusedViewer: 'Only an administrator may do this.',
  refusedOtherSite: 'The node did not recognise this page. Reload it and try again.',
  refusedSession: 'You are not signed in any more.',
  refusedTooMany: 'Too many requests: wait a minute.',
  refusedBecause: 'The node did not do it: {detail}',
} as const;
