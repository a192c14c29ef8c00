import type { PrivacyFacts } from '../../src/settings/privacy-facts.js';
import { t } from './texts.js';

const VISITOR = {
  'ip-ua': 'privacyIpUa',
  ip: 'privacyIp',
  cookie: 'privacyCookie',
  'site-id': 'privacySiteId',
} as const;

/** What is kept of a visit, in sentences that follow from the settings in effect. */
export function PrivacyText({ facts }: { facts: PrivacyFacts }) {
  return (
    <div class="prose">
      {sentencesOf(facts).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

function sentencesOf(facts: PrivacyFacts): string[] {
  if (!facts.counting) return [t('privacyNothing'), ...ofFederation(facts)];
  return [
    t(VISITOR[facts.visitor]),
    t('privacySketch'),
    t('privacyKeys', { days: facts.epochDays, gone: facts.keysGoneAfterDays }),
    t('privacyAllTime'),
    t('privacyKept', { days: facts.keptDays }),
    t(facts.honoursDoNotTrack ? 'privacyOptOut' : 'privacyNoOptOut'),
    ...ofFederation(facts),
  ];
}

function ofFederation({ role, federation, counting }: PrivacyFacts): string[] {
  if (role === 'standalone') return [t('privacyAlone')];
  const name = federation ?? '–';
  if (role === 'member') return [t('privacyMember', { federation: name })];
  if (role === 'peer') return [t('privacyPeer', { federation: name })];
  const hub = t('privacyHub', { federation: name });
  return counting ? [hub, t('privacyHubCounting')] : [hub];
}
