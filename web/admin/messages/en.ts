import shared from '../../i18n/messages/en.js';

export default {
  ...shared,
  title: 'Dashboard',
  overview: 'Overview',
  publicPage: 'Public page',
  apiDescription: 'API',
  navigation: 'Sections',
  everywhere: 'Over all instances',
  here: 'On this node',
  historyTitle: 'History',
} as const;
