/** Japanese names of languages, as the Japanese Wikipedia's lang-xx templates write them. */

/** By ISO 639 code: the name and, where one is usual, the name of one character. */
const LANGUAGES: ReadonlyMap<string, readonly [string, string?]> = new Map(
  (
    'en 英語/英 fr フランス語/仏 de ドイツ語/独 es スペイン語/西 pt ポルトガル語/葡 it イタリア語/伊 ru ロシア語/露 zh 中国語/中 ko 朝鮮語/朝 ja 日本語/日 ' +
    'la ラテン語/羅 el ギリシャ語/希 grc 古代ギリシャ語/古希 nl オランダ語/蘭 ar アラビア語 he ヘブライ語 fa ペルシア語 tr トルコ語/土 hi ヒンディー語 ur ウルドゥー語 ' +
    'sa サンスクリット/梵 bn ベンガル語 ta タミル語 te テルグ語 ml マラヤーラム語 kn カンナダ語 mr マラーティー語 gu グジャラート語 pa パンジャーブ語 ne ネパール語 si シンハラ語 ' +
    'th タイ語/泰 lo ラーオ語 km クメール語 my ビルマ語 vi ベトナム語/越 id インドネシア語 ms マレー語 tl タガログ語 jv ジャワ語 mn モンゴル語/蒙 bo チベット語 ug ウイグル語 ' +
    'kk カザフ語 ky キルギス語 uz ウズベク語 tg タジク語 tk トルクメン語 az アゼルバイジャン語 hy アルメニア語 ka グルジア語 ku クルド語 ps パシュトー語 ' +
    'uk ウクライナ語 be ベラルーシ語 pl ポーランド語/波 cs チェコ語 sk スロバキア語 sl スロベニア語 hr クロアチア語 sr セルビア語 bs ボスニア語 mk マケドニア語 bg ブルガリア語/勃 ' +
    'ro ルーマニア語/羅 hu ハンガリー語/洪 fi フィンランド語/芬 et エストニア語 lv ラトビア語 lt リトアニア語 sv スウェーデン語/典 da デンマーク語/丁 no ノルウェー語/諾 nb ブークモール nn ニーノシュク ' +
    'is アイスランド語 fo フェロー語 ga アイルランド語 gd スコットランド・ゲール語 cy ウェールズ語 br ブルトン語 eu バスク語 ca カタルーニャ語 gl ガリシア語 oc オック語 co コルシカ語 ' +
    'mt マルタ語 sq アルバニア語 lb ルクセンブルク語 rm ロマンシュ語 yi イディッシュ語 eo エスペラント af アフリカーンス sw スワヒリ語 am アムハラ語 so ソマリ語 zu ズールー語 xh コサ語 ' +
    'mg マダガスカル語 mi マオリ語 sm サモア語 to トンガ語 fj フィジー語 haw ハワイ語 qu ケチュア語 gn グアラニー語 ay アイマラ語 ht ハイチ語 ang 古英語 tt タタール語'
  )
    .split(' ')
    .reduce<[string, [string, string?]][]>((entries, word, index, words) => {
      if (index % 2 === 0) entries.push([word, words[index + 1]!.split('/') as [string, string?]]);
      return entries;
    }, []),
);

export function isLanguageCode(code: string): boolean {
  return LANGUAGES.has(code);
}

/** `text` with the name of its language before it, as in 「英語: text」; without, where the language is not known. */
export function inLanguage(code: string, text: string, short: boolean): string {
  const language = LANGUAGES.get(code);
  if (text === '' || language === undefined) return text;
  return `${short ? (language[1] ?? language[0]) : language[0]}: ${text}`;
}
