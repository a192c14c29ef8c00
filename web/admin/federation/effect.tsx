import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { EffectView } from '../../../src/federation/preview-views.js';
import { LOADING, type Loaded, loadedFrom } from '../../shared/loaded.js';
import { Panel } from '../../shared/states.js';
import { WINDOWS, windowText } from '../../shared/windows.js';
import { t } from '../texts.js';
import { People } from './people.js';

export interface EffectProps {
  node: string;
  /** Null for all days. */
  day: string | null;
  action: 'hold' | 'exclude' | 'lift' | 'release';
}

/** The totals as they are and as they would be, computed by the node before anybody decides. */
export function Effect({ node, day, action }: EffectProps) {
  const effect = useSignal<Loaded<EffectView>>(LOADING);
  const read = async () => {
    const query = new URLSearchParams({ node, action, ...(day && { day }) });
    effect.value = await loadedFrom(`/v1/admin/federation/effect?${query}`, LOADING);
  };
  useEffect(() => void read(), [node, day, action]);
  return (
    <Panel of={effect.value} onRetry={() => void read()}>
      {({ before, after }) => (
        <table class="compact effect">
          <caption class="soft small">{t('effectCaption')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('windowLabel')}</th>
              <th scope="col">{t('effectBefore')}</th>
              <th scope="col">{t('effectAfter')}</th>
            </tr>
          </thead>
          <tbody>
            {WINDOWS.map((name) => (
              <tr key={name}>
                <th scope="row">{windowText(name)}</th>
                <td>
                  <People {...before.windows[name].uniques} />
                </td>
                <td>
                  <People {...after.windows[name].uniques} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
