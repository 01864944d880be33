export function roll(chance: number): number {
  return 1 + Math.floor(chance * 6);
}
