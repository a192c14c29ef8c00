import { createElement, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

function App() {
  const [windowName, chooseWindow] = useState('7d');
  const [isShown, show] = useState(true);
  return createElement(
    'main',
    null,
    createElement('button', { type: 'button', onClick: () => chooseWindow('all') }, 'All'),
    createElement('button', { type: 'button', onClick: () => show(!isShown) }, 'Turn'),
    isShown && createElement('headcount-counter', { window: windowName, scope: 'local' }),
  );
}

createRoot(document.getElementById('app')).render(createElement(StrictMode, null, createElement(App)));
