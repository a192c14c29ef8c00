import { createApp, h, ref } from 'vue';

createApp({
  setup() {
    const windowName = ref('7d');
    const isShown = ref(true);
    return () =>
      h('main', [
        h('button', { onClick: () => (windowName.value = 'all') }, 'All'),
        h('button', { onClick: () => (isShown.value = !isShown.value) }, 'Turn'),
        isShown.value && h('headcount-counter', { window: windowName.value, scope: 'local' }),
      ]);
  },
}).mount('#app');
