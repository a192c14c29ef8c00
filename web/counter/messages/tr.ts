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
  liveTitle: 'Şu anda bu sunucuda',
  historyTitle: 'Son 30 gün',
  sharesTitle: 'Nereden geliyorlar',
  sharesNote:
    'Gösterilmeyi kabul eden sunucular. İkisini kullanan ikisinde de sayılır; bu yüzden payların toplamı bütünü aşabilir.',
  unlisted: {
    one: 'Bir sunucu daha sayıyor, ama gösterilmiyor.',
    other: '{count} sunucu daha sayıyor, ama gösterilmiyor.',
  },
  moreInstances: { one: 'Bir sunucu daha', other: '{count} sunucu daha' },
  howTitle: 'Nasıl sayılıyor',
  howCounted:
    'Her ziyaret, 16.384 küçük sayıdan en çok birini yükseltir: kaç kişi olduğunun bir taslağı. Birkaç sunucunun taslakları kimse iki kez sayılmadan birleşir.',
  howKept: 'Ne bir ziyaretçinin adresi ne de bir ziyaretçi listesi saklanır.',
  howPrivacy: 'Bir ziyaretten ne kalır',
  howSure: 'Her sayının yanında, gerçeğin 20 durumun 19’unda içinde olduğu aralık yazar.',
  howRecompute:
    'Toplam, her sunucunun imzaladığı raporlardan çıkar. Bir merkez ya da eş onu bunlarla birlikte yazdırır; bu dosyaya sahip olan her imzayı denetleyip toplamı yeniden hesaplayabilir:',
  howNotPublic:
    'Dosyayı yöneticiler verir. Herkese açık değildir: federasyonun anahtarıyla birlikte kimin orada olduğunu ele verebilir.',
  recompute: 'Her sunucunun bildirdiği, JSON olarak',
  recomputeFile: 'Dosya, yöneticiler için',
  api: 'Sayılar JSON olarak',
  dashboard: 'Yönetim',
} as const satisfies TranslationOf<typeof english>;
