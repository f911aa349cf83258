/** What templates of dates show. Those that show an age today give the date alone: a text is the same whenever it is made. */

/** The first years of the eras since 1868; in the year that two share, the new one counts. */
const ERAS: readonly (readonly [number, string])[] = [
  [2019, '令和'],
  [1989, '平成'],
  [1926, '昭和'],
  [1912, '大正'],
  [1868, '明治'],
];

/** 「1916年12月9日」; parts that are empty or no number are left out. */
export function japaneseDate(year: string, month: string, day: string): string {
  return withUnit(year, '年') + withUnit(month, '月') + withUnit(day, '日');
}

function withUnit(value: string, unit: string): string {
  return /^\d+$/.test(value) ? `${Number(value)}${unit}` : '';
}

/** 「49歳没」 from two dates of [year, month, day]; '' when a part is missing. */
export function ageAtDeath(parts: readonly string[]): string {
  if (parts.length < 6 || !parts.every((part) => /^\d+$/.test(part))) return '';
  const [birthYear, birthMonth, birthDay, year, month, day] = parts.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const beforeBirthday = month < birthMonth || (month === birthMonth && day < birthDay);
  return `${year - birthYear - (beforeBirthday ? 1 : 0)}歳没`;
}

/** 「平成2年」 for 1990; '' before 1868. */
export function eraYear(year: string): string {
  const value = Number(year);
  const era = ERAS.find(([first]) => value >= first);
  if (era === undefined) return '';
  const count = value - era[0] + 1;
  return `${era[1]}${count === 1 ? '元' : count}年`;
}
