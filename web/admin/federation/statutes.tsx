import { useSignal } from '@preact/signals';
import type { NodeStatus } from '../../../src/federation/node-status.js';
import type { StatutesView } from '../../../src/federation/statutes-admin.service.js';
import { formatInstant, formatNumber } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Notice, Panel } from '../../shared/states.js';
import { Decision } from '../decision.js';
import { useRefreshed } from '../refreshing.js';
import { t } from '../texts.js';
import { isAdministrator } from '../who.js';
import { peers, readFederation, status, statutes } from './feeds.js';
import { nameOfNode } from './node-name.js';
import { Roster } from './roster.js';

type Charter = NonNullable<StatutesView['charter']>;

const PATH = '/v1/admin/federation/charter';
const STEWARDS_MAX = 16;

/** What the federation agreed on, and who is in it. */
export function Statutes() {
  useRefreshed(statutes.read);
  return (
    <Panel of={status.state.value} onRetry={readFederation}>
      {(own) => (
        <Panel of={statutes.state.value} onRetry={statutes.read}>
          {({ charter, proposed, roster }) => (
            <>
              <div class="beside">
                <section class="sheet">
                  <h2>{t('charterTitle')}</h2>
                  <p class="soft small">{t('charterText')}</p>
                  {charter ? <Facts of={charter} own={own} /> : <Notice title={t('charterNone')} />}
                  {charter && mayDecide(charter, own) && <Propose charter={charter} own={own} />}
                </section>
                {proposed && (
                  <section class="sheet">
                    <h2>{t('charterProposed')}</h2>
                    <Facts of={proposed} own={own} />
                    {charter && mayDecide(charter, own) && !proposed.signers.includes(own.node) && (
                      <Sign about={String(proposed.number)} />
                    )}
                  </section>
                )}
              </div>
              <Roster roster={roster} own={own} isSteward={charter?.stewards.includes(own.node) ?? false} />
            </>
          )}
        </Panel>
      )}
    </Panel>
  );
}

function mayDecide(charter: Charter, own: NodeStatus): boolean {
  return isAdministrator() && charter.stewards.includes(own.node);
}

function Facts({ of, own }: { of: Charter; own: NodeStatus }) {
  const names = (nodes: readonly string[]) => nodes.map((node) => nameOfNode(node, own)).join(', ') || '–';
  return (
    <dl class="facts">
      <div>
        <dt>{t('charterNumber')}</dt>
        <dd>{formatNumber(of.number)}</dd>
      </div>
      <div>
        <dt>{t('charterIssued')}</dt>
        <dd>{formatInstant(of.issuedAt, 'local')}</dd>
      </div>
      <div>
        <dt>{t('charterStewards', { threshold: of.threshold, count: of.stewards.length })}</dt>
        <dd>{names(of.stewards)}</dd>
      </div>
      <div>
        <dt>{t('charterMinimum')}</dt>
        <dd>{formatNumber(of.sketchMinimum)}</dd>
      </div>
      <div>
        <dt>{t('charterSigners')}</dt>
        <dd>{names(of.signers)}</dd>
      </div>
    </dl>
  );
}

function Sign({ about }: { about: string }) {
  const decide = async () => {
    await send('POST', `${PATH}/sign`, {});
    await statutes.read();
  };
  return (
    <Decision action={t('charterSign')} about={about} asksWhy={false} decide={decide}>
      <p>{t('charterSignText')}</p>
    </Decision>
  );
}

/** Other stewards, chosen among the nodes that are in. */
function Propose({ charter, own }: { charter: Charter; own: NodeStatus }) {
  const chosen = useSignal<readonly string[]>(charter.stewards);
  const threshold = useSignal(charter.threshold);
  const known = peers.state.value.value?.peers.filter((peer) => peer.status === 'active') ?? [];
  const nodes = [...new Set([...charter.stewards, own.node, ...known.map(({ node }) => node)])];
  const decide = async () => {
    await send('POST', PATH, { stewards: chosen.value, threshold: threshold.value });
    await statutes.read();
  };
  const choose = (node: string, isChosen: boolean) => {
    chosen.value = isChosen ? [...chosen.value, node] : chosen.value.filter((one) => one !== node);
  };
  return (
    <Decision action={t('charterPropose')} about={t('charterTitle')} asksWhy={false} decide={decide}>
      <p>{t('charterProposeText')}</p>
      <fieldset class="plain">
        <legend class="soft small">{t('charterWho')}</legend>
        {nodes.map((node) => (
          <label key={node} class="check">
            <input
              type="checkbox"
              checked={chosen.value.includes(node)}
              disabled={chosen.value.length >= STEWARDS_MAX && !chosen.value.includes(node)}
              onChange={(event) => choose(node, event.currentTarget.checked)}
            />
            <span class="origin-name">{nameOfNode(node, own)}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{t('charterThreshold')}</span>
        <input
          type="number"
          required
          min={1}
          max={Math.max(1, chosen.value.length)}
          value={threshold.value}
          onInput={(event) => (threshold.value = event.currentTarget.valueAsNumber)}
        />
      </label>
    </Decision>
  );
}
