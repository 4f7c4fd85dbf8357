// What is kept in the browser. Where nothing may be kept the page works without.

export function load<T>(key: string, isValid: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`rqchart.${key}`) ?? "null");
    return isValid(value) ? value : null;
  } catch {
    return null;
  }
}

export function save(key: string, value: unknown): void {
  try {
    localStorage.setItem(`rqchart.${key}`, JSON.stringify(value));
  } catch {
    // Full, or forbidden: what is typed stays in the page.
  }
}
