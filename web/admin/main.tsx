import '../design/base.css';
import '../design/parts.css';
import './admin.css';
import { render } from 'preact';
import { applyTheme } from '../shared/preferences.js';
import { Frame } from './frame.js';
import { Overview } from './overview.js';
import { openAdminTexts } from './texts.js';

applyTheme();
await openAdminTexts();
render(
  <Frame>
    <Overview />
  </Frame>,
  document.getElementById('page')!,
);
