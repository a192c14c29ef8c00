import { useEffect } from 'preact/hooks';
import { t } from '../texts.js';
import { AddressSheet } from './address-sheet.js';
import { Appearance } from './appearance.js';
import { BackupsSheet } from './backups-sheet.js';
import { Counted } from './counted.js';
import { readSettings } from './feeds.js';
import { KeysSheet } from './keys-sheet.js';
import { RetentionSheet } from './retention-sheet.js';

/** What an administrator may change, as far as the operator has not fixed it. */
export function Section() {
  useEffect(() => void readSettings(), []);
  return (
    <>
      <h1 class="frame-title">{t('settings')}</h1>
      <Counted />
      <Appearance />
      <div class="beside">
        <div class="stacked">
          <KeysSheet />
          <BackupsSheet />
        </div>
        <div class="stacked">
          <AddressSheet />
          <RetentionSheet />
        </div>
      </div>
    </>
  );
}
