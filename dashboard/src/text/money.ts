/** Amounts as people read them: whole units stay whole. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, digits: number): Intl.NumberFormat {
  const key = `${currency}/${digits}`;
  let found = formats.get(key);
  if (!found) {
    const digitsOf = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    try {
      found = new Intl.NumberFormat(undefined, { style: "currency", currency, ...digitsOf });
    } catch {
      // Not a currency that the browser knows: the number alone is still right.
      found = new Intl.NumberFormat(undefined, digitsOf);
    }
    formats.set(key, found);
  }
  return found;
}

export function formatMoney(amount: number | null | undefined, currency: string | null | undefined): string {
  if (amount === null || amount === undefined || Number.isNaN(amount)) return "–";
  return formatOf(currency || "none", Number.isInteger(amount) ? 0 : 2).format(amount);
}

/** 0.953 as "95 %"; what is not known (yet) as a dash. */
export function formatShare(share: number | null | undefined): string {
  return typeof share === "number" ? `${Math.round(share * 100)} %` : "–";
}
