import shared from '../../i18n/messages/tr.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  headline: 'Kaç farklı kişi',
  headlineOf: '{name} kaç farklı kişi tarafından kullanılıyor',
  everywhere: 'Bütün sunucularda',
  here: 'Bu sunucuda',
  hereOf: '{name} üzerinde',
  inWindow1d: 'bugün farklı kişi',
  inWindow7d: '7 günde farklı kişi',
  inWindow30d: '30 günde farklı kişi',
  inWindowall: 'toplam farklı kişi',
  freshOf: {
    one: '{count} sunucudan {fresh} tanesinin güncel raporuyla.',
    other: '{count} sunucudan {fresh} tanesinin güncel raporuyla.',
  },
  computed: 'Hesaplandı: {time}.',
  liveNow: {
    one: 'son beş dakikada {count} kişi',
    other: 'son beş dakikada {count} kişi',
  },
  liveHour: { one: 'bu sunucuda son bir saatte {count}', other: 'bu sunucuda son bir saatte {count}' },
  historyTitle: 'Son 30 gün',
  sharesTitle: 'Nereden geliyorlar',
  sharesNote:
    'Gösterilmeyi kabul eden sunucular. İkisini kullanan ikisinde de sayılır; bu yüzden payların toplamı bütünü aşabilir.',
  instance: 'Sunucu',
  share: 'Pay',
  unlisted: {
    one: 'Bir sunucu daha sayıyor, ama gösterilmiyor.',
    other: '{count} sunucu daha sayıyor, ama gösterilmiyor.',
  },
  howTitle: 'Nasıl sayılıyor',
  howCounted:
    'Her ziyaret, 16.384 küçük sayıdan birini yükselten anahtarlı bir parmak izine dönüşür: kaç kişi olduğunun bir taslağı. Birkaç sunucunun taslakları kimse iki kez sayılmadan birleşir.',
  howKept:
    'Hiçbir adres, tarayıcı, çerez veya ziyaretçi listesi saklanmaz: bir taslaktan kimse tanınamaz. Anahtarlar en geç 60 gün sonra yok edilir.',
  howSure: 'Böyle bir sayının hatası yaklaşık yüzde birdir. Burada her sayının yanında yazar.',
  howRecompute:
    'Her sayı denetlenebilir: her sunucu bildirdiğini imzalar ve raporlara sahip olan toplamı “headcount verify-total” ile yeniden hesaplayabilir.',
  recompute: 'Neyden hesaplanıyor',
  api: 'Sayılar JSON olarak',
  dashboard: 'Yönetim',
} as const satisfies TranslationOf<typeof english>;
