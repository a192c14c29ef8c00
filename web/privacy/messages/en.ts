export default {
  privacyPage: 'Privacy',
  privacyTitle: 'What is kept of a visit',
  privacyNothing: 'This node counts no site of its own.',
  privacyIpUa:
    'To count people and not visits, your address and the name of your browser are turned into a number by a secret key.',
  privacyIp: 'To count people and not visits, your address is turned into a number by a secret key.',
  privacyCookie:
    'To count people and not visits, a random number in a cookie is turned into another one by a secret key.',
  privacySiteId:
    'To count people and not visits, the number under which this site knows you is turned into another one by a secret key.',
  privacySketch:
    'That number raises at most one of 16,384 small counters and is then forgotten, like your address. Neither is ever written to disk, to a log or to a backup.',
  privacyKeys:
    'A secret key is in use for {days} days. At most {gone} days after your visit its keys are destroyed: from then on nobody can tell from the counters of that day whether you were here.',
  privacyAllTime:
    'One counter of all time has a key that lives as long as this node: whoever seizes the node can test whether somebody was here.',
  privacyKept: 'The counters of each day are kept for {days} days, those of each hour for 48 hours.',
  privacyOptOut: 'If your browser sends Do Not Track or Global Privacy Control, you are not counted.',
  privacyNoOptOut: 'Do Not Track and Global Privacy Control are not honoured here.',
  privacyAlone: 'Nothing of it leaves this node.',
  privacyMember:
    'A signed report of each day, with the counters and the numbers of people and visits, goes to the hub of the federation {federation}. Members have the secret key; a hub that counts no site of its own has only counters.',
  privacyPeer:
    'A signed report of each day, with the counters and the numbers of people and visits, goes to the other nodes of the federation {federation}. They have the secret key too: together with the counters it can be tested whether a person was here. Days with fewer than 100 people are sent without counters.',
  privacyHub: 'Members of the federation {federation} send their counters to this node.',
  privacyHubCounting:
    'This node counts a site of its own and so has the secret key too: together with the counters of the members it can be tested whether a person was there.',
} as const;
