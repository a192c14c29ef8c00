import { rounded } from '../../../src/sketch/rounded.js';
import type { NewPeopleView } from '../../../src/stats/local-overview.js';
import type { Estimate } from '../../../src/stats/new-people.js';
import { formatDay, formatNumber } from '../../i18n/formats.js';
import { addDays } from '../../shared/days.js';
import { Figure } from '../../shared/figure.js';
import { Notice, Panel } from '../../shared/states.js';
import { setFilters } from '../location.js';
import { useRefreshed } from '../refreshing.js';
import { t } from '../texts.js';
import { newcomers } from './feeds.js';
import { earliest, newcomersDay, today } from './range.js';

export function useNewcomers(): void {
  useRefreshed(newcomers.read, [newcomersDay()]);
}

/** How many people of a day had not been here before. */
export function Newcomers() {
  const day = newcomersDay();
  const of = newcomers.state.value;
  return (
    <section class="sheet">
      <h2>{t('newTitle')}</h2>
      <label class="field screen-only">
        <span>{t('day')}</span>
        <input
          type="date"
          min={addDays(earliest(), 1)}
          max={today()}
          value={day}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            setFilters({ new: chosen === today() ? null : chosen });
          }}
        />
      </label>
      {of.value === null && of.failure?.status === 404 ? (
        <Notice title={t('newIncomparable')} />
      ) : (
        <Panel of={of} onRetry={newcomers.read}>
          {(value) => <NewOfDay {...value} />}
        </Panel>
      )}
    </section>
  );
}

function NewOfDay({ day, from, to, without, with: together, people, fresh }: NewPeopleView) {
  const days = { from: formatDay(from), to: formatDay(to) };
  return (
    <>
      <div class="figures">
        <Figure label={t('newOf', { day: formatDay(day) })} uniques={{ ...fresh, dedup: 'full' }} />
      </div>
      <p class="soft small">{t('newNote', days)}</p>
      <table class="compact">
        <tbody>
          <Row label={t('newPeopleOfDay')} of={people} />
          <Row label={t('newWithout', days)} of={without} />
          <Row label={t('newWith')} of={together} />
        </tbody>
      </table>
    </>
  );
}

function Row({ label, of }: { label: string; of: Estimate }) {
  const { estimate, low, high } = rounded(of);
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        {formatNumber(estimate ?? low)}{' '}
        <span class="soft small">{low === high ? t('exact') : t('between', { low, high })}</span>
      </td>
    </tr>
  );
}
