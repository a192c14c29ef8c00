import '../design/base.css';
import '../design/parts.css';
import './admin.css';
import { render } from 'preact';
import { applyTheme } from '../shared/preferences.js';
import { Frame } from './frame.js';
import { followLinks } from './location.js';
import { openAdminTexts } from './texts.js';
import { enter } from './who.js';

applyTheme();
followLinks();
void enter();
await openAdminTexts();
render(<Frame />, document.getElementById('page')!);
